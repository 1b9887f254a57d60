"""Numbers that a school calls in need are compared once a year: the page tells when, and a check says what is late."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from cases.checks import help_routes_are_compared
from cases.protocol import ProtocolError, help_routes
from cases.protocol.help_routes import FILE, outdated, read_routes
from cases.services.steps import save_step
from cases.tests.scene import Scene
from pestzorg.testing.builders import NOW

CHECKED = min(route.last_checked_on for route in read_routes(FILE))


def test_a_route_is_outdated_after_a_year_and_not_before() -> None:
    (first, *_rest) = read_routes(FILE)
    year = timedelta(days=365)
    assert [
        first.is_outdated(first.last_checked_on + year + timedelta(days=n)) for n in (0, 1)
    ] == [
        False,
        True,
    ]
    assert outdated(CHECKED) == []
    assert len(outdated(date(2100, 1, 1))) == len(read_routes(FILE))


@pytest.mark.parametrize(
    ("new", "complaint"),
    [
        ("", "last_checked_on is not a day"),
        ('last_checked_on = "gisteren"\n', "last_checked_on is not a day"),
        ("last_checked_on = 2025-01-01T10:00:00\n", "last_checked_on is not a day"),
    ],
)
def test_a_route_without_its_day_is_refused(tmp_path: Path, new: str, complaint: str) -> None:
    file, text = tmp_path / "help_routes.toml", FILE.read_text(encoding="utf-8")
    day = next(line for line in text.splitlines(keepends=True) if line.startswith("last_checked"))
    file.write_text(text.replace(day, new, 1), encoding="utf-8")
    with pytest.raises(ProtocolError, match=complaint):
        read_routes(file)


def test_the_check_names_what_is_late_and_nothing_else(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def found(day: date) -> list[Any]:
        monkeypatch.setattr("cases.checks.now", lambda: NOW.replace(year=day.year, month=day.month))
        return help_routes_are_compared(None, databases=["default"])

    assert found(CHECKED - timedelta(days=40)) == []
    late = found(CHECKED + timedelta(days=500))
    assert {warning.id for warning in late} == {"pestzorg.W050"}
    assert len(late) == len(read_routes(FILE))
    assert help_routes_are_compared(None, databases=None) == []


def test_the_page_tells_when_its_numbers_were_checked_and_when_that_is_long_ago(
    scene: Scene, at: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    at(NOW)
    save_step(scene.teacher, scene.step(1), {"red_flags": ["weapon"]}, now=NOW)
    client = Client()
    client.force_login(scene.teacher)

    def page() -> str:
        return client.get(reverse("cases:page", args=[scene.case.uuid])).content.decode()

    assert "Nummers nagekeken op" in page()
    assert "meer dan een jaar geleden" not in page()
    monkeypatch.setattr(help_routes, "CHECKED_WITHIN", NOW.date() - CHECKED - timedelta(days=1))
    assert "meer dan een jaar geleden" in page()
