"""What was planned and then forgotten comes to its people, the handler and every coordinator: whatever it is.

Three school days after its day, in a serious case one. Once; nobody is asked about what was seen to.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from cases.models import Case, Conversation, StepRecord
from cases.queries.judging import INDICATORS
from cases.services.severity import reassess_severity
from cases.services.steps import save_step
from cases.services.talks import record_talk
from cases.tests.mornings import AMSTERDAM
from cases.tests.scene import Scene
from cases.tests.test_waiting_reminders import (
    DAY,
    Planned,
    aftercare_check,
    external_report,
    paused_conversation,
    severity_review,
    step,
    support_person,
)
from pestzorg.outbox.delivery import deliver
from pestzorg.reminders.models import DueMoment, Kind, Reminder
from pestzorg.reminders.sweep import sweep
from pestzorg.testing.builders import NOW, make_agreement, make_person, make_talk
from schools.models.user import Rhythm
from schools.roles import Role

Thing = Callable[[Scene], object]
TEN = timedelta(hours=10)


def talk(scene: Scene) -> object:
    return make_talk(scene.teacher, scene.case, planned_at=at(DAY) + TEN)


def standing(scene: Scene) -> object:
    return make_agreement(scene.teacher, scene.case, review_on=DAY)


def parents(scene: Scene) -> object:
    return save_step(
        scene.teacher,
        scene.step(3),
        {"first_feedback_on": DAY.isoformat(), "contact_person": str(scene.teacher.uuid)},
        now=NOW,
    )


def at(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 7, 30, tzinfo=AMSTERDAM)


def sweep_for_weeks(start: date) -> None:
    """Every day's digest leaves; nobody does anything."""
    for day in range(30):
        now = at(start) + timedelta(days=day)
        sweep(now)
        deliver(now)


def told() -> list[tuple[date, int]]:
    rows = Reminder.objects.filter(kind=Kind.STAYED_OPEN, outcome="mailed")
    found = rows.values_list("settled_at", "recipient_id")
    return sorted((moment.astimezone(AMSTERDAM).date(), person) for moment, person in found)


def only(source: str) -> None:
    DueMoment.objects.exclude(source=source).delete()


# what is forgotten, its source, whether its first mail goes to the teacher; all but aftercare fall on a Wednesday
THINGS = [
    (talk, "talk", True),
    (external_report, "external_report", False),
    (severity_review, "severity_review", False),
    (paused_conversation, "conversation", True),
    (step, "step", False),
    (parents, "step", True),
    (support_person, "support_person", True),
    (standing, "agreement", True),
]


@pytest.mark.parametrize(("make", "source", "is_the_teachers"), THINGS)
@pytest.mark.parametrize(("level", "day"), [(2, date(2025, 11, 10)), (3, date(2025, 11, 6))])
def test_it_comes_to_its_people_the_handler_and_every_coordinator_once(
    scene: Scene, make: Thing, source: str, is_the_teachers: bool, level: int, day: date
) -> None:
    fleur = make_person(Role.COORDINATOR, scene.school, first_name="Fleur")
    Case.objects.update(severity=level)
    scene.case.refresh_from_db()
    make(scene)
    only(source)
    sweep_for_weeks(NOW.date())
    people = {scene.coordinator.pk, fleur.pk} | ({scene.teacher.pk} if is_the_teachers else set())
    assert told() == sorted((day, person) for person in people)


def test_a_talk_of_aftercare_that_nobody_held_comes_to_every_coordinator(scene: Scene) -> None:
    fleur = make_person(Role.COORDINATOR, scene.school, first_name="Fleur")
    made: Planned = aftercare_check(scene)
    only("aftercare_check")
    sweep_for_weeks(made.at.date())
    # Due on Friday 9 January 2026.
    day = date(2026, 1, 14)
    assert told() == sorted((day, person) for person in (scene.coordinator.pk, fleur.pk))


def test_nobody_is_asked_about_a_talk_that_was_held(scene: Scene) -> None:
    made: Any = talk(scene)
    held = {"safety_score": 7, "progress": "same", "new_incident": False, "no_next_talk": True}
    record_talk(scene.teacher, made, status="held", now=at(DAY) + TEN, **held)
    sweep_for_weeks(NOW.date())
    assert not Reminder.objects.filter(source="talk", kind=Kind.STAYED_OPEN).exists()


def test_nobody_is_asked_about_a_step_that_somebody_wrote_in_since(scene: Scene) -> None:
    step(scene)
    only("step")
    StepRecord.objects.filter(step=8).update(changed_at=at(DAY) + TEN)
    sweep_for_weeks(NOW.date())
    assert told() == []


def test_of_an_objection_that_stands_they_hear_once(scene: Scene) -> None:
    objects = {"parents_status": "pupil_objects", "parents_objection_note": "Eerst zelf."}
    save_step(scene.teacher, scene.step(3), objects, now=NOW)
    only("step")
    sweep_for_weeks(NOW.date())
    mailed = Reminder.objects.filter(outcome="mailed")
    assert mailed.filter(kind=Kind.REVIEW_DUE).count() >= 4
    # Asked on Monday the 10th, three school days later told up.
    assert told() == [(date(2025, 11, 13), scene.coordinator.pk)]


def test_whoever_wants_no_digest_hears_what_stayed_open(
    scene: Scene, mailoutbox: list[Any]
) -> None:
    paused_conversation(scene)
    only("conversation")
    for person in (scene.teacher, scene.coordinator):
        person.reminder_mail = Rhythm.NONE
        person.save()
    sweep_for_weeks(NOW.date())
    assert sorted(mail.to[0] for mail in mailoutbox) == sorted(
        [scene.teacher.email, scene.coordinator.email]
    )
    body = mailoutbox[0].body
    assert scene.case.reference in body
    assert "Noor" not in body


def test_it_comes_sooner_once_the_case_is_serious(scene: Scene) -> None:
    for make in (talk, external_report, paused_conversation, step, support_person, standing):
        make(scene)
    planned = DueMoment.objects.filter(kind=Kind.STAYED_OPEN, due_on=DAY).exclude(
        source="severity_review"
    )
    assert {row.fires_at for row in planned.all()} == {at(date(2025, 11, 10))}
    reassess_severity(scene.coordinator, scene.case, dict.fromkeys(INDICATORS, 2), [], now=NOW)
    assert planned.count() == 6
    assert {row.fires_at for row in planned.all()} == {at(date(2025, 11, 6))}


def test_in_a_closed_case_nothing_stays_open(scene: Scene) -> None:
    for make in (talk, external_report, step, support_person, standing):
        make(scene)
    Conversation.objects.update(status="completed")
    Case.objects.update(status="closed", is_open=False)
    sweep_for_weeks(NOW.date())
    assert not Reminder.objects.filter(kind=Kind.STAYED_OPEN).exists()
