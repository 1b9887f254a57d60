"""Who is reminded of a phase, when, and that nobody is once it is over."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from cases.models import Case
from interventions.deadlines.phases import PHASE, PhaseSource
from interventions.models import Intervention
from interventions.services.ending import stop_intervention
from interventions.services.phases import plan_phase
from interventions.tests.running import (
    MONDAY,
    Run,
    begin,
    begin_freely,
    decide,
    fill_group,
    hold,
    hold_up_to,
    phase,
)
from pestzorg.reminders.models import DueMoment
from pestzorg.reminders.sources import Wanted
from pestzorg.reminders.texts import TEXTS
from pestzorg.testing.builders import NOW, make_class, make_person, make_pupil
from schools.roles import Role

FRIDAY, MONDAY_AFTER = date(2025, 11, 7), date(2025, 11, 10)
KINDS = ("phase_upcoming", "phase_today", "phase_overdue", "stayed_open")


def moments(made: Intervention) -> list[tuple[str, date, date]]:
    uuids = made.phases.values_list("uuid", flat=True)
    rows = DueMoment.objects.filter(source=PHASE, source_uuid__in=uuids, settled_at=None)
    return [(row.kind, row.due_on, row.fires_at.date()) for row in rows.order_by("fires_at")]


def wanted(made: Intervention, key: str, kind: str, due_on: date) -> Wanted | None:
    now = datetime(2025, 11, 5, 9, tzinfo=UTC)
    return PhaseSource().wanted(phase(made, key).uuid, kind, due_on, now)


def planned(run: Run, day: date = MONDAY_AFTER) -> Intervention:
    made = begin(run)
    plan_phase(run.actor, phase(made, "interview_target"), day, now=NOW)
    return made


def test_a_day_before_on_the_day_and_a_school_day_after(run: Run) -> None:
    assert moments(planned(run)) == [
        ("phase_upcoming", MONDAY_AFTER, FRIDAY),
        ("phase_today", MONDAY_AFTER, MONDAY_AFTER),
        ("phase_overdue", MONDAY_AFTER, date(2025, 11, 11)),
        ("stayed_open", MONDAY_AFTER, date(2025, 11, 13)),
    ]


def test_what_is_over_when_it_is_planned_is_not_told(run: Run) -> None:
    made = begin(run)  # tomorrow, and this morning is over
    assert [kind for kind, _due, _fires in moments(made)] == list(KINDS[1:])


def test_one_meeting_reminds_once(run: Run) -> None:
    made = begin(run)
    fill_group(run, made, 6)
    hold_up_to(run, made, "first_meeting", MONDAY)
    plan_phase(run.actor, phase(made, "first_meeting"), MONDAY_AFTER, now=NOW)
    assert [kind for kind, _due, _fires in moments(made)] == list(KINDS)


def test_held_phase_reminds_no_more_and_the_next_does(run: Run) -> None:
    made = begin(run)
    fill_group(run, made, 6)
    hold_up_to(run, made, "review_target", MONDAY)
    assert {due for _kind, due, _fires in moments(made)} == {MONDAY_AFTER}
    hold(run, phase(made, "review_target"), MONDAY_AFTER)
    # Of the talk with the group on the same day only what is still to come.
    assert moments(made) == [
        ("phase_overdue", MONDAY_AFTER, date(2025, 11, 11)),
        ("stayed_open", MONDAY_AFTER, date(2025, 11, 13)),
    ]
    assert wanted(made, "review_target", "phase_today", MONDAY_AFTER) is None


def test_facilitator_is_told_and_afterwards_the_handler_too(run: Run) -> None:
    made = planned(run)
    colleague, handler = run.scene.colleague.pk, run.scene.coordinator.pk
    other = make_person(Role.COORDINATOR, run.scene.school)
    for kind, people in (
        ("phase_upcoming", {colleague}),
        ("phase_today", {colleague}),
        ("phase_overdue", {colleague, handler}),
        ("stayed_open", {colleague, handler, other.pk}),
    ):
        found = wanted(made, "interview_target", kind, MONDAY_AFTER)
        assert found is not None
        assert set(found.recipients) == people


def test_mail_holds_the_code_of_the_case_and_an_address(run: Run) -> None:
    made = planned(run)
    found = wanted(made, "interview_target", "phase_today", MONDAY_AFTER)
    assert found is not None
    assert (found.reference, found.path) == (
        run.case.reference,
        f"/cases/{run.case.uuid}/interventions/{made.uuid}/",
    )
    told = " ".join(str(part) for kind in KINDS for part in (TEXTS[kind].subject, TEXTS[kind].line))
    assert "Noor" not in told
    assert "7A" not in told


def test_somebody_from_outside_school_is_reminded_through_the_handler(run: Run) -> None:
    decide(run, facilitator=None, facilitator_is_external=True, facilitator_name="Griet")
    made = begin(run)
    found = wanted(made, "interview_target", "phase_today", date(2025, 11, 4))
    assert found is not None
    assert found.recipients == (run.scene.coordinator.pk,)


@pytest.mark.parametrize("end", ["stopped", "moved", "case closed"])
def test_nobody_is_reminded_of_what_is_over(run: Run, end: str) -> None:
    made = planned(run)
    if end == "stopped":
        stop_intervention(run.actor, made, "Het past niet.", now=NOW)
        assert moments(made) == []
    if end == "moved":
        plan_phase(run.actor, phase(made, "interview_target"), date(2025, 11, 12), now=NOW)
    if end == "case closed":
        Case.objects.filter(pk=run.case.pk).update(status="closed")
    assert wanted(made, "interview_target", "phase_today", MONDAY_AFTER) is None


def test_without_a_case_the_class_teacher_and_afterwards_the_coordinators(run: Run) -> None:
    made = begin_freely(run, "restorative_circle", "proactive_circle", planned_start=MONDAY_AFTER)
    today = wanted(made, "proactive_circle", "phase_today", MONDAY_AFTER)
    late = wanted(made, "proactive_circle", "phase_overdue", MONDAY_AFTER)
    assert today is not None
    assert late is not None
    assert today.recipients == (run.scene.teacher.pk,)
    assert set(late.recipients) == {run.scene.teacher.pk, run.scene.coordinator.pk}
    assert (today.reference, today.path) == ("", f"/interventions/{made.uuid}/")


def test_who_left_the_school_is_followed_by_the_coordinators(run: Run) -> None:
    other = make_class(run.scene.school, "8A", run.scene.teacher)
    make_pupil(other)
    made = begin_freely(run, "restorative_circle", "proactive_circle", planned_start=MONDAY_AFTER)
    run.scene.teacher.memberships.get().roles.update(valid_until=NOW)
    found = wanted(made, "proactive_circle", "phase_today", MONDAY_AFTER)
    assert found is not None
    assert found.recipients == (run.scene.coordinator.pk,)
