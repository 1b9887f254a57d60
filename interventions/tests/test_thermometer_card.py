"""The class on the page of a case: only for who may see that class, and never as a figure of the pupil."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from cases.ceilings import Level
from cases.models import Case
from cases.services.sharing import share_case
from interventions.tests.classes import VECTOR, lines_of
from interventions.tests.measuring import LATER, Measured, make_measured
from pestzorg.testing.builders import NOW, make_case_active, make_person
from schools.models import Pupil, User
from schools.roles import Role

pytestmark = pytest.mark.django_db
YARDSTICK = "Dat staat nooit in de thermometer."


@pytest.fixture
def group(db: None, at: Any) -> Measured:
    at(NOW)
    return make_measured(pupils=24)


@pytest.fixture
def case(group: Measured) -> Case:
    pupil = Pupil.objects.earliest("pk")
    return make_case_active(group.coordinator, group.teacher, group.school, pupil)


def card_of(person: User, case: Case) -> str:
    """The card as this reader gets it; empty when there is none."""
    client = Client()
    client.force_login(person)
    page = client.get(f"/cases/{case.uuid}/")
    assert page.status_code == 200
    _before, found, rest = page.content.decode().partition('id="class-thermometer"')
    return rest.partition("</section>")[0] if found else ""


def test_who_sees_the_class_reads_its_total_and_the_yardstick(group: Measured, case: Case) -> None:
    run = group.measure(lines_of("A before"))
    card = card_of(group.teacher, case)
    assert f"/thermometer/{run.uuid}/" in card
    assert "58,8" in card
    assert YARDSTICK in card
    assert case.target is not None
    assert case.target.name not in card


def test_who_reads_the_case_and_may_not_see_the_class_gets_no_card(
    group: Measured, case: Case
) -> None:
    group.measure(lines_of("A before"))
    joost = make_person(Role.TEACHER, group.school, first_name="Joost")
    share_case(group.coordinator, case, joost, Level.VIEW, now=NOW)
    assert card_of(joost, case) == ""


def test_a_class_that_was_never_measured_has_no_card(group: Measured, case: Case) -> None:
    assert card_of(group.teacher, case) == ""


def test_too_few_answers_show_a_day_and_no_figure(group: Measured, case: Case) -> None:
    run = group.measure(VECTOR[:-1])
    card = card_of(group.teacher, case)
    assert f"/thermometer/{run.uuid}/" in card
    assert 'class="pz-muted"' not in card


def test_of_the_runs_before_the_case_only_the_last_one_is_there(
    group: Measured, case: Case
) -> None:
    old, last = [group.measure((), now=NOW - timedelta(weeks=weeks)) for weeks in (8, 2)]
    since = group.measure(lines_of("A after"), now=LATER)
    card = card_of(group.teacher, case)
    assert str(old.uuid) not in card
    assert str(last.uuid) in card
    assert str(since.uuid) in card
