"""Pytest plugin: a test marked postgres, redis or browser is skipped, by name, on a machine that lacks it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from django.db import connection

from pestzorg.testing.browser import CHROMIUM


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip with the reason that the summary shows; `make check` refuses to skip anything."""
    for marker, (there, hint) in NEEDS.items():
        if item.get_closest_marker(marker) and not there():
            pytest.skip(hint)


NEEDS = {
    "postgres": (lambda: connection.vendor == "postgresql", "set DATABASE_URL to a PostgreSQL"),
    "redis": (lambda: bool(os.environ.get("REDIS_URL")), "set REDIS_URL"),
    "browser": (lambda: Path(CHROMIUM).exists(), "install Chromium"),
}
