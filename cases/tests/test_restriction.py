"""Closing a case off is one click; opening it up takes two counsellors."""

from __future__ import annotations

from datetime import timedelta

import pytest

from cases.access import Who, level_on, rules_on
from cases.ceilings import Level
from cases.services.restriction import lift_restriction, restrict_case
from cases.services.sharing import share_case, take_back
from cases.tests.scene import Scene
from pestzorg.audit.models import AuditEvent
from pestzorg.errors import RuleBroken
from pestzorg.reminders.models import DueMoment, Kind
from pestzorg.testing.builders import NOW, make_person
from schools.models import User
from schools.roles import Role

LATER = NOW + timedelta(hours=1)


def second_counsellor(scene: Scene) -> User:
    return make_person(Role.COUNSELLOR, scene.school, first_name="Second")


def refused(code: str):
    return pytest.raises(RuleBroken, match=f":{code}$")


def test_restricting_leaves_grants_and_the_counsellor(scene: Scene) -> None:
    other = make_person(Role.COORDINATOR, scene.school, first_name="Fleur")
    restrict_case(scene.coordinator, scene.case, now=NOW)
    levels = {
        person.first_name: level_on(Who(person, NOW), scene.case)
        for person in (
            scene.coordinator,
            scene.teacher,
            scene.counsellor,
            other,
            scene.principal,
        )
    }
    assert list(levels.values()) == [40, 30, 20, 0, 0]
    assert AuditEvent.objects.get(verb="case_restricted").rule == "R30"


def test_counsellor_restricts_without_seeing_the_case_and_reads_it_then(scene: Scene) -> None:
    restrict_case(scene.counsellor, scene.case, now=NOW)
    assert "R14" in rules_on(Who(scene.counsellor, NOW), scene.case)


def test_who_may_not_restrict_is_refused(scene: Scene) -> None:
    for person in (scene.teacher, scene.principal, scene.colleague):
        with refused("not_allowed"):
            restrict_case(person, scene.case, now=NOW)


def test_a_restricted_case_is_not_restricted_again(scene: Scene) -> None:
    restrict_case(scene.coordinator, scene.case, now=NOW)
    with refused("state"):
        restrict_case(scene.coordinator, scene.case, now=NOW)


def test_a_case_that_nobody_manages_by_name_goes_to_the_counsellor(scene: Scene) -> None:
    other = make_person(Role.COORDINATOR, scene.school, first_name="Fleur")
    scene.case.handler = None
    scene.case.save()
    take_back(other, scene.case, scene.coordinator, now=NOW)
    restrict_case(scene.counsellor, scene.case, now=NOW)
    assert level_on(Who(scene.counsellor, NOW), scene.case) == Level.MANAGE
    assert DueMoment.objects.filter(kind=Kind.NEEDS_MANAGER).exists()


def test_lifting_takes_two_counsellors(scene: Scene) -> None:
    restrict_case(scene.coordinator, scene.case, now=NOW)
    second = second_counsellor(scene)
    assert not lift_restriction(scene.counsellor, scene.case, now=NOW)
    with refused("same_person"):
        lift_restriction(scene.counsellor, scene.case, now=LATER)
    for person in (scene.coordinator, scene.teacher):
        with refused("not_allowed"):
            lift_restriction(person, scene.case, now=LATER)
    assert lift_restriction(second, scene.case, now=LATER)
    scene.case.refresh_from_db()
    assert not scene.case.restricted
    assert level_on(Who(second, LATER), scene.case) == Level.BLIND


def test_an_ordinary_case_has_nothing_to_lift(scene: Scene) -> None:
    with refused("not_allowed"):
        lift_restriction(scene.counsellor, scene.case, now=NOW)


def test_restricting_again_forgets_who_had_asked_to_lift_it(scene: Scene) -> None:
    second = second_counsellor(scene)
    restrict_case(scene.coordinator, scene.case, now=NOW)
    lift_restriction(scene.counsellor, scene.case, now=NOW)
    lift_restriction(second, scene.case, now=NOW)
    restrict_case(scene.coordinator, scene.case, now=LATER)
    assert not lift_restriction(second, scene.case, now=LATER)


def test_a_grant_given_before_still_opens_the_restricted_case(scene: Scene) -> None:
    share_case(scene.coordinator, scene.case, scene.colleague, Level.VIEW, now=NOW)
    restrict_case(scene.coordinator, scene.case, now=NOW)
    assert level_on(Who(scene.colleague, NOW), scene.case) == Level.VIEW
