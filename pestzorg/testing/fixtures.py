"""Pytest fixtures for the whole suite, loaded by the conftest of the root."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.db import connection

from pestzorg import clock
from pestzorg.audit import guard

# Whether the migrations left the triggers of the audit log in place, asked before they are taken down.
guard_stood: list[bool] = []


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    """A test that commits is cleaned up by emptying all tables, which the audit log refuses."""
    with django_db_blocker.unblock():
        guard_stood.append(guard.stands(connection))
        guard.take_down(connection)


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], None]:
    """Set the clock of every request and task: `at(NOW)`."""

    def set_clock(moment: datetime) -> None:
        monkeypatch.setattr(clock, "now", lambda _read=None: moment)

    return set_clock
