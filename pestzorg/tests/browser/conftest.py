"""Only for tests in a browser."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import pytest
from playwright.sync_api import Page

from pestzorg.demo.people import found
from pestzorg.demo.scenario import Scenario
from pestzorg.demo.telling import Teller
from pestzorg.testing.facilitated import Facilitated
from pestzorg.testing.playing import Player
from pestzorg.testing.school_in_browser import PASSWORD


@pytest.fixture(scope="session", autouse=True)
def orm_beside_browser() -> Iterator[None]:
    """Playwright's event loop makes Django refuse the ORM; here both run in one thread, on purpose."""
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    yield
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def play(
    page: Page, live_server: Any, set_clock: Callable[[datetime], None]
) -> Callable[[Scenario], Player]:
    """A scenario at its school, before anything happened: `play(C)`."""
    return lambda scenario: Player(scenario, page, live_server.url, set_clock)


@pytest.fixture
def facilitated(
    page: Page, live_server: Any, set_clock: Callable[[datetime], None]
) -> Callable[[Scenario, datetime], Facilitated]:
    """A scenario that was told up to a moment, and goes on in the browser: `facilitated(A, at(6, 14, 15))`."""

    def make(scenario: Scenario, until: datetime) -> Facilitated:
        place = found(scenario.school, PASSWORD)
        Teller(scenario, place).tell(scenario.until(until))
        return Facilitated(Player(scenario, page, live_server.url, set_clock, place=place))

    return make
