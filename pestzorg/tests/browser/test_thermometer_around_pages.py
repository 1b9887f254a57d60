"""The thermometer around an approach, a school and a board, in a browser: readable for everybody, in light and dark."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Page

from interventions.models import Intervention
from interventions.tests.measured_classes import measured
from interventions.tests.measured_intervention import begun, circle, phase, up_to_repeat
from interventions.tests.measuring import LATER, Measured, make_measured
from interventions.tests.running import at as morning
from pestzorg.testing.builders import NOW, make_person
from pestzorg.tests.browser.test_pages import sign_in, wrong_pages
from schools.roles import Role

__all__ = ["sign_in"]
pytestmark = [
    pytest.mark.browser,
    pytest.mark.postgres,
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
]


@pytest.fixture
def group() -> Measured:
    return make_measured(pupils=24)


def own_pages(made: Intervention, *keys: str) -> list[str]:
    own = f"/interventions/{made.uuid}/"
    return [own, *(f"{own}phases/{phase(made, key).uuid}/" for key in keys)]


def test_an_approach_that_measures(
    page: Page, live_server: Any, group: Measured, sign_in: Callable
) -> None:
    sign_in(group.coordinator, LATER)
    held = up_to_repeat(group, ["cyberbullying", "safety"])
    assert wrong_pages(page, live_server.url, own_pages(held, "baseline", "repeat")) == {}


def test_an_approach_that_may_name_what_was_measured(
    page: Page, live_server: Any, group: Measured, sign_in: Callable
) -> None:
    sign_in(group.coordinator, NOW)
    waits, free = begun(group), circle(group)
    pages = [*own_pages(waits, "baseline"), *own_pages(free)]
    choose = f"/interventions/{free.uuid}/measurements/"
    assert wrong_pages(page, live_server.url, [*pages, choose]) == {}
    group.measure(())
    assert wrong_pages(page, live_server.url, [choose]) == {}


def test_the_smallest_group(
    page: Page, live_server: Any, group: Measured, sign_in: Callable
) -> None:
    sign_in(group.coordinator, NOW)
    path = f"/schools/{group.school.code}/thermometer/"
    assert wrong_pages(page, live_server.url, ["/classes/", path]) == {}


def test_whole_schools_for_a_board(
    page: Page, live_server: Any, group: Measured, sign_in: Callable
) -> None:
    over = group.school.years.earliest("starts_on").ends_on + timedelta(days=1)
    sign_in(make_person(Role.BOARD_VIEWER, group.school), morning(over))
    assert wrong_pages(page, live_server.url, ["/thermometer/board/"]) == {}
    for name in ("Vissen", "Vogels", "Otters"):
        measured(group.school, name)
    assert wrong_pages(page, live_server.url, ["/thermometer/board/"]) == {}
