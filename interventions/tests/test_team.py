"""All approaches of a school on one page: whom it is for, what each reader sees of what runs, and at which cost."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cases.access import Who
from cases.models import Case
from cases.services.sharing import rebuild_access
from interventions.models import Intervention, PhaseRecord
from interventions.queries.team import Running, team_of
from interventions.tests.over import over
from interventions.tests.running import Run, begin, begin_freely, keep_out
from pestzorg.audit.models import AuditEvent
from pestzorg.testing.builders import NOW, make_case_active, make_class, make_person, make_pupil
from schools.models import User
from schools.roles import Role

PAGE = "/interventions/team/"


def page(user: User) -> Any:
    client = Client()
    client.force_login(user)
    return client.get(PAGE)


def runs(run: Run, user: User) -> list[Running]:
    (team,) = team_of(Who(user, NOW), [run.scene.school])
    return team.running


def both(run: Run) -> tuple[Intervention, Intervention]:
    return begin(run), begin_freely(run, "restorative_circle", "proactive_circle")


def test_a_coordinator_sees_what_runs_with_its_next_phase(run: Run, at: Any) -> None:
    at(NOW)
    both(run)
    text = page(run.actor).content.decode()
    assert str(run.scene.colleague) in text
    assert run.scene.school_class.name in text
    assert [line.has_content for line in runs(run, run.actor)] == [True, True]


def test_a_school_leader_sees_the_code_and_the_day_and_nothing_else(run: Run, at: Any) -> None:
    at(NOW)
    of_case, circle = both(run)
    (line,) = runs(run, run.scene.principal)
    assert (line.intervention, line.has_content) == (of_case, False)
    text = page(run.scene.principal).content.decode()
    assert run.scene.case.reference in text
    for hidden in (of_case.definition.label, run.scene.colleague, line.phase):
        assert str(hidden) not in text
    for uuid in (of_case.uuid, circle.uuid):
        assert str(uuid) not in text


def test_a_counsellor_sees_no_ordinary_case_and_a_closed_off_one(run: Run) -> None:
    both(run)
    assert runs(run, run.scene.counsellor) == []
    Case.objects.filter(pk=run.scene.case.pk).update(restricted=True)
    rebuild_access(run.scene.case)
    (line,) = runs(run, run.scene.counsellor)
    assert line.has_content
    assert runs(run, run.scene.principal) == []


def test_who_is_kept_out_of_the_case_does_not_find_it(run: Run, at: Any) -> None:
    at(NOW)
    both(run)
    sami = make_person(Role.COORDINATOR, run.scene.school, first_name="Bo")
    over(run, 4)
    over(run, 1, case=run.case)
    assert team_of(Who(run.actor, NOW), [run.scene.school])[0].worked
    keep_out(run, sami)
    (team,) = team_of(Who(sami, NOW), [run.scene.school])
    assert [line.intervention.case for line in team.running] == [None]
    assert team.worked == []


def test_late_comes_first(run: Run) -> None:
    of_case, circle = both(run)
    PhaseRecord.objects.filter(intervention=circle).update(planned_on=date(2025, 10, 30))
    found = runs(run, run.actor)
    assert [(line.intervention, line.is_late) for line in found] == [
        (circle, True),
        (of_case, False),
    ]


@pytest.mark.parametrize("role", [Role.TEACHER, Role.SCHOOL_ADMIN, Role.BOARD_VIEWER, Role.DPO])
def test_for_everybody_else_there_is_no_such_page(run: Run, at: Any, role: Role) -> None:
    at(NOW)
    person = make_person(role, run.scene.school, first_name="Ander")
    assert page(person).status_code == 404


def test_looking_leaves_a_row_of_the_cases_of_which_content_is_shown(run: Run, at: Any) -> None:
    at(NOW)
    both(run)
    looks = AuditEvent.objects.filter(verb="case_listed", rule="R61")
    page(run.scene.principal)
    assert looks.count() == 0
    page(run.actor)
    assert [row.case_uuid for row in looks] == [run.scene.case.uuid]


def test_more_rows_ask_no_more_questions(run: Run) -> None:
    both(run)
    over(run, 5)
    few = _questions(run)
    scene = run.scene
    for number in range(4):
        room = make_class(scene.school, f"8{number}", scene.teacher)
        case = make_case_active(run.actor, run.actor, scene.school, make_pupil(room, "Mia"))
        some = {"conversation": case.conversations.get(), "class_group": room}
        over(run, 5, "no_blame", **some)
        running = {"case": case, "status": "running", "ended_at": None, "ended_by": None}
        over(run, 1, **some, **running)
    assert _questions(run) == few
    assert len(runs(run, run.actor)) == 6
    (team,) = team_of(Who(run.actor, NOW), [run.scene.school])
    assert [(line.method.key, line.ended) for line in team.worked] == [
        ("no_blame", 20),
        ("support_group", 5),
    ]


def _questions(run: Run) -> int:
    with CaptureQueriesContext(connection) as asked:
        team_of(Who(run.actor, NOW + timedelta(minutes=1)), [run.scene.school])
    return len(asked)
