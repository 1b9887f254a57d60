"""Somebody else takes over a task after its reminder went out: the new person is reminded too."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from cases.models import Agreement, FollowUpTalk
from cases.services.agreements import change_agreement
from cases.services.talks import change_talk
from cases.tests.scene import Scene
from pestzorg.reminders.models import Reminder
from pestzorg.reminders.sweep import sweep
from pestzorg.testing.builders import make_agreement, make_talk
from schools.models import User
from schools.queries.calendars import calendar_for

pytestmark = pytest.mark.django_db

WEDNESDAY, THURSDAY, FRIDAY = (date(2025, 11, day) for day in (5, 6, 7))


def at_work(scene: Scene, day: date) -> datetime:
    return calendar_for(scene.school).send_moment(day)


def reminded(thing: Agreement | FollowUpTalk) -> list[tuple[User, str]]:
    rows = Reminder.objects.filter(source_uuid=thing.uuid).order_by("pk")
    people = {user.pk: user for user in User.objects.all()}
    return [(people[row.recipient_id], row.kind) for row in rows]


def test_the_new_owner_gets_the_latest_reminder_and_nobody_gets_one_twice(scene: Scene) -> None:
    agreement = make_agreement(scene.teacher, scene.case, deadline=FRIDAY)
    sweep(at_work(scene, WEDNESDAY))
    sweep(at_work(scene, FRIDAY))
    before = reminded(agreement)
    assert before == [(scene.teacher, "upcoming"), (scene.teacher, "due_today")]
    now = at_work(scene, FRIDAY)
    change_agreement(scene.teacher, agreement, owner_staff=scene.coordinator, now=now)
    sweep(now)
    assert reminded(agreement) == [*before, (scene.coordinator, "due_today")]
    change_agreement(scene.coordinator, agreement, owner_staff=scene.teacher, now=now)
    sweep(now)
    assert reminded(agreement) == [*before, (scene.coordinator, "due_today")]


def test_whoever_takes_it_over_by_themselves_gets_no_mail_about_it(scene: Scene) -> None:
    agreement = make_agreement(scene.teacher, scene.case, deadline=FRIDAY)
    now = at_work(scene, WEDNESDAY)
    sweep(now)
    change_agreement(scene.coordinator, agreement, owner_staff=scene.coordinator, now=now)
    sweep(now)
    assert reminded(agreement) == [(scene.teacher, "upcoming")]


def test_a_change_of_words_reminds_nobody_again(scene: Scene) -> None:
    agreement = make_agreement(scene.teacher, scene.case, deadline=FRIDAY)
    now = at_work(scene, WEDNESDAY)
    sweep(now)
    change_agreement(scene.coordinator, agreement, what="Bel Karin", now=now)
    sweep(now)
    assert reminded(agreement) == [(scene.teacher, "upcoming")]


def test_whoever_takes_over_a_talk_is_reminded_of_it(scene: Scene) -> None:
    talk = make_talk(scene.teacher, scene.case, planned_at=at_work(scene, FRIDAY))
    now = at_work(scene, THURSDAY)
    sweep(now)
    change_talk(scene.teacher, talk, conductor=scene.coordinator, now=now)
    sweep(now)
    assert reminded(talk) == [
        (scene.teacher, "talk_upcoming"),
        (scene.coordinator, "talk_upcoming"),
    ]
