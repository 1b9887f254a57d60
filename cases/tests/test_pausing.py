"""What is not done pauses until a school day soon; the lead is reminded on that day, unless it went on before."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from cases import events
from cases.ceilings import Level
from cases.deadlines import ResumeSource
from cases.models import Conversation, StepRecord
from cases.services.conversations import (
    begin_sitting,
    complete_conversation,
    end_sitting,
    open_sitting,
    pause_conversation,
    step_records,
)
from cases.services.sharing import share_case
from cases.tests.scene import Scene
from pestzorg.audit.models import AuditEvent
from pestzorg.errors import RuleBroken
from pestzorg.reminders.models import DueMoment, Reminder
from pestzorg.reminders.sweep import sweep
from pestzorg.testing.builders import NOW, make_talk

ZONE = ZoneInfo("Europe/Amsterdam")
AFTER = NOW + timedelta(minutes=25)
# NOW is Monday 3 November 2025; no holiday until Christmas.
TUESDAY, WEDNESDAY, MONDAY = date(2025, 11, 4), date(2025, 11, 5), date(2025, 11, 10)
RESUME = {"safety_score": 5, "new_incident": False, "still_agrees": True}


def stop(scene: Scene, now: datetime = AFTER, **changes: Any) -> Conversation:
    """Begin and end a sitting; by default they talk again on Tuesday."""
    ending: dict[str, Any] = {
        "ended_because": "pupil_tired",
        "recap_read_aloud": True,
        "next_contact_at": datetime(2025, 11, 4, 10, tzinfo=ZONE),
    }
    sitting = open_sitting(scene.conversation) or begin_sitting(
        scene.teacher, scene.conversation, now=NOW
    )
    end_sitting(scene.teacher, sitting, now=now, **ending | changes)
    return scene.conversation


def settle(scene: Scene, *numbers: int) -> None:
    step_records(scene.conversation)
    steps = StepRecord.objects.filter(conversation=scene.conversation, step__in=numbers)
    steps.update(status="done")


def codes(error: pytest.ExceptionInfo[RuleBroken]) -> list[tuple[str | None, str]]:
    return [(p.field, p.code) for p in error.value.problems]


# ── pausing ──────────────────────────────────────────────────────────────────
def test_stopping_before_all_is_done_pauses_until_the_next_contact(scene: Scene) -> None:
    paused = stop(scene)
    assert (paused.status, paused.paused_reason) == ("paused", "pupil_tired")
    assert paused.resume_by == TUESDAY
    assert AuditEvent.objects.filter(verb=events.CONVERSATION_PAUSED).count() == 1


def test_a_next_contact_far_away_still_goes_on_within_five_school_days(scene: Scene) -> None:
    later = datetime(2025, 11, 20, 10, tzinfo=ZONE)
    assert stop(scene, next_contact_at=later).resume_by == MONDAY


def test_a_next_contact_in_a_weekend_goes_on_at_school(scene: Scene) -> None:
    saturday = datetime(2025, 11, 8, 10, tzinfo=ZONE)
    assert stop(scene, next_contact_at=saturday).resume_by == MONDAY


@pytest.mark.parametrize(
    ("day", "code"),
    [
        (date(2025, 10, 31), "past"),
        (date(2025, 11, 8), "no_school"),
        (date(2025, 11, 11), "late"),
        (date(2031, 1, 1), "late"),
    ],
)
def test_it_goes_on_at_a_school_day_within_five(scene: Scene, day: date, code: str) -> None:
    with pytest.raises(RuleBroken) as refused:
        stop(scene, resume_by=day)
    assert codes(refused) == [("resume_by", code)]
    assert open_sitting(scene.conversation)
    assert stop(scene, resume_by=MONDAY).resume_by == MONDAY


def test_five_school_days_are_those_of_the_school(scene: Scene) -> None:
    # Friday before the Christmas holiday: the fifth school day is Friday 9 January.
    now = datetime(2025, 12, 19, 10, tzinfo=ZONE)
    begin_sitting(scene.teacher, scene.conversation, now=now)
    contact = datetime(2026, 1, 9, 10, tzinfo=ZONE)
    with pytest.raises(RuleBroken) as refused:
        stop(scene, now, next_contact_at=contact, resume_by=date(2026, 1, 12))
    assert codes(refused) == [("resume_by", "late")]
    assert stop(scene, now, next_contact_at=contact).resume_by == date(2026, 1, 9)


@pytest.mark.parametrize("level", [3, 4])
def test_a_serious_case_waits_one_school_day_or_says_why(
    scene: Scene, make_severity: Any, level: int
) -> None:
    make_severity(level)
    with pytest.raises(RuleBroken) as refused:
        stop(scene, resume_by=WEDNESDAY)
    assert codes(refused) == [("later_reason", "required")]
    paused = stop(scene, resume_by=WEDNESDAY, later_reason="Vader is er woensdag bij.")
    assert (paused.resume_by, paused.later_reason) == (WEDNESDAY, "Vader is er woensdag bij.")


def test_a_reason_does_not_stretch_beyond_five_school_days(
    scene: Scene, make_severity: Any
) -> None:
    make_severity(3)
    with pytest.raises(RuleBroken) as refused:
        stop(scene, resume_by=date(2025, 11, 11), later_reason="Ravi is op reis.")
    assert codes(refused) == [("resume_by", "late")]
    assert stop(scene).resume_by == TUESDAY


def test_a_serious_case_proposes_the_next_school_day(scene: Scene, make_severity: Any) -> None:
    make_severity(3)
    friday = datetime(2025, 11, 7, 10, tzinfo=ZONE)
    assert stop(scene, next_contact_at=friday).resume_by == TUESDAY


def test_what_only_the_team_decides_keeps_no_conversation_waiting(scene: Scene) -> None:
    begin_sitting(scene.teacher, scene.conversation, now=NOW)
    settle(scene, *range(1, 8), 9, 10)
    assert stop(scene, ended_because="finished").status == "in_progress"


def test_a_school_year_that_nobody_opened_keeps_no_talk_from_ending(scene: Scene) -> None:
    now = datetime(2027, 7, 15, 10, tzinfo=ZONE)
    begin_sitting(scene.teacher, scene.conversation, now=now)
    contact = datetime(2027, 8, 30, 10, tzinfo=ZONE)
    with pytest.raises(RuleBroken) as refused:
        stop(scene, now, next_contact_at=contact, resume_by=date(2027, 7, 19))
    assert codes(refused) == [("resume_by", "calendar")]
    assert stop(scene, now, next_contact_at=contact).resume_by == date(2027, 7, 22)


def test_the_database_knows_no_pause_without_an_end(scene: Scene) -> None:
    conversation = stop(scene)
    conversation.resume_by = None
    with pytest.raises(IntegrityError), transaction.atomic():
        conversation.save(update_fields=["resume_by"])


# ── another day ──────────────────────────────────────────────────────────────
def test_a_pause_moves_under_the_same_rules(scene: Scene) -> None:
    stop(scene)
    moved = {"paused_reason": "interruption", "now": AFTER}
    with pytest.raises(RuleBroken) as refused:
        pause_conversation(scene.teacher, scene.conversation, resume_by=date(2025, 11, 11), **moved)
    assert codes(refused) == [("resume_by", "late")]
    pause_conversation(scene.teacher, scene.conversation, resume_by=WEDNESDAY, **moved)
    assert (scene.conversation.resume_by, scene.conversation.paused_reason) == (
        WEDNESDAY,
        "interruption",
    )
    assert [m.due_on for m in DueMoment.objects.filter(kind="resume")] == [WEDNESDAY]


def test_only_what_goes_on_can_pause_and_not_in_the_middle_of_a_talk(scene: Scene) -> None:
    pause: dict[str, Any] = {"paused_reason": "time", "resume_by": TUESDAY, "now": AFTER}
    with pytest.raises(RuleBroken) as refused:
        pause_conversation(scene.teacher, scene.conversation, **pause)
    assert codes(refused) == [(None, "state")]
    begin_sitting(scene.teacher, scene.conversation, now=NOW)
    with pytest.raises(RuleBroken) as refused:
        pause_conversation(scene.teacher, scene.conversation, **pause)
    assert codes(refused) == [(None, "open")]
    stop(scene)
    with pytest.raises(RuleBroken) as refused:
        pause_conversation(scene.teacher, scene.conversation, **pause | {"paused_reason": ""})
    assert codes(refused) == [("paused_reason", "required")]
    pause_conversation(scene.teacher, scene.conversation, **pause)
    assert scene.conversation.is_paused


# ── the reminder ─────────────────────────────────────────────────────────────
def sweep_at(hour: int, minute: int = 0) -> list[int]:
    sweep(datetime(2025, 11, 4, hour, minute, tzinfo=ZONE))
    return [r.recipient_id for r in Reminder.objects.filter(kind="resume")]


def test_the_lead_is_reminded_on_the_day_itself(scene: Scene) -> None:
    stop(scene)
    assert sweep_at(7, 29) == []
    assert sweep_at(7, 30) == [scene.teacher.pk]


def test_nobody_is_reminded_of_what_went_on(scene: Scene) -> None:
    stop(scene)
    begin_sitting(scene.teacher, scene.conversation, now=AFTER, **RESUME)
    assert not DueMoment.objects.filter(kind="resume").exists()
    assert sweep_at(7, 30) == []
    assert (scene.conversation.resume_by, scene.conversation.paused_reason) == (None, "")


def wanted(scene: Scene, day: date = TUESDAY) -> Any:
    return ResumeSource().wanted(scene.conversation.uuid, "resume", day, NOW)


def test_the_mail_leads_to_the_conversation_and_tells_nothing(scene: Scene) -> None:
    stop(scene)
    answer = wanted(scene)
    assert answer.path == f"/cases/{scene.case.uuid}/conversations/{scene.conversation.uuid}/"
    assert answer.recipients == (scene.teacher.pk,)
    assert wanted(scene, WEDNESDAY) is None


def test_a_lead_who_is_gone_is_replaced_by_the_handler(scene: Scene) -> None:
    stop(scene)
    scene.teacher.memberships.get().roles.all().delete()
    assert wanted(scene).recipients == (scene.coordinator.pk,)


def test_a_closed_case_reminds_nobody(scene: Scene) -> None:
    stop(scene)
    scene.case.status = "closed"
    scene.case.save(update_fields=["status"])
    assert wanted(scene) is None


def test_completing_ends_the_pause(scene: Scene) -> None:
    stop(scene)
    settle(scene, *range(1, 11))
    make_talk(scene.teacher, scene.case)
    complete_conversation(scene.teacher, scene.conversation, now=AFTER)
    assert (scene.conversation.status, scene.conversation.resume_by) == ("completed", None)
    assert not DueMoment.objects.filter(kind="resume").exists()


def test_a_pause_until_later_today_is_not_reminded_of(scene: Scene) -> None:
    this_afternoon = NOW + timedelta(hours=4)
    assert stop(scene, next_contact_at=this_afternoon).resume_by == NOW.date()
    assert not DueMoment.objects.filter(kind="resume").exists()


# ── the pages ────────────────────────────────────────────────────────────────
@pytest.fixture
def teacher(client: Client, scene: Scene, at: Any) -> Client:
    at(AFTER)
    client.force_login(scene.teacher)
    return client


def url(scene: Scene, tail: str = "") -> str:
    return f"/cases/{scene.case.uuid}/conversation/{tail}"


ENDING = {
    "ended_because": "time",
    "recap_read_aloud": "on",
    "next_contact_at": "2025-11-07T10:00",
}


def test_one_page_ends_the_talk_and_pauses(teacher: Client, scene: Scene) -> None:
    begin_sitting(scene.teacher, scene.conversation, now=NOW)
    page = teacher.get(url(scene, "end/")).content.decode()
    assert "Uiterlijk maandag 10 november." in page
    assert teacher.post(url(scene, "end/"), ENDING).status_code == 302
    assert scene.conversation.resume_by == date(2025, 11, 7)
    assert "vrijdag 7 november" in teacher.get(url(scene)).content.decode()


def test_a_colleague_who_ended_it_meanwhile_takes_nobody_s_words(
    teacher: Client, scene: Scene
) -> None:
    begin_sitting(scene.teacher, scene.conversation, now=NOW)
    assert teacher.post(url(scene, "end/"), ENDING).status_code == 302
    answer = teacher.post(url(scene, "end/"), ENDING | {"handover_note": "Bel zijn oma."})
    assert answer.status_code == 409
    assert "Bel zijn oma." in answer.content.decode()
    assert teacher.get(url(scene, "end/")).status_code == 302


def test_why_it_is_later_is_asked_once_it_is(
    teacher: Client, scene: Scene, make_severity: Any
) -> None:
    make_severity(3)
    begin_sitting(scene.teacher, scene.conversation, now=NOW)
    assert teacher.get(url(scene, "end/")).context["form"]["later_reason"].is_hidden
    late = ENDING | {"resume_by": "2025-11-06"}
    answer = teacher.post(url(scene, "end/"), late)
    assert (answer.status_code, answer.context["form"]["later_reason"].is_hidden) == (422, False)
    posted = late | {"later_reason": "Ravi wil het zo."}
    assert teacher.post(url(scene, "end/"), posted).status_code == 302
    assert "Ravi wil het zo." in teacher.get(url(scene)).content.decode()


def test_when_everything_is_said_no_day_is_asked(teacher: Client, scene: Scene) -> None:
    begin_sitting(scene.teacher, scene.conversation, now=NOW)
    settle(scene, *range(1, 11))
    assert "resume_by" not in teacher.get(url(scene, "end/")).context["form"].fields
    assert teacher.post(url(scene, "end/"), ENDING).status_code == 302
    assert scene.conversation.status == "in_progress"


def test_another_day_is_chosen_on_the_overview(teacher: Client, scene: Scene) -> None:
    stop(scene)
    seen = teacher.get(url(scene)).context["pause_form"]["seen"].value()
    assert teacher.post(url(scene, "pause/"), {"resume_by": "", "seen": seen}).status_code == 422
    posted = {"resume_by": "2025-11-06", "seen": seen}
    assert teacher.post(url(scene, "pause/"), posted).status_code == 302
    assert scene.conversation.resume_by == date(2025, 11, 6)


def test_reading_along_moves_no_pause(client: Client, scene: Scene, at: Any) -> None:
    at(AFTER)
    stop(scene)
    share_case(scene.coordinator, scene.case, scene.colleague, Level.VIEW, now=NOW)
    client.force_login(scene.colleague)
    assert b"/pause/" not in client.get(url(scene)).content
    assert client.post(url(scene, "pause/"), {"resume_by": "2025-11-06"}).status_code == 404


def test_today_says_until_when_it_waits(teacher: Client, scene: Scene) -> None:
    stop(scene)
    assert (
        "Onderbroken. Ga uiterlijk dinsdag 4 november verder" in teacher.get("/").content.decode()
    )


def test_the_school_overview_says_what_did_not_go_on(client: Client, scene: Scene, at: Any) -> None:
    stop(scene)
    at(datetime(2025, 11, 5, 9, tzinfo=ZONE))
    client.force_login(scene.coordinator)
    page = client.get("/overview/").content.decode()
    assert "Ga verder met het gesprek" in page
    assert "1 dag te laat" in page
