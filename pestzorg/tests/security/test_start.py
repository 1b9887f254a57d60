"""An installation with a missing, default or weak secret does not start, whichever process it is (promise S44)."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from base64 import b64encode
from pathlib import Path
from secrets import token_urlsafe

import pytest
from django.conf import settings

from pestzorg.crypto.keyset import new_keyset

GOOD = {"SECRET_KEY": token_urlsafe(50), "FIELD_KEYSET": new_keyset()}
SHORT_KEY = re.sub(
    r'"value": "[^"]*"', f'"value": "{b64encode(b"x" * 18).decode()}"', GOOD["FIELD_KEYSET"]
)
# What is wrong -> (the settings, what the complaint names)
BAD: dict[str, tuple[dict[str, str], str]] = {
    "no secret key": ({"SECRET_KEY": ""}, "SECRET_KEY"),
    "short secret key": ({"SECRET_KEY": token_urlsafe(20)}, "SECRET_KEY"),
    "monotonous secret key": ({"SECRET_KEY": "s" * 60}, "SECRET_KEY"),
    "secret key of the demo": ({"SECRET_KEY": "embedded-only-" + "0" * 40}, "SECRET_KEY"),
    "secret key of an example": ({"SECRET_KEY": f"django-insecure-{token_urlsafe(50)}"}, "SECRET_KEY"),
    "short former key": ({"SECRET_KEY_FALLBACKS": "old"}, "SECRET_KEY_FALLBACKS"),
    "no keyset": ({"FIELD_KEYSET": ""}, "FIELD_KEYSET"),
    "keyset that is none": ({"FIELD_KEYSET": "build"}, "FIELD_KEYSET"),
    "short key in the keyset": ({"FIELD_KEYSET": SHORT_KEY}, "FIELD_KEYSET"),
    "value and file": ({"FIELD_KEYSET_FILE": "/nowhere"}, "FIELD_KEYSET"),
}  # fmt: skip
# In the order in which they begin: every process of the installation loads the settings and the apps.
PROCESSES = {
    "web": "import pestzorg.wsgi",
    "worker": "from pestzorg.celery import app; app.loader.import_default_modules()",
}
# A private key, or a token of a well-known service. In pieces, so that this file does not find itself.
SECRETS = [
    "-----BEGIN [A-Z ]*PRIVATE " + "KEY-----",
    "AK" + "IA[0-9A-Z]{16}",
    "gh" + "[pousr]_[A-Za-z0-9]{36}",
    "gl" + "pat-[A-Za-z0-9_-]{20}",
    "xox" + "[abprs]-[A-Za-z0-9-]{10}",
    "AIza" + "[A-Za-z0-9_-]{35}",
    '"value": "' + "GiB[A-Za-z0-9+/]{40}",  # a key of a keyset
    "eyJ" + "[A-Za-z0-9_-]{16,}\\.eyJ[A-Za-z0-9_-]{16,}\\.",
    "://[A-Za-z0-9._-]+:" + "[A-Za-z0-9+/_-]{16,}@",
]


def start(process: str, changes: dict[str, str], folder: Path) -> subprocess.CompletedProcess[str]:
    environment = {
        "PATH": os.environ["PATH"],
        "DJANGO_SETTINGS_MODULE": "pestzorg.settings",
        "VAR_DIR": str(folder),
        **GOOD,
        **changes,
    }
    command = [sys.executable, "-c", PROCESSES[process]]
    return subprocess.run(
        command, check=False, cwd=settings.BASE_DIR, env=environment, capture_output=True, text=True
    )


@pytest.mark.slow
@pytest.mark.parametrize("wrong", BAD)
def test_a_bad_secret_keeps_the_web_server_from_starting(wrong: str, tmp_path: Path) -> None:
    changes, named = BAD[wrong]
    result = start("web", changes, tmp_path)
    assert result.returncode != 0
    complaint = result.stderr.splitlines()[-1]
    assert "ImproperlyConfigured" in complaint
    assert named in complaint
    assert not any(value in result.stderr for value in changes.values() if len(value) > 10)


@pytest.mark.slow
def test_a_bad_secret_keeps_the_worker_from_starting_and_good_ones_do_not(tmp_path: Path) -> None:
    assert start("worker", {"FIELD_KEYSET": "build"}, tmp_path).returncode != 0
    for process in PROCESSES:
        result = start(process, {"SECRET_KEY_FALLBACKS": token_urlsafe(50)}, tmp_path)
        assert result.returncode == 0, result.stderr


@pytest.mark.skipif(not (settings.BASE_DIR / ".git").exists(), reason="not a git checkout")
def test_no_secret_stands_in_the_tree_or_its_history() -> None:
    tree = [settings.BASE_DIR / name for name in git("ls-files").splitlines()]
    found = {str(path) for path in tree if path.is_file() and holds_secret(path.read_bytes())}
    # What was ever added: a secret that was removed later still stands in the history.
    added = [line for line in git("log", "-p", "--format=").splitlines() if line.startswith("+")]
    assert (found, [line for line in added if holds_secret(line.encode())]) == (set(), [])


def git(*words: str) -> str:
    found = subprocess.run(["git", *words], check=True, cwd=settings.BASE_DIR, capture_output=True)
    return found.stdout.decode(errors="replace")


def holds_secret(content: bytes) -> bool:
    return re.search("|".join(SECRETS).encode(), content) is not None


@pytest.mark.parametrize(
    "secret",
    [
        "-----BEGIN RSA PRIVATE " + "KEY-----",
        "AK" + "IA" + "A" * 16,
        "postgres://pestzorg:" + "a" * 24 + "@host",
    ],
)
def test_a_secret_would_be_found(secret: str) -> None:
    assert holds_secret(f"line with {secret} in it".encode())
