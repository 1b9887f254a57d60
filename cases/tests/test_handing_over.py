"""Somebody else takes over a task after its reminder went out: the new person is reminded too."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from cases.ceilings import Level
from cases.deadlines import plan_review
from cases.models import Agreement, FollowUpTalk
from cases.services.agreements import change_agreement
from cases.services.sharing import share_case
from cases.services.talks import change_talk
from cases.tests.scene import Scene
from pestzorg.reminders.models import Reminder
from pestzorg.reminders.sweep import sweep
from pestzorg.testing.builders import NOW, make_agreement, make_person, make_talk
from schools.models import User
from schools.queries.calendars import calendar_for
from schools.roles import Role
from schools.services.people import end_membership

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


def test_an_escalation_does_not_keep_the_new_owner_from_being_told(scene: Scene) -> None:
    agreement = make_agreement(scene.teacher, scene.case, deadline=FRIDAY)
    for day in (WEDNESDAY, FRIDAY, date(2025, 11, 10), date(2025, 11, 12)):
        sweep(at_work(scene, day))
    now = at_work(scene, date(2025, 11, 12))
    assert "escalation" in {kind for _person, kind in reminded(agreement)}
    share_case(scene.coordinator, scene.case, scene.colleague, Level.CONTRIBUTE, now=now)
    change_agreement(scene.coordinator, agreement, owner_staff=scene.colleague, now=now)
    sweep(now)
    assert (scene.colleague, "overdue") in reminded(agreement)


def test_whoever_takes_over_from_somebody_who_left_is_reminded(scene: Scene) -> None:
    talk = make_talk(scene.teacher, scene.case, planned_at=at_work(scene, FRIDAY))
    agreement = make_agreement(scene.teacher, scene.case, deadline=FRIDAY)
    sweep(at_work(scene, WEDNESDAY))
    now = at_work(scene, THURSDAY)
    sweep(now)
    end_membership(None, scene.teacher.memberships.get(), now=now)
    sweep(now)
    assert (scene.coordinator, "talk_upcoming") in reminded(talk)
    assert (scene.coordinator, "upcoming") in reminded(agreement)


def test_the_new_handler_is_reminded_of_a_review_that_the_former_one_was_told_of(
    scene: Scene,
) -> None:
    other = make_person(Role.COORDINATOR, scene.school, first_name="Fleur")
    scene.case.next_review_on = THURSDAY
    scene.case.save()
    plan_review(scene.case, calendar_for(scene.school), now=NOW)
    now = at_work(scene, THURSDAY)
    sweep(now)
    end_membership(None, scene.coordinator.memberships.get(), now=now)
    sweep(now)
    rows = Reminder.objects.filter(kind="review_due").order_by("pk")
    assert [row.recipient_id for row in rows] == [scene.coordinator.pk, other.pk]
