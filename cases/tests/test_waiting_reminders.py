"""A reminder that waits for its mail survives a second planning, and leaves at once when its case becomes critical."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime

import pytest
from django.core import mail as outbox

from cases.deadlines import (
    hasten_reminders,
    plan_aftercare,
    plan_asking,
    plan_check,
    plan_resume,
    plan_review,
    plan_step,
)
from cases.models import Case, Conversation
from cases.services import items
from cases.services.external_reports import record_external_report
from cases.tests.closable import checks_of, enter, make_closable
from cases.tests.scene import Scene
from pestzorg.outbox.delivery import deliver
from pestzorg.reminders.models import DueMoment, Reminder
from pestzorg.reminders.sweep import sweep
from pestzorg.testing.builders import NOW
from schools.queries.calendars import calendar_for

DAY = date(2025, 11, 5)  # a Wednesday
AT_SCHOOL = datetime(2025, 11, 5, 6, 30, tzinfo=UTC)


@dataclass
class Planned:
    """Something that is due, and how it is planned once more at a later moment."""

    at: datetime
    again: Callable[[datetime], None]


def external_report(scene: Scene) -> Planned:
    report = record_external_report(
        scene.teacher, scene.case, now=NOW, kind="platform", check_on=DAY
    )
    calendar = calendar_for(scene.school)
    return Planned(AT_SCHOOL, lambda now: plan_check(report, calendar, now=now))


def severity_review(scene: Scene) -> Planned:
    case, calendar = scene.case, calendar_for(scene.school)
    case.next_review_on = DAY
    case.save()
    plan_review(case, calendar, now=NOW)
    return Planned(AT_SCHOOL, lambda now: plan_review(case, calendar, now=now))


def paused_conversation(scene: Scene) -> Planned:
    Conversation.objects.update(status="paused", paused_reason="pupil_tired", resume_by=DAY)
    conversation, calendar = scene.conversation, calendar_for(scene.school)
    plan_resume(conversation, calendar, now=NOW)
    return Planned(AT_SCHOOL, lambda now: plan_resume(conversation, calendar, now=now))


def aftercare_check(scene: Scene) -> Planned:
    make_closable(scene)
    enter(scene)
    check, calendar = checks_of(scene.case)[0], calendar_for(scene.school)
    at = calendar.send_moment(check.due_on)
    DueMoment.objects.filter(source_uuid=check.uuid, fires_at__lt=at).delete()
    return Planned(at, lambda now: plan_aftercare(check, calendar, now=now))


def step(scene: Scene) -> Planned:
    record = scene.step(8)
    record.answers = {"decision": "not_now", "review_on": DAY.isoformat()}
    record.save()
    plan_step(record, now=NOW)
    return Planned(AT_SCHOOL, lambda now: plan_step(record, now=now))


def support_person(scene: Scene) -> Planned:
    row = items.put_support_person(
        scene.teacher, scene.conversation, None, now=NOW, name="Mila",
        relationship="older_pupil", tasks=["listen"], asked_by=scene.teacher, ask_before=DAY,
    )  # fmt: skip
    return Planned(AT_SCHOOL, lambda now: plan_asking(row, now=now))


MOVED_BY_THE_ASSESSMENT = [severity_review]
THINGS = [aftercare_check, external_report, paused_conversation, step, support_person]


@pytest.fixture
def thing(request: pytest.FixtureRequest, scene: Scene) -> Planned:
    made: Planned = request.param(scene)
    # What else the scene plans would make mails of its own.
    DueMoment.objects.exclude(fires_at=made.at).delete()
    return made


@pytest.mark.parametrize("thing", [*THINGS, *MOVED_BY_THE_ASSESSMENT], indirect=True)
def test_a_moment_that_no_sweep_saw_yet_survives_a_second_planning(thing: Planned) -> None:
    thing.again(thing.at)
    sweep(thing.at)
    assert Reminder.objects.count() == 1


@pytest.mark.parametrize("thing", [*THINGS, *MOVED_BY_THE_ASSESSMENT], indirect=True)
def test_a_waiting_reminder_survives_a_second_planning(thing: Planned) -> None:
    sweep(thing.at)
    thing.again(thing.at)
    assert Reminder.objects.get().settled_at is None
    for _twice in range(2):
        sweep(thing.at)
        deliver(thing.at)
    assert len(outbox.outbox) == 1
    assert Reminder.objects.get().outcome == "mailed"


@pytest.mark.parametrize("thing", THINGS, indirect=True)
def test_in_a_case_that_became_critical_it_leaves_at_once(thing: Planned) -> None:
    sweep(thing.at)
    hasten_reminders(Case.objects.get(), thing.at)
    waiting = Reminder.objects.get()
    assert waiting.urgent
    assert waiting.mail is None
