"""A new report knocks at the coordinators' door twice, until somebody takes it up."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core import mail as outbox
from django.test import Client

from cases.deadlines.first_response import HALF_WAY, LIMIT
from cases.deadlines.first_talk import FIRST_TALK
from cases.models import Report
from cases.queries.judging import INDICATORS
from cases.services.assessing import begin_assessing, take_on
from cases.tests.scene import Scene
from pestzorg.demo.scenario_a import AMSTERDAM
from pestzorg.outbox.delivery import deliver
from pestzorg.reminders import plan
from pestzorg.reminders.models import DueMoment, Kind, Reminder
from pestzorg.reminders.sources import registry
from pestzorg.reminders.sweep import sweep
from pestzorg.testing.builders import NOW, make_person, make_report
from schools.roles import Role


def at_school(written: str) -> datetime:
    return datetime.fromisoformat(written).replace(tzinfo=AMSTERDAM)


def moments(report: Report) -> list[str]:
    rows = DueMoment.objects.filter(source_uuid=report.case.uuid, settled_at=None)
    assert {row.kind for row in rows} <= {Kind.FIRST_RESPONSE}
    found = sorted(rows, key=lambda row: (row.source != HALF_WAY, row.fires_at))
    return [f"{row.fires_at.astimezone(AMSTERDAM):%Y-%m-%d %H:%M}" for row in found]


def recipients(report: Report) -> set[int]:
    wanted = registry[LIMIT].wanted(report.case.uuid, Kind.FIRST_RESPONSE, NOW.date(), NOW)
    return set(wanted.recipients) if wanted else set()


# urgency, reported, half-way, last morning
TWICE = [
    ("this_week", "2025-11-03 10:00", "2025-11-04 13:30", "2025-11-06 07:30"),
    ("this_week", "2025-11-09 20:00", "2025-11-11 07:30", "2025-11-12 07:30"),  # a Sunday
    ("this_week", "2025-12-19 16:00", "2026-01-05 16:30", "2026-01-07 07:30"),  # Christmas
    ("today", "2025-11-03 10:00", "2025-11-03 13:30", "2025-11-04 07:30"),
    ("today", "2025-11-14 16:00", "2025-11-14 16:30", "2025-11-17 07:30"),
    ("today", "2025-11-14 18:00", "2025-11-17 07:30", "2025-11-17 07:30"),
    ("now", "2025-11-03 10:00", "2025-11-03 10:00", "2025-11-03 11:00"),
    ("now", "2025-11-08 22:00", "2025-11-08 22:00", "2025-11-08 23:00"),  # a Saturday night
]


@pytest.mark.parametrize(("urgency", "reported", "half_way", "last"), TWICE)
def test_a_report_is_reminded_of_half_way_and_on_its_last_morning(
    scene: Scene, urgency: str, reported: str, half_way: str, last: str
) -> None:
    report = make_report(scene.teacher, scene.school, now=at_school(reported), urgency=urgency)
    assert moments(report) == [half_way, last]


def test_every_coordinator_hears_and_the_reporter_does_not(scene: Scene) -> None:
    fleur = make_person(Role.COORDINATOR, scene.school, first_name="Fleur")
    report = make_report(scene.teacher, scene.school)
    assert recipients(report) == {scene.coordinator.pk, fleur.pk}


def test_who_takes_it_up_ends_the_reminding_of_the_report(scene: Scene) -> None:
    report = make_report(scene.teacher, scene.school, urgency="now")
    sweep(NOW)
    begin_assessing(scene.coordinator, report.case, scene.coordinator, now=NOW)
    assert not DueMoment.objects.filter(source__in=(HALF_WAY, LIMIT), settled_at=None).exists()
    assert recipients(report) == set()
    mine = Reminder.objects.filter(source_uuid=report.case.uuid)
    assert set(mine.values_list("outcome", flat=True)) == {"dropped"}


# urgency, reported, taken on, mails before: a report of Saturday has one last day, urgent or not
FLAGGED = [
    ("this_week", "2025-11-03 10:00", "2025-11-03 21:00", 0),
    ("today", "2025-11-08 20:00", "2025-11-10 09:00", 1),
    ("now", "2025-11-03 10:00", "2025-11-03 10:30", 1),
]


@pytest.mark.parametrize(("urgency", "reported", "taken_on", "before"), FLAGGED)
def test_a_red_flag_of_the_class_teacher_is_mailed_at_once_without_a_word_of_it(
    scene: Scene, mailoutbox: list[Any], urgency: str, reported: str, taken_on: str, before: int
) -> None:
    now, later = at_school(reported), at_school(taken_on)
    report = make_report(scene.teacher, scene.school, scene.pupil, now=now, urgency=urgency)
    # The other case of the scene waits for its first talk.
    plan.cancel(FIRST_TALK, scene.case.uuid, now)
    for moment in (now, later):
        sweep(moment)
        deliver(moment)
    assert len(mailoutbox) == before
    none = dict.fromkeys(INDICATORS, 0)
    take_on(scene.teacher, report, none, ["self_harm_or_suicidal"], now=later)
    sweep(later)
    deliver(later)
    assert [mail.to for mail in mailoutbox[before:]] == [[scene.coordinator.email]]
    assert report.case.reference in mailoutbox[-1].body
    assert "doods" not in mailoutbox[-1].body + mailoutbox[-1].subject


def test_not_safe_now_is_mailed_at_once_and_again_after_an_hour(
    scene: Scene, mailoutbox: list[Any]
) -> None:
    saturday = at_school("2025-11-08 22:00")
    report = make_report(scene.teacher, scene.school, urgency="now", now=saturday)
    for minutes, mails in ((0, 1), (59, 1), (60, 2), (600, 2)):
        sweep(saturday + timedelta(minutes=minutes))
        deliver(saturday + timedelta(minutes=minutes))
        assert len(outbox.outbox) == mails
    assert {tuple(mail.to) for mail in outbox.outbox} == {(scene.coordinator.email,)}
    assert report.case.reference in outbox.outbox[0].body
    assert "Noor" not in outbox.outbox[0].body + outbox.outbox[0].subject


def test_the_mail_leads_to_the_report_and_the_report_is_on_today(
    scene: Scene, client: Client, at: Callable[[datetime], None]
) -> None:
    report = make_report(scene.teacher, scene.school)
    wanted = registry[LIMIT].wanted(report.case.uuid, Kind.FIRST_RESPONSE, NOW.date(), NOW)
    assert wanted is not None
    at(NOW)
    client.force_login(scene.coordinator)
    assert client.get(wanted.path).status_code == 200
    assert wanted.path in client.get("/").content.decode()
    assert len(moments(report)) == 2, "looking changes nothing"
