"""A case becomes more serious while an approach runs: its phases follow, as everything else of the case does."""

from __future__ import annotations

from datetime import date, datetime

from cases.queries.judging import INDICATORS
from cases.services.severity import reassess_severity
from interventions.deadlines.phases import PHASE
from interventions.models import Intervention
from interventions.services.ending import stop_intervention
from interventions.services.phases import plan_phase
from interventions.tests.running import Run, begin, phase
from pestzorg.reminders.models import DueMoment, Reminder
from pestzorg.reminders.sweep import sweep
from pestzorg.testing.builders import NOW
from schools.queries.calendars import calendar_for

DAY = date(2025, 11, 10)  # a Monday


def planned(run: Run) -> Intervention:
    made = begin(run)
    plan_phase(run.actor, phase(made, "interview_target"), DAY, now=NOW)
    return made


def becomes(run: Run, points: int, now: datetime = NOW, *red_flags: str) -> int | None:
    reassess_severity(run.actor, run.case, dict.fromkeys(INDICATORS, points), [*red_flags], now=now)
    return run.case.severity


def told_up() -> date:
    return DueMoment.objects.get(source=PHASE, kind="stayed_open").fires_at.date()


def test_what_stays_open_is_told_after_one_school_day_instead_of_three(run: Run) -> None:
    planned(run)
    assert told_up() == date(2025, 11, 13)
    assert becomes(run, 2) == 3
    assert told_up() == date(2025, 11, 11)
    assert not DueMoment.objects.filter(source=PHASE, urgent=True).exists()


def test_and_after_three_again_once_it_is_calmer(run: Run) -> None:
    becomes(run, 2)
    planned(run)
    assert told_up() == date(2025, 11, 11)
    assert becomes(run, 1) == 2
    assert told_up() == date(2025, 11, 13)


def test_in_the_most_serious_case_nothing_waits_for_a_digest(run: Run) -> None:
    planned(run)
    morning = calendar_for(run.scene.school).send_moment(DAY)
    sweep(morning)
    waiting = Reminder.objects.filter(source=PHASE, settled_at=None)
    assert {row.urgent for row in waiting} == {False}
    assert becomes(run, 3, morning, "weapon") == 4
    assert {row.urgent for row in waiting.all()} == {True}
    moments = DueMoment.objects.filter(source=PHASE, settled_at=None)
    assert {row.urgent for row in moments} == {True}


def test_what_was_stopped_is_not_planned_again(run: Run) -> None:
    stop_intervention(run.actor, planned(run), "Ging niet.", now=NOW)
    becomes(run, 2)
    assert not DueMoment.objects.filter(source=PHASE, settled_at=None).exists()
