"""What may not be written at all, whoever reviews it (promise S47): rules over the syntax tree, and few exceptions.

ruff and bandit know Python and Django; these rules know this house.
"""

from __future__ import annotations

import ast
import re
import subprocess
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
APPS = ("cases", "schools", "pestzorg", "interventions")
CASE_MODELS = {model.__name__ for model in apps.get_app_config("cases").get_models()}
MOST_EXCEPTIONS = 10

MAY_MARK_SAFE = "pestzorg/web/templatetags/pestzorg_ui.py"

# Modules that open a door: what is loaded can run code, or the program talks to somewhere else.
BANNED_MODULES = {
    "pickle": "loading it runs code",
    "marshal": "loading it runs code",
    "shelve": "loading it runs code",
    "requests": "the program talks to nobody but its own servers and the mail server",
    "httpx": "the program talks to nobody but its own servers and the mail server",
    "urllib.request": "the program talks to nobody but its own servers and the mail server",
    "django.contrib.admin": "the admin shows and grants without asking",
    "guardian.admin": "its pages let staff grant themselves rights",
    "guardian.mixins": "they answer 403, which tells that the case exists",
    "guardian.decorators": "they answer 403, which tells that the case exists",
    "rest_framework.authtoken": "it keeps tokens in clear",
}
# Room -> modules it may import although they are banned elsewhere.
GUARDED_MODULES = {
    "guardian": ("cases/access/", "cases/models/", "cases/services/", "cases/migrations/"),
    "django.utils.safestring": (MAY_MARK_SAFE,),
}
BANNED_CALLS = {"raw", "extra", "load_module", "system", "popen", "mark_safe"}
BANNED_NAMES = {"eval", "exec", "compile", "__import__"}
# Rooms that may fetch one row of a case by themselves: they are the check, or come after it.
ROOMS_OF_CASES = ("cases/access/", "cases/services/", "pestzorg/demo/", "pestzorg/testing/")
OF_DEVELOPERS = ("pestzorg/testing/", "pestzorg/bench/", "pestzorg/chaos/")
# Statements that define tables take no parameters, and these are made of words in the file itself.
MAY_WRITE_SQL = {"pestzorg/audit/guard.py"}
SQL = re.compile(
    r"^\s*(SELECT|INSERT\s+INTO|UPDATE|DELETE\s+FROM|ALTER|GRANT|REVOKE|CREATE|DROP)\s", re.I
)


# ── one rule, one function: the complaints about a piece of source ───────────
def banned_imports(tree: ast.AST, where: str) -> Iterator[str]:
    for node in ast.walk(tree):
        for name in imported(node):
            for module, why in BANNED_MODULES.items():
                if is_inside(name, module):
                    yield f"imports {module}: {why}"
            for module, rooms in GUARDED_MODULES.items():
                if is_inside(name, module) and not where.startswith(rooms):
                    yield f"imports {module}: only {', '.join(rooms)} may"


def imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        return [f"{node.module}.{alias.name}" for alias in node.names]
    return []


def is_inside(name: str, module: str) -> bool:
    return name == module or name.startswith(f"{module}.")


def banned_calls(tree: ast.AST, where: str) -> Iterator[str]:
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Attribute(attr=name)) if name in BANNED_CALLS:
                yield f"calls .{name}()"
            case ast.Call(func=ast.Name(id="mark_safe")) if where != MAY_MARK_SAFE:
                yield "calls mark_safe()"
            case ast.Call(func=ast.Name(id=name)) if name in BANNED_NAMES:
                yield f"calls {name}()"
            case ast.Call(func=ast.Attribute(value=ast.Name(id="yaml"), attr="load")):
                yield "calls yaml.load(): safe_load cannot run code"
            case ast.keyword(arg="shell", value=ast.Constant(value=True)):
                yield "starts a shell"


def unguarded_rows(tree: ast.AST, where: str) -> Iterator[str]:
    """`Case.objects.get(...)`: whoever fetches one case by a number has gone around the door."""
    for node in ast.walk(tree):
        match node:
            case ast.Call(
                func=ast.Attribute(
                    value=ast.Attribute(
                        value=ast.Name(id=model),
                        attr="objects" | "_base_manager" | "_default_manager",
                    ),
                    attr="get",
                )
            ) if model in CASE_MODELS and not where.startswith(ROOMS_OF_CASES):
                yield f"fetches one {model} around the door"


def written_sql(tree: ast.AST, where: str) -> Iterator[str]:
    """SQL put together from pieces: a value belongs into the parameters, a name into quote_name or sql.SQL."""
    if where in MAY_WRITE_SQL:
        return
    for node in ast.walk(tree):
        match node:
            case ast.JoinedStr(values=[ast.Constant(value=str(start)), *_]) if SQL.match(start):
                yield "writes SQL as an f-string"
            case ast.BinOp(left=ast.Constant(value=str(start)), op=ast.Mod() | ast.Add()) if (
                SQL.match(start)
            ):
                yield "puts SQL together"
            case ast.Call(
                func=ast.Attribute(value=ast.Constant(value=str(start)), attr="format")
            ) if SQL.match(start):
                yield "formats SQL"


RULES: list[Callable[[ast.AST, str], Iterator[str]]] = [
    banned_imports,
    banned_calls,
    unguarded_rows,
    written_sql,
]


def complaints(source: str, where: str) -> list[str]:
    tree = ast.parse(source)
    return [f"{where}: {said}" for rule in RULES for said in rule(tree, where)]


def sources() -> Iterator[tuple[str, str]]:
    """Every Python file that runs in a school; tests and the benchmark stay on the developer's machine."""
    files = [path for app in APPS for path in (ROOT / app).rglob("*.py")]
    for path in [*files, ROOT / "run", ROOT / "manage.py", ROOT / ".ci" / "check.py"]:
        where = path.relative_to(ROOT).as_posix()
        if "/tests/" not in where and not where.startswith(OF_DEVELOPERS):
            yield where, path.read_text(encoding="utf-8")


# ── the project ──────────────────────────────────────────────────────────────
def test_no_file_does_what_is_banned() -> None:
    assert [said for where, text in sources() for said in complaints(text, where)] == []


def test_no_template_switches_escaping_off() -> None:
    open_doors = re.compile(
        r"\|\s*safe(seq)?\b|autoescape\s+off|\bon[a-z]+=|hx-on|javascript:", re.I
    )
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for folder in ("templates", *APPS)
        for path in (ROOT / folder).rglob("*.html")
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if open_doors.search(line)
    ]
    assert found == []


def test_every_exception_has_a_reason_and_those_of_security_are_few() -> None:
    lines = subprocess.run(
        ["git", "grep", "-nE", "# (noqa|nosec)", "--", "*.py", "run"],
        check=True, cwd=ROOT, capture_output=True, text=True,
    ).stdout.splitlines()  # fmt: skip
    exceptions = [line for line in lines if Path(__file__).name not in line]
    assert [line for line in exceptions if not re.search(r"# noqa: [A-Z0-9, ]+ - \w", line)] == []
    of_security = [line for line in exceptions if re.search(r"noqa: *(S\d|TID)", line)]
    of_schools = [
        line for line in of_security if "/tests/" not in line and not line.startswith(OF_DEVELOPERS)
    ]
    assert len(of_schools) <= MOST_EXCEPTIONS, of_schools
    # Tests are forgiven their passwords and processes as a whole; else they, the benchmark and chaos need the
    # stock calls of guardian, chance that can be repeated, servers to kill, and to stop at a page that is not the
    # one they measure.
    others = {
        re.split(r"[ ,]", line.split("noqa: ")[1])[0]
        for line in of_security
        if line not in of_schools
    }
    assert others <= {"TID251", "S311", "S101", "S603"}


def test_ruff_looks_for_what_this_project_promises() -> None:
    ruff = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["ruff"]
    assert {"S", "DJ", "TID", "G", "T20"} <= set(ruff["lint"]["select"])
    assert not [rule for rule in ruff["lint"]["ignore"] if re.match(r"S\d|DJ|TID", rule)]
    forgiven = {
        place
        for place, rules in ruff["lint"]["per-file-ignores"].items()
        if any(rule.startswith("S") for rule in rules)
    }
    assert forgiven == {"**/tests/**", "pestzorg/testing/**"}
    assert "guardian.shortcuts" in ruff["lint"]["flake8-tidy-imports"]["banned-api"]
    assert '"bandit"' in (ROOT / ".ci" / "check.py").read_text()


# ── the rules themselves ─────────────────────────────────────────────────────
@pytest.mark.parametrize(
    "source",
    [
        "import pickle",
        "from urllib import request",
        "from guardian.shortcuts import get_objects_for_user",
        "from django.utils.safestring import mark_safe",
        "x = safestring.mark_safe(y)",
        "Case.objects.raw(query)",
        "cases.extra(where=[x])",
        "yaml.load(text)",
        "run(words, shell=True)",
        "eval(text)",
        "case = Case.objects.get(pk=number)",
        "found = Agreement._base_manager.get(uuid=uuid)",
        'cursor.execute(f"SELECT * FROM {table}")',
        'query = "DELETE FROM x WHERE id = " + number',
        'query = "UPDATE x SET a = %s" % value',
        'query = "DROP TABLE {}".format(name)',
    ],
)
def test_a_breach_would_be_found(source: str) -> None:
    assert complaints(source, "schools/web/pages.py") != []


@pytest.mark.parametrize(
    "source",
    [
        "case = get_case(me, uuid, 'R14')",
        'cursor.execute("SELECT 1 WHERE id = %s", [number])',
        'sql.SQL("DROP TABLE {}").format(sql.Identifier(name))',
        "pattern = re.compile(text)",
    ],
)
def test_what_is_meant_to_be_is_left_alone(source: str) -> None:
    assert complaints(source, "cases/web/pages.py") == []
