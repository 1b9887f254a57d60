"""Only for tests in a browser."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import pytest
from playwright.sync_api import Page

from pestzorg.demo.scenario import Scenario
from pestzorg.testing.playing import Player


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
