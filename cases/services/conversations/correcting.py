"""Where a sitting was and who was there, when that was written down wrong."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cases import events
from cases.models import Attendee, Sitting
from cases.services.conversations.records import locked, record
from cases.services.conversations.sittings import Attending, seat
from pestzorg.errors import Problem, broken, refuse_if
from pestzorg.posting.versions import write
from schools.models import User

WRITTEN = ("location_type", "changed_by", "changed_at")


@transaction.atomic
def correct_sitting(
    actor: User,
    sitting: Sitting,
    *,
    now: datetime,
    location_type: str,
    kept: Collection[Attendee],
    attendees: Iterable[Attending] = (),
) -> Sitting:
    """Mend the place, and who was there: those who are `kept`, the pupil, and `attendees` beside them.

    Also afterwards, and of a conversation that is over. Refuses a sitting without anybody of the school, and an
    unknown place. Raises Stale when somebody else corrected it since it was read.
    """
    mine = locked(sitting.conversation)
    sitting.location_type = location_type
    _refuse_unknown_place(sitting)
    sitting.changed_by, sitting.changed_at = actor, now
    write(sitting, actor, now, WRITTEN)
    _leave(sitting, kept)
    seat(sitting, _new(sitting, attendees))
    if not sitting.attendees.filter(kind="staff").exists():
        raise broken("kept", _("Name at least one colleague who was there."), "required")
    record(actor, events.SITTING_CORRECTED, mine, now, number=sitting.number)
    return sitting


def _refuse_unknown_place(sitting: Sitting) -> None:
    try:
        sitting.clean_fields()
    except ValidationError as error:
        refuse_if([Problem(name, texts[0]) for name, texts in error.message_dict.items()])


def _leave(sitting: Sitting, kept: Collection[Attendee]) -> None:
    # The pupil is there in every talk: without the pupil it is none.
    others = sitting.attendees.exclude(kind="pupil")
    others.exclude(pk__in=[one.pk for one in kept]).delete()


def _new(sitting: Sitting, attendees: Iterable[Attending]) -> list[Attending]:
    there = {(one.kind, one.staff, one.name) for one in sitting.attendees.select_related("staff")}
    wished = dict.fromkeys(attendees)
    return [one for one in wished if (one.kind, one.staff, one.name) not in there]
