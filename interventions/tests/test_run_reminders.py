"""Who is reminded of a thermometer, when, and that nobody is once it is closed or taken back."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from interventions.deadlines.runs import RUN, RunSource
from interventions.models import Run
from interventions.services.thermometer_runs import close_run, drop_run, open_run, prepare_run
from interventions.tests.measuring import Measured, make_measured
from interventions.tests.running import at
from pestzorg.reminders.models import DueMoment
from pestzorg.reminders.sources import Wanted
from pestzorg.reminders.texts import TEXTS
from pestzorg.testing.builders import NOW
from schools.models import User

pytestmark = pytest.mark.django_db
MONDAY, FRIDAY, NEXT = date(2025, 11, 3), date(2025, 11, 7), date(2025, 11, 10)
TUESDAY = date(2025, 11, 11)


@pytest.fixture
def group(db: None) -> Measured:
    return make_measured(pupils=8)


def planned(group: Measured, day: date = NEXT, actor: User | None = None) -> Run:
    actor = actor or group.teacher
    return prepare_run(actor, group.school_class, kind="full", planned_on=day, now=NOW)


def moments(run: Run) -> list[tuple[str, date, date]]:
    rows = DueMoment.objects.filter(source=RUN, source_uuid=run.uuid, settled_at=None)
    return [(row.kind, row.due_on, row.fires_at.date()) for row in rows.order_by("fires_at")]


def wanted(run: Run, kind: str, due_on: date) -> Wanted | None:
    return RunSource().wanted(run.uuid, kind, due_on, at(FRIDAY))


def told(run: Run, kind: str, due_on: date) -> set[int]:
    found = wanted(run, kind, due_on)
    assert found is not None
    return set(found.recipients)


def test_the_school_day_before_on_the_day_and_once_after_it(group: Measured) -> None:
    assert moments(planned(group)) == [
        ("phase_upcoming", NEXT, FRIDAY),
        ("phase_today", NEXT, NEXT),
        ("stayed_open", NEXT, TUESDAY),
    ]


def test_on_a_day_without_school_nobody_is_told_that_it_is_today(group: Measured) -> None:
    saturday = date(2025, 11, 8)
    kinds = [kind for kind, _due, _fires in moments(planned(group, saturday))]
    assert kinds == ["phase_upcoming", "stayed_open"]


def test_the_class_teacher_and_who_prepared_it_are_told(group: Measured) -> None:
    both = {group.teacher.pk, group.coordinator.pk}
    assert told(planned(group), "phase_today", NEXT) == {group.teacher.pk}
    Run.objects.all().delete()
    run = planned(group, actor=group.coordinator)
    assert told(run, "phase_upcoming", NEXT) == both


def test_who_does_not_run_it_any_more_is_not_told(group: Measured) -> None:
    run = planned(group)
    group.school_class.class_teachers.clear()
    assert told(run, "phase_today", NEXT) == {group.coordinator.pk}


def test_what_was_not_opened_is_told_to_the_coordinator_alone(group: Measured) -> None:
    assert told(planned(group), "stayed_open", NEXT) == {group.coordinator.pk}


def test_what_was_forgotten_open_is_told_after_three_school_days(group: Measured) -> None:
    run = planned(group, MONDAY)
    open_run(group.teacher, run, now=NOW)
    run.refresh_from_db()
    assert moments(run) == [("stayed_open", MONDAY, FRIDAY)]
    assert told(run, "stayed_open", MONDAY) == {group.teacher.pk, group.coordinator.pk}
    assert wanted(run, "phase_today", MONDAY) is None


def test_nothing_once_it_is_closed_or_taken_back(group: Measured) -> None:
    run = planned(group, MONDAY)
    drop_run(group.teacher, run, now=NOW)
    assert moments(run) == []
    assert wanted(run, "phase_today", MONDAY) is None
    other = planned(group, MONDAY)
    open_run(group.teacher, other, now=NOW)
    close_run(group.teacher, other, now=NOW)
    other.refresh_from_db()
    assert moments(other) == []
    assert wanted(other, "stayed_open", MONDAY) is None


def test_another_day_than_planned_is_not_told(group: Measured) -> None:
    assert wanted(planned(group), "phase_today", TUESDAY) is None


def test_a_year_that_nobody_opened_plans_what_is_known(group: Measured) -> None:
    kinds = [kind for kind, _due, _fires in moments(planned(group, date(2040, 1, 9)))]
    assert kinds == ["phase_upcoming"]


def test_the_mail_says_neither_class_nor_thermometer(group: Measured) -> None:
    found: Any = wanted(planned(group), "phase_today", NEXT)
    assert found.reference == ""
    for kind in ("phase_upcoming", "phase_today", "stayed_open"):
        words = f"{TEXTS[kind].subject} {TEXTS[kind].line}".casefold()
        assert "thermomet" not in words
        assert group.school_class.name.casefold() not in words
