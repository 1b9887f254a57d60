"""Two people at the same moment: nobody is their own second person, and nobody keeps what was just closed."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connection

from cases.access import Who, can
from cases.ceilings import Level
from cases.models import Case
from cases.queries.access_compare import differences
from cases.services.exclusions import exclude_from_case, lift_exclusion
from cases.services.restriction import restrict_case
from cases.services.sharing import share_case
from cases.tests.scene import Scene
from pestzorg.errors import RuleBroken
from pestzorg.testing.builders import NOW, make_person
from schools.roles import Role

pytestmark = [pytest.mark.postgres, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
LATER = NOW + timedelta(hours=1)


def together(*acts: Callable[[], object]) -> list[object]:
    """Run these at once, each with a connection of its own; what a refused one gives is its code."""
    start = Barrier(len(acts))

    def run(act: Callable[[], object]) -> object:
        start.wait()
        try:
            return act()
        except RuleBroken as error:
            return error.problems[0].code
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return [done.result() for done in [pool.submit(run, act) for act in acts]]


def test_of_two_who_let_somebody_in_at_once_one_asks_and_the_other_agrees(scene: Scene) -> None:
    boss = make_person(Role.COORDINATOR, scene.school, first_name="Fleur")
    out = exclude_from_case(boss, scene.case, scene.teacher, reason="family", now=NOW)
    lift = [lambda: lift_exclusion(boss, out, now=LATER)]
    lift += [lambda: lift_exclusion(scene.coordinator, out, now=LATER)]
    assert sorted(together(*lift)) == [False, True]


def test_two_clicks_of_the_same_person_never_agree(scene: Scene) -> None:
    out = exclude_from_case(scene.coordinator, scene.case, scene.teacher, reason="other", now=NOW)
    twice = [lambda: lift_exclusion(scene.coordinator, out, now=LATER)] * 2
    assert sorted(map(str, together(*twice))) == ["False", "same_person"]


def test_restricting_while_somebody_is_asked_along_leaves_no_row_behind(scene: Scene) -> None:
    other = make_person(Role.COORDINATOR, scene.school, first_name="Fleur")
    together(
        lambda: restrict_case(scene.coordinator, scene.case, now=NOW),
        lambda: share_case(scene.coordinator, scene.case, scene.colleague, Level.VIEW, now=NOW),
    )
    case = Case.objects.select_related("school__board").get(pk=scene.case.pk)
    assert case.restricted
    assert differences(case.school) == []
    assert can(Who(scene.colleague, NOW), "R14", case)
    assert not can(Who(other, NOW), "R14", case)


def test_excluding_while_somebody_is_asked_along_closes_the_case(scene: Scene) -> None:
    together(
        lambda: exclude_from_case(
            scene.coordinator, scene.case, scene.colleague, reason="other", now=NOW
        ),
        lambda: share_case(scene.coordinator, scene.case, scene.colleague, Level.MANAGE, now=NOW),
    )
    assert not can(Who(scene.colleague, NOW), "R14", scene.case)
