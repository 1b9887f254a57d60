"""Phases of approaches on the start pages: what somebody facilitates on Today, what is late on the overview."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cases.access import Who
from cases.models import Case
from cases.tests.conftest import scene
from interventions.models import PhaseRecord
from interventions.queries.own_phases import own_phases
from interventions.tests.conftest import run
from interventions.tests.running import Run, begin, begin_freely, decide, keep_out
from pestzorg.audit.models import AuditEvent
from pestzorg.testing.builders import NOW, make_person
from pestzorg.testing.clients import signed_in, text_of
from schools.models import User
from schools.roles import Role

__all__ = ["run", "scene"]


def today(person: User) -> str:
    return str(text_of(signed_in(person).get("/")))


def move(day: date) -> None:
    PhaseRecord.objects.filter(planned_on__isnull=False).update(planned_on=day)


@pytest.fixture(autouse=True)
def moment(at: Any) -> None:
    at(NOW)


@pytest.fixture
def circle(run: Run) -> Any:
    return begin_freely(run, "restorative_circle", "proactive_circle")


def test_what_comes_soon_and_what_is_late_stands_on_today(run: Run, circle: Any) -> None:
    way = f"/interventions/{circle.uuid}/phases/{circle.phases.get().uuid}/"
    assert way in today(run.scene.teacher)
    move(date(2025, 10, 30))
    shown = today(run.scene.teacher)
    assert way in shown
    assert "4 dagen te laat" in shown
    assert "er is één ding te doen" in shown.lower()
    assert "helemaal bij" not in shown
    move(date(2025, 12, 1))
    assert way not in today(run.scene.teacher)


def test_others_do_not_find_it_there(run: Run, circle: Any) -> None:
    other = make_person(Role.TEACHER, run.scene.school, first_name="Ander")
    assert str(circle.uuid) not in today(other)


def test_whoever_is_kept_out_of_the_case_does_not_find_it(run: Run) -> None:
    runner = make_person(Role.TEACHER, run.scene.school, first_name="Fleur")
    decide(run, method="no_blame", facilitator=str(runner.uuid))
    made = begin(run, "no_blame")
    assert str(made.uuid) in today(runner)
    keep_out(run, runner)
    assert str(made.uuid) not in today(runner)


def test_a_closed_case_leaves_nothing_to_do(run: Run) -> None:
    made = begin(run)
    assert str(made.uuid) in today(run.scene.colleague)
    Case.objects.filter(pk=run.case.pk).update(status="closed")
    assert str(made.uuid) not in today(run.scene.colleague)


def test_with_somebody_from_outside_it_is_the_handler_who_finds_it(run: Run) -> None:
    decide(run, facilitator=None, facilitator_is_external=True, facilitator_name="Griet, CLB")
    made = begin(run, share_ok=False)
    handler = Case.objects.get(pk=run.case.pk).handler
    assert handler
    assert str(made.uuid) in today(handler)


def test_what_is_late_stands_on_the_overview_and_the_rest_does_not(run: Run, circle: Any) -> None:
    client = signed_in(run.scene.coordinator)
    assert "Aanpakken die te laat zijn" not in text_of(client.get("/overview/"))
    move(date(2025, 10, 30))
    shown = text_of(client.get("/overview/"))
    assert "Aanpakken die te laat zijn" in shown
    assert "stond gepland op 30" in shown
    assert "één ding is te laat" in shown.lower()
    assert "niets te laat" not in shown


def test_a_school_leader_sees_the_code_of_a_late_one_alone(run: Run) -> None:
    made = begin(run)
    move(date(2025, 10, 30))
    shown = text_of(signed_in(run.scene.principal).get("/overview/"))
    assert run.case.reference in shown
    assert str(made.uuid) not in shown
    assert str(made.definition.label) not in shown


def test_looking_is_written_down(run: Run) -> None:
    begin(run)
    looks = AuditEvent.objects.filter(verb="case_listed", case_uuid=run.case.uuid)
    before = looks.count()
    today(run.scene.colleague)
    assert looks.count() == before + 1


def test_more_approaches_ask_no_more_questions(run: Run, circle: Any) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as questions:
            own_phases(Who(run.scene.teacher, NOW))
        return len(questions)

    few = asked()
    for _number in range(3):
        begin_freely(run, "restorative_circle", "proactive_circle")
    assert asked() == few
    assert len(own_phases(Who(run.scene.teacher, NOW)).every) == 4
