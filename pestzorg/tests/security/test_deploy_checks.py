"""S14: what ships passes every check, and taking a guard away stops the installation."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import Any

import pytest
from django.conf import settings as project

from pestzorg.crypto.keyset import new_keyset
from pestzorg.signin.checks import (
    NEEDED,
    no_account_is_above_the_rules,
    nobody_relies_on_a_password,
    sign_in_is_whole,
)
from pestzorg.testing.builders import make_person, make_school
from schools.models import User
from schools.roles import Role

CHECKS = (sign_in_is_whole, nobody_relies_on_a_password)


def found() -> set[str]:
    return {error.id.removeprefix("pestzorg.") for check in CHECKS for error in check(None)}


@pytest.fixture
def school_settings(settings: Any) -> Any:
    settings.MFA_REQUIRED = True
    settings.ALLOWED_HOSTS = ["pestzorg.example.org"]
    settings.SILENCED_SYSTEM_CHECKS = []  # SQLite silences one, PostgreSQL none
    return settings


@pytest.mark.slow
def test_what_ships_passes_check_deploy_without_a_word(tmp_path: Any) -> None:
    environment = {
        "PATH": os.environ["PATH"],
        "SECRET_KEY": os.urandom(40).hex(),
        "FIELD_KEYSET": new_keyset(),
        "DATABASE_URL": "postgres://pestzorg@127.0.0.1:1/pestzorg",
        "REDIS_URL": "redis://127.0.0.1:1/1",
        "BASE_URL": "https://pestzorg.example.org",
        "ALLOWED_HOSTS": "pestzorg.example.org",
        "VAR_DIR": str(tmp_path),
    }
    command = [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"]
    result = subprocess.run(
        command, check=False, cwd=project.BASE_DIR, env=environment, capture_output=True, text=True
    )
    assert result.returncode == 0, result.stderr
    assert "no issues (0 silenced)" in result.stdout


def test_the_settings_of_a_school_pass(school_settings: Any) -> None:
    assert found() == set()


@pytest.mark.parametrize(
    ("name", "value", "number"),
    [
        ("SESSION_ENGINE", "django.contrib.sessions.backends.db", "E020"),
        ("DATABASES", {"default": {"ATOMIC_REQUESTS": True}}, "E022"),
        ("USE_X_FORWARDED_HOST", True, "E023"),
        ("MFA_REQUIRED", False, "E024"),
        ("ALLOWED_HOSTS", ["*"], "E025"),
        ("SILENCED_SYSTEM_CHECKS", ["security.W004"], "E026"),
    ],
)
def test_a_setting_that_opens_a_door_is_found(
    school_settings: Any, name: str, value: Any, number: str
) -> None:
    setattr(school_settings, name, value)
    assert found() == {number}


@pytest.mark.parametrize("guard", NEEDED)
def test_a_guard_that_was_taken_away_is_found(school_settings: Any, guard: str) -> None:
    school_settings.MIDDLEWARE = [name for name in project.MIDDLEWARE if name != guard]
    assert found() == {"E021"}


def test_an_account_above_the_rules_is_found(db: None) -> None:
    person = make_person(Role.TEACHER, make_school())
    assert no_account_is_above_the_rules(None, databases=["default"]) == []
    User.objects.filter(pk=person.pk).update(is_superuser=True)
    (error,) = no_account_is_above_the_rules(None, databases=["default"])
    assert error.id == "pestzorg.E010"
    assert no_account_is_above_the_rules(None, databases=None) == []
