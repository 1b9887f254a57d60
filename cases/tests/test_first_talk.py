"""A report that was taken up is not heard yet: people are reminded until somebody sits down with the pupil."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from cases.deadlines.first_response import HALF_WAY, LIMIT
from cases.deadlines.first_talk import FIRST_TALK, FirstTalkSource
from cases.models import Case
from cases.queries.judging import INDICATORS
from cases.services.assessing import activate_case, begin_assessing, take_on
from cases.services.conversations import begin_sitting, change_lead
from cases.tests.mornings import AMSTERDAM
from cases.tests.scene import Scene
from pestzorg.outbox.delivery import deliver
from pestzorg.reminders.models import DueMoment, Kind, Reminder
from pestzorg.reminders.sweep import sweep
from pestzorg.testing.builders import NOW, make_person, make_pupil, make_report
from schools.roles import Role


def at_school(written: str) -> datetime:
    return datetime.fromisoformat(written).replace(tzinfo=AMSTERDAM)


MONDAY = at_school("2025-11-03 10:00")


def planned(case: Case) -> list[tuple[str, str]]:
    rows = DueMoment.objects.filter(source=FIRST_TALK, source_uuid=case.uuid, settled_at=None)
    at = [(row.kind, row.fires_at.astimezone(AMSTERDAM)) for row in rows.order_by("fires_at")]
    return [(kind, f"{moment:%Y-%m-%d %H:%M}") for kind, moment in at]


def recipients(case: Case, now: datetime = NOW) -> set[int]:
    case.refresh_from_db()
    assert case.first_talk_due_on
    wanted = FirstTalkSource().wanted(case.uuid, Kind.FIRST_TALK, case.first_talk_due_on, now)
    return set(wanted.recipients) if wanted else set()


# urgency, reported, taken up -> the last day, and the day after it
TAKEN_UP = [
    ("this_week", "2025-11-03 10:00", "2025-11-04 09:00", "2025-11-06 07:30", "2025-11-07 07:30"),
    ("today", "2025-11-03 10:00", "2025-11-03 12:00", "2025-11-04 07:30", "2025-11-05 07:30"),
    ("today", "2025-12-19 10:00", "2025-12-19 12:00", "2026-01-05 07:30", "2026-01-06 07:30"),
    # where every hour counts: an hour later, on the same day
    ("now", "2025-11-03 10:00", "2025-11-03 10:20", "2025-11-03 11:20", "2025-11-04 07:30"),
]


@pytest.mark.parametrize(("urgency", "reported", "taken_up", "last_day", "after"), TAKEN_UP)
def test_taking_it_up_leaves_the_term_of_the_first_talk(
    scene: Scene, urgency: str, reported: str, taken_up: str, last_day: str, after: str
) -> None:
    report = make_report(scene.teacher, scene.school, now=at_school(reported), urgency=urgency)
    begin_assessing(scene.coordinator, report.case, scene.coordinator, now=at_school(taken_up))
    assert planned(report.case) == [("first_talk", last_day), ("stayed_open", after)]
    waiting = DueMoment.objects.filter(source__in=(HALF_WAY, LIMIT), settled_at=None)
    assert not waiting.filter(source_uuid=report.case.uuid).exists()


@pytest.mark.parametrize("taken_up", ["2025-11-06 09:00", "2025-11-07 09:00", "2025-11-20 09:00"])
def test_taken_up_on_the_last_day_or_after_it_the_next_school_day_asks(
    scene: Scene, taken_up: str
) -> None:
    report = make_report(scene.teacher, scene.school, now=MONDAY)
    now = at_school(taken_up)
    begin_assessing(scene.coordinator, report.case, scene.coordinator, now=now)
    [(kind, at)] = planned(report.case)
    assert kind == "stayed_open"
    days = (at_school(at).date() - now.date()).days
    assert days == (3 if now.weekday() == 4 else 1)


def test_handler_lead_and_every_coordinator_hear_and_the_reporter_does_not(scene: Scene) -> None:
    fleur = make_person(Role.COORDINATOR, scene.school, first_name="Fleur")
    lead = make_person(Role.TEACHER, scene.school, first_name="Joke")
    report = make_report(scene.teacher, scene.school, now=MONDAY)
    begin_assessing(scene.coordinator, report.case, scene.coordinator, now=MONDAY)
    assert recipients(report.case) == {scene.coordinator.pk, fleur.pk}
    activate_case(
        scene.coordinator,
        report.case,
        target=None,
        target_name="Yara",
        lead=lead,
        indicators=dict.fromkeys(INDICATORS, 0),
        red_flags=[],
        now=MONDAY,
    )
    assert recipients(report.case) == {scene.coordinator.pk, fleur.pk, lead.pk}


def test_the_first_sitting_ends_it(scene: Scene) -> None:
    """Shown by mail: it is told on the last morning, and no more once the talk began."""
    case = scene.case
    case.refresh_from_db()
    due_on = case.first_talk_due_on
    assert due_on
    assert [kind for kind, _at in planned(case)] == ["first_talk", "stayed_open"]
    begin_sitting(scene.teacher, scene.conversation, now=NOW)
    assert planned(case) == []
    assert recipients(case) == set()
    sweep(NOW + timedelta(days=30))
    assert not Reminder.objects.filter(source=FIRST_TALK).exists()


def test_a_report_that_somebody_took_up_and_forgot_is_mailed_about(
    scene: Scene, mailoutbox: list[Any]
) -> None:
    report = make_report(scene.teacher, scene.school, now=MONDAY, urgency="today")
    begin_assessing(scene.coordinator, report.case, scene.coordinator, now=MONDAY)
    told = []
    for day in range(1, 12):
        morning = at_school("2025-11-03 07:30") + timedelta(days=day)
        sweep(morning)
        deliver(morning)
        told += [(day, mail.to) for mail in mailoutbox if report.case.reference in mail.body]
        mailoutbox.clear()
    assert told == [(1, [scene.coordinator.email]), (2, [scene.coordinator.email])]


def test_the_term_follows_the_level(scene: Scene) -> None:
    report = make_report(scene.teacher, scene.school, make_pupil(scene.school_class), now=MONDAY)
    take_on(scene.teacher, report, dict.fromkeys(INDICATORS, 0), [], now=MONDAY)
    report.case.refresh_from_db()
    assert report.case.first_talk_due_on == date(2025, 11, 10)
    assert planned(report.case)[0] == ("first_talk", "2025-11-10 07:30")


def test_whoever_takes_over_after_the_mail_hears_of_it_too(scene: Scene) -> None:
    case = scene.case
    case.refresh_from_db()
    assert case.first_talk_due_on
    morning = datetime.combine(case.first_talk_due_on, at_school("2025-11-03 07:30").timetz())
    sweep(morning)
    later = morning + timedelta(hours=1)
    knows = {"pupil_knows": True, "handover_note": "Joost gaat verder."}
    change_lead(scene.coordinator, scene.conversation, scene.colleague, now=later, **knows)
    sweep(later)
    told = Reminder.objects.filter(source=FIRST_TALK, source_uuid=case.uuid)
    assert scene.colleague.pk in set(told.values_list("recipient_id", flat=True))
    assert told.values("recipient_id").distinct().count() == told.count()
