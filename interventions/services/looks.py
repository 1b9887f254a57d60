"""Writes down who looked at an intervention before they see it, and who tried to without the right.

With a case it is a look at that case. Raises LogUnwritable when the row cannot be written: then nothing may be shown.
"""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from uuid import UUID

from cases import events as case_events
from cases.access import Who
from cases.services import looks
from interventions import events
from interventions.models import Intervention
from pestzorg.audit import log
from pestzorg.audit.log import Look
from schools.models import User

# Without a case another rule opens the same thing: reading, beginning, running.
ALONE = {"R14": "R56", "R24": "R57", "R25": "R57"}


def note_look(who: Who, intervention: Intervention, rule: str, part: UUID | None = None) -> None:
    """Somebody is about to see one, or a part of it; `rule` is the one for an intervention with a case."""
    if intervention.case is None:
        note_look_alone(who, intervention, ALONE[rule])
    else:
        looks.note_look(who, intervention.case, rule, part or intervention.uuid)


def note_look_alone(who: Who, intervention: Intervention, rule: str) -> None:
    """The same for one without a case."""
    look = Look(None, intervention.school_id, subject_uuid=intervention.uuid)
    _record(who, events.READ, look, rule)


def note_denied(who: Who, intervention_uuid: UUID, rule: str) -> None:
    """Somebody asked for one that is closed to them or absent: one question and one row either way."""
    known = Intervention.objects.filter(uuid=intervention_uuid)
    case_uuid, school_id = known.values_list("case__uuid", "case__school_id").first() or (
        None,
        None,
    )
    verb = case_events.CASE_DENIED if case_uuid else events.DENIED
    _record(who, verb, Look(case_uuid, school_id, subject_uuid=intervention_uuid), rule)


def note_denied_alone(who: Who, intervention_uuid: UUID, rule: str) -> None:
    """The same where only those without a case are looked for."""
    _record(who, events.DENIED, Look(None, None, subject_uuid=intervention_uuid), rule)


def acting_in(who: Who, intervention: Intervention) -> AbstractContextManager[None]:
    """What is done within this `with` is logged with the way by which somebody came to its case, if it has one."""
    return nullcontext() if intervention.case is None else looks.acting_in(who, intervention.case)


def _record(who: Who, verb: str, look: Look, rule: str) -> None:
    actor = who.user if isinstance(who.user, User) else None
    token_id = who.token.pk if who.token else None
    log.record_read(actor, verb, [look], rule=rule, now=who.now, token_id=token_id)
