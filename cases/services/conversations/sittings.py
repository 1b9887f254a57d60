"""A sitting begins: the resume check, where it is and who is there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cases import events
from cases.deadlines import plan_first_talk
from cases.models import Attendee, Conversation, Participant, Sitting
from cases.queries.resuming import asks_review
from cases.services.conversations.pausing import PAUSE, end_pause
from cases.services.conversations.records import locked, record
from pestzorg.errors import Problem, broken, refuse_if
from schools.models import User

Status = Conversation.Status


@dataclass(frozen=True)
class Attending:
    """Somebody at the table beside the pupil and whoever leads: staff by account, others by name, or just there."""

    kind: str
    staff: User | None = None
    participant: Participant | None = None
    name: str = ""


@transaction.atomic
def begin_sitting(
    actor: User,
    conversation: Conversation,
    *,
    now: datetime,
    location_type: str = "",
    attendees: Iterable[Attending] = (),
    safety_score: int | None = None,
    what_changed: str = "",
    new_incident: bool | None = None,
    still_agrees: bool | None = None,
) -> Sitting:
    """Start talking. From the second sitting on, the resume check is asked first.

    The pupil and whoever begins are there by themselves; `attendees` are the others. Something new, or a grade at
    least two below the last one, asks for an assessment before a step can be done.
    """
    mine = locked(conversation)
    number = mine.sittings.count() + 1
    check = {
        "safety_score": safety_score,
        "new_incident": new_incident,
        "still_agrees": still_agrees,
    }
    _refuse_to_begin(mine, number, check)
    sitting = Sitting(
        conversation=mine,
        number=number,
        started_at=now,
        location_type=location_type,
        safety_score_start=safety_score,
        what_changed=what_changed,
        new_incident=new_incident,
        still_agrees=still_agrees,
        review_asked=number > 1 and asks_review(mine, safety_score, new_incident=new_incident),
    )
    sitting.full_clean()
    sitting.save()
    pupil = Attending("pupil", participant=mine.target)
    seat(sitting, dict.fromkeys([pupil, Attending("staff", staff=actor), *attendees]))
    _mark_started(mine, now)
    plan_first_talk(mine.case, now=now)
    record(actor, events.SITTING_BEGUN, mine, now, number=number)
    return sitting


def open_sitting(conversation: Conversation) -> Sitting | None:
    """The sitting that is going on, if any."""
    return conversation.sittings.filter(ended_at=None).first()


def _refuse_to_begin(mine: Conversation, number: int, check: Mapping[str, object]) -> None:
    """Over, going on already, or from the second sitting on without the resume check."""
    if mine.status in {Status.COMPLETED, Status.DISCONTINUED}:
        over = _("This conversation is completed. Plan a follow-up talk instead.")
        raise broken(None, over, "completed")
    if open_sitting(mine):
        raise broken(None, _("The conversation is open already."), "open")
    if number > 1:
        refuse_if(_not_asked(check))


def seat(sitting: Sitting, people: Iterable[Attending]) -> None:
    """Write down that they were there. Refuses an unknown kind; the caller's transaction takes all back then."""
    for one in people:
        row = Attendee(
            sitting=sitting,
            kind=one.kind,
            staff=one.staff,
            participant=one.participant,
            name=one.name,
        )
        row.full_clean()
        row.save()


def _not_asked(asked: Mapping[str, object]) -> list[Problem]:
    return [
        Problem(key, _("Ask this before you go on."), "required")
        for key, value in asked.items()
        if value is None
    ]


def _mark_started(conversation: Conversation, now: datetime) -> None:
    conversation.started_at = conversation.started_at or now
    end_pause(conversation, Status.IN_PROGRESS, now)
    conversation.save(update_fields=[*PAUSE, "started_at"])
