"""What is urgent does not wait for an address that takes no mail: somebody whom mail reaches is asked instead."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from uuid import uuid4

import pytest

from cases.deadlines import AgreementSource
from cases.models import Agreement, Case
from cases.notices import AlarmSource
from cases.tests.scene import Scene
from pestzorg.outbox.bounces import hash_of
from pestzorg.outbox.models import DeadAddress
from pestzorg.reminders.models import Kind
from pestzorg.testing.builders import NOW, make_agreement
from schools.models import User


def bounce(*people: User) -> None:
    for person in people:
        DeadAddress.objects.create(
            recipient_id=person.pk, address_hash=hash_of(person.email), what="hard", since=NOW
        )


def asked(agreement: Agreement, kind: str = Kind.DUE_TODAY) -> set[int]:
    found = AgreementSource().wanted(agreement.uuid, kind, agreement.due_on, NOW)
    assert found is not None
    return set(found.recipients)


@pytest.fixture
def agreement(scene: Scene) -> Agreement:
    """Joost does it, Marit follows up, Sami handles the case."""
    return make_agreement(
        scene.coordinator,
        scene.case,
        owner_staff=scene.colleague,
        responsible_staff=scene.teacher,
        share_ok=True,
    )


@pytest.fixture
def critical(agreement: Agreement) -> Agreement:
    Case.objects.update(severity=4)
    return agreement


def test_in_a_critical_case_the_next_one_hears_of_it(critical: Agreement, scene: Scene) -> None:
    bounce(scene.colleague)
    assert asked(critical) == {scene.teacher.pk}
    bounce(scene.teacher)
    assert asked(critical) == {scene.coordinator.pk}


def test_who_is_reached_is_told_beside_who_is_not(critical: Agreement, scene: Scene) -> None:
    bounce(scene.colleague)
    assert asked(critical, Kind.OVERDUE) == {scene.colleague.pk, scene.teacher.pk}


def test_when_mail_reaches_nobody_it_waits_for_the_first(critical: Agreement, scene: Scene) -> None:
    bounce(scene.colleague, scene.teacher, scene.coordinator)
    assert asked(critical) == {scene.colleague.pk}


def test_what_is_not_urgent_waits_for_its_owner(agreement: Agreement, scene: Scene) -> None:
    bounce(scene.colleague)
    assert asked(agreement) == {scene.colleague.pk}


def test_what_has_to_be_assessed_at_once_waits_for_no_address(scene: Scene) -> None:
    alarm = uuid4()
    Case.objects.update(handler=scene.teacher, alarm_at=NOW, alarm_uuid=alarm)
    ask = partial(AlarmSource().wanted, alarm, Kind.NEEDS_ATTENTION, NOW.date(), NOW)
    found = ask()
    assert found is not None
    assert found.recipients == (scene.teacher.pk,)
    bounce(scene.teacher)
    assert ask() == replace(found, recipients=(scene.coordinator.pk,))
