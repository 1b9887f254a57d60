"""Everything that must be true before a change is merged, in order, up to the first failure.

Also `fix`, which repairs what a machine can repair. Runs inside .venv, by `./run check`.
Starts no server: .ci/run does that.
"""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
APPS = ["pestzorg", "schools", "cases", "interventions"]
PYTHON_FILES = [*APPS, "run", "manage.py", ".ci/check.py"]
# Started as modules: what pytest needs, plugins of the project, is found only so.
MODULES = {"pytest": "pytest", "chaos": "pestzorg.chaos"}
PLAIN = "not postgres and not redis and not browser"
# What is tested of the rooms that decide who sees what. Measuring doubles the time of a test, so it is done here alone.
ACCESS_TESTS = [
    *("pestzorg/rules", "schools/tests/test_access.py", "pestzorg/tests/security/test_guardian_traps.py"),
    "interventions/tests/test_access.py",
    *sorted(str(path.relative_to(ROOT)) for path in ROOT.glob("cases/tests/test_access*.py")),
    *(f"cases/tests/test_{name}.py" for name in ("break_glass", "exclusions", "look_ways", "looking", "looks")),
    *(f"cases/tests/test_{name}.py" for name in ("restriction", "sharing", "stand_in_access")),
]  # fmt: skip
WHOLE = ["-p", "pestzorg.tests.whole_rooms"]
MEASURED = ["pytest", "-q", "-n2", "--cov", "--cov-report="]

# title | tool and arguments; TEMPLATES stands for every template | environment: that of the
# test suite ("test"), the same without servers ("sqlite") or as a school runs it ("production")
STEPS = [
    ("Python is formatted", ["ruff", "format", "--check", *PYTHON_FILES], "test"),
    ("Python is clean", ["ruff", "check", *PYTHON_FILES], "test"),
    ("bandit finds nothing", ["bandit", "-q", "-ll", "-r", *PYTHON_FILES, "-x", "*/tests/*"], "test"),
    ("templates are formatted", ["djade", "--check", "--target-version=5.2", "TEMPLATES"], "test"),
    ("templates are clean", ["djlint", "--lint", "--quiet", "templates"], "test"),
    ("types fit", ["mypy", *APPS], "test"),
    ("imports go downwards", ["lint-imports", "--no-logo"], "test"),
    ("Django starts", ["manage.py", "check"], "test"),
    ("no migration is missing", ["manage.py", "makemigrations", "--check", "--dry-run"], "test"),
    ("every text is translated", ["manage.py", "messages", "check"], "test"),
    ("the API schema is current", ["manage.py", "openapi", "--check"], "test"),
    ("the tables of access are current", ["manage.py", "access", "docs", "--check"], "test"),
    ("it can be deployed", ["manage.py", "check", "--deploy", "--fail-level=WARNING"], "production"),
    ("nothing is lost when servers die", ["chaos", "short"], "test"),
    ("access is covered, half of it on SQLite", [*MEASURED, "-m", PLAIN, *ACCESS_TESTS], "sqlite"),
    ("and as a whole with PostgreSQL", [*MEASURED, "--cov-append", *WHOLE, *ACCESS_TESTS], "test"),
    ("tests on SQLite", ["pytest", "-n2", "-m", PLAIN], "sqlite"),
]  # fmt: skip
# The last step: nothing may be skipped. What takes long is named, so that nobody has to guess where the time goes.
ALL_TESTS = ["pytest", "-n2", "--durations=25", "-p", "pestzorg.tests.no_skips"]


def check() -> None:
    """All steps; ends as pytest, so that its summary is the last thing printed."""
    refuse_without_services()
    for number, (title, command, kind) in enumerate(STEPS, 1):
        heading(number, title)
        run(command, kind)
    heading(len(STEPS) + 1, "tests on PostgreSQL, Redis and Chromium, none skipped")
    words = words_of(ALL_TESTS)
    os.execve(words[0], words, environment("test"))  # noqa: S606 - words of this file


def fix() -> None:
    """Format code and templates, and repair what can be repaired by machine."""
    run(["ruff", "check", "--fix", "--exit-zero", "--quiet", *PYTHON_FILES], "test")
    run(["ruff", "format", *PYTHON_FILES], "test")
    # djade exits 1 when it changed a file, which is what was asked for here.
    run(["djade", "--target-version=5.2", "TEMPLATES"], "test", accepted={0, 1})


def refuse_without_services() -> None:
    """Say at the start what the last step will need, not after some minutes."""
    missing = [name for name in ("DATABASE_URL", "REDIS_URL") if not os.environ.get(name)]
    if not (shutil.which("chromium") or shutil.which("chromium-browser")):
        missing.append("chromium")
    if missing:
        sys.exit(f"check needs {', '.join(missing)}: `bash .ci/run` brings them along.")


def run(
    command: list[str], kind: str, accepted: frozenset[int] | set[int] = frozenset({0})
) -> None:
    """One command; stops with its exit code when that is not accepted."""
    result = process(words_of(command), env=environment(kind))
    if result.returncode not in accepted:
        sys.exit(result.returncode)


def process(words: list[str], **options: Any) -> subprocess.CompletedProcess[str]:
    """A process to its end; without check=True a failure is the caller's question."""
    return subprocess.run(words, **{"check": False, **options})  # noqa: S603 - words of this file


def words_of(command: list[str]) -> list[str]:
    """The command as the system needs it: tools from .venv, Python files with its interpreter."""
    name, *rest = command
    start = [sys.executable, name] if name.endswith(".py") else [str(BIN / name)]
    if name in MODULES:
        start = [sys.executable, "-m", MODULES[name]]
    if "TEMPLATES" in rest:
        rest = rest[:-1] + templates()
    return start + rest


def templates() -> list[str]:
    """Every HTML template of the project."""
    folders = [ROOT / "templates", *(ROOT / app for app in APPS)]
    return sorted(str(path) for folder in folders for path in folder.rglob("*.html"))


def environment(kind: str) -> dict[str, str]:
    """The environment of a step, see STEPS."""
    mine = {**os.environ, "DJANGO_SETTINGS_MODULE": "pestzorg.settings_test"}
    if kind == "production":
        mine |= production()
    if kind == "sqlite":
        for name in ("DATABASE_URL", "REDIS_URL", "BROKER_URL"):
            mine.pop(name, None)
    return mine


def production() -> dict[str, str]:
    """What a school sets; the databases are those of the run."""
    code = "from pestzorg.crypto.keyset import new_keyset; print(new_keyset())"
    keyset = process(
        [sys.executable, "-c", code], check=True, stdout=subprocess.PIPE, text=True
    ).stdout
    return {
        "DJANGO_SETTINGS_MODULE": "pestzorg.settings",
        **dict.fromkeys(("DEBUG", "DEMO", "TESTING"), "false"),
        "CLOCK_OFFSET": "0",
        "SECRET_KEY": secrets.token_urlsafe(50),
        "FIELD_KEYSET": keyset,
        "ALLOWED_HOSTS": "pestzorg.example.org",
        "BASE_URL": "https://pestzorg.example.org",
        "EMAIL_URL": "smtp+tls://mail.example.org:587",
        "MAIL_FROM": "pestzorg <pestzorg@example.org>",
    }


def heading(number: int, title: str) -> None:
    """Make the step findable in a long log."""
    sys.stdout.write(f"\n── {number}. {title} {'─' * max(3, 72 - len(title))}\n")
    sys.stdout.flush()


def main() -> None:
    """`check.py` or `check.py fix`."""
    os.chdir(ROOT)
    match sys.argv[1:]:
        case []:
            check()
        case ["fix"]:
            fix()
        case _:
            sys.exit("check: no such arguments (./run lists the commands; ./run test takes some).")


if __name__ == "__main__":
    main()
