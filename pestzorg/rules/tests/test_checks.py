from __future__ import annotations

from typing import Any

import pytest

from pestzorg.rules.checks import production_is_no_trial

GOOD = {
    "DATABASES": {"default": {"ENGINE": "django.db.backends.postgresql"}},
    "CLOCK_OFFSET": 0,
    "CELERY_BROKER_URL": "redis://redis:6379/1",
    "BASE_URL": "https://pestzorg.example.org",
}


@pytest.fixture
def production(settings: Any) -> Any:
    for name, value in GOOD.items():
        setattr(settings, name, value)
    return settings


def test_a_school_s_settings_pass(production: Any) -> None:
    assert production_is_no_trial(None) == []


@pytest.mark.parametrize(
    ("name", "value", "number"),
    [
        ("DATABASES", {"default": {"ENGINE": "django.db.backends.sqlite3"}}, "E002"),
        ("CLOCK_OFFSET", 86_400, "E003"),
        ("CELERY_BROKER_URL", "memory://", "E004"),
        ("BASE_URL", "http://127.0.0.1:8000", "E005"),
    ],
)
def test_settings_for_trying_out_are_refused(
    production: Any, name: str, value: Any, number: str
) -> None:
    setattr(production, name, value)
    assert [error.id for error in production_is_no_trial(None)] == [f"pestzorg.{number}"]
