"""Another round: the same phases once more, only as often as the method allows."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from interventions import events
from interventions.models import Intervention, PhaseRecord
from interventions.protocol import Loop
from interventions.queries.loops import last_round, loop_problems
from interventions.services.locking import calendar_of, lock_open, record_event
from interventions.services.phases import plan_next
from pestzorg.errors import broken, refuse_if
from pestzorg.posting.versions import write
from schools.models import User


@transaction.atomic
def add_round(
    actor: User, intervention: Intervention, first: str, *, now: datetime
) -> list[PhaseRecord]:
    """Put the phases of a loop once more after its last ones; what waited after them moves on and is planned anew.

    Refuses a round before the last one is over, one too many, and one that the last phase says is not needed.
    """
    lock_open(intervention)
    loop = next((one for one in intervention.definition.loops if one.first == first), None)
    if loop is None:
        raise broken(None, _("This approach has no further round."), "loop")
    records = list(intervention.phases.all())
    for record in records:
        record.intervention = intervention
    refuse_if(loop_problems(loop, records))
    made = _insert(actor, intervention, loop, records, now)
    plan_next(actor, intervention, calendar_of(intervention), now)
    record_event(actor, events.ROUND_ADDED, intervention, now, round=made[0].round)
    # Planning wrote in them since.
    return list(intervention.phases.filter(pk__in=[record.pk for record in made]))


def _insert(
    actor: User,
    intervention: Intervention,
    loop: Loop,
    records: list[PhaseRecord],
    now: datetime,
) -> list[PhaseRecord]:
    done = last_round(loop, records)
    after = done[-1].number
    later = [record for record in records if record.number > after]
    for record in later:
        record.number += len(done)
        # Its day was chosen for another round; it follows the new one now.
        record.planned_on = None
        write(record, actor, now, ["number", "planned_on"])
    made = []
    for place, record in enumerate(done, start=1):
        again = PhaseRecord(
            intervention=intervention,
            key=record.key,
            round=record.round + 1,
            number=after + place,
        )
        write(again, actor, now)
        made.append(again)
    return made
