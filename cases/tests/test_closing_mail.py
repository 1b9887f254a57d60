"""A closing that waits for somebody is told for as long as it waits, also when there was nobody to tell at first."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from cases.models import Case, Closing
from cases.notices import DecisionSource, SignatureSource
from cases.services.closing import decide_closing
from cases.tests.closable import CLOSING_AT, make_closable, propose
from cases.tests.scene import Scene
from pestzorg.reminders.models import DueMoment, Kind, Reminder
from pestzorg.reminders.sweep import sweep
from pestzorg.testing.builders import make_person
from schools.models import Membership, User
from schools.roles import Role

LONG_AFTER = CLOSING_AT + timedelta(days=28)


@pytest.fixture
def to_sign(scene: Scene, make_severity: Callable[[int], Case]) -> Closing:
    make_closable(scene)
    make_severity(4)
    return decide_closing(scene.coordinator, propose(scene), now=CLOSING_AT)


def suspend(person: User, state: str = "suspended") -> None:
    Membership.objects.filter(user=person).update(state=state)


def test_a_signature_that_nobody_can_give_yet_is_asked_for_later(
    to_sign: Closing, scene: Scene
) -> None:
    suspend(scene.principal)
    sweep(CLOSING_AT)
    moment = DueMoment.objects.get(source="closing_signature")
    assert moment.settled_at is None
    sweep(LONG_AFTER)
    suspend(scene.principal, "active")
    sweep(LONG_AFTER + timedelta(hours=1))
    told = Reminder.objects.get(source="closing_signature")
    assert told.recipient_id == scene.principal.pk


def test_a_signature_is_wanted_for_as_long_as_it_waits(to_sign: Closing, scene: Scene) -> None:
    asked = (to_sign.uuid, Kind.NEEDS_ATTENTION, CLOSING_AT.date(), LONG_AFTER)
    found = SignatureSource().wanted(*asked)
    assert found is not None
    assert found.recipients == (scene.principal.pk,)


def test_a_decision_is_wanted_for_as_long_as_it_waits(scene: Scene) -> None:
    make_closable(scene)
    fleur = make_person(Role.COORDINATOR, scene.school, first_name="Fleur")
    closing = propose(scene)
    asked = (closing.uuid, Kind.NEEDS_ATTENTION, CLOSING_AT.date(), LONG_AFTER)
    found = DecisionSource().wanted(*asked)
    assert found is not None
    assert found.recipients == (fleur.pk,)
    suspend(fleur)
    assert DecisionSource().wanted(*asked) is None, "who proposed it decides it too, and knows"
    suspend(scene.coordinator)
    nobody = DecisionSource().wanted(*asked)
    assert nobody is not None
    assert nobody.recipients == ()
