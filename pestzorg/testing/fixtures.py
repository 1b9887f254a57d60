"""Pytest fixtures for the whole suite, loaded by the conftest of the root."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest

from pestzorg import clock


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], None]:
    """Set the clock of every request and task: `at(NOW)`."""

    def set_clock(moment: datetime) -> None:
        monkeypatch.setattr(clock, "now", lambda: moment)

    return set_clock
