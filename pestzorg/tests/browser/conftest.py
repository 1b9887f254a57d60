"""Only for tests in a browser."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest


@pytest.fixture(scope="session", autouse=True)
def orm_beside_browser() -> Iterator[None]:
    """Playwright's event loop makes Django refuse the ORM; here both run in one thread, on purpose."""
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    yield
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]
