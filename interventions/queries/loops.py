"""Whether phases may be run once more."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from interventions.models import Intervention, PhaseRecord, PhaseStatus
from interventions.protocol import Loop
from pestzorg.errors import Problem


def last_round(loop: Loop, records: Sequence[PhaseRecord]) -> list[PhaseRecord]:
    """The phases of the latest round of a loop, in order; empty when this way of running it has none."""
    ends = [record for record in records if record.key == loop.last]
    if not ends:
        return []
    latest = max(record.round for record in ends)
    first = next(r for r in records if r.key == loop.first and r.round == latest)
    last = next(r for r in ends if r.round == latest)
    return [record for record in records if first.number <= record.number <= last.number]


def loop_problems(loop: Loop, records: Sequence[PhaseRecord]) -> list[Problem]:
    """Why there is no further round of this now."""
    latest = last_round(loop, records)
    if not latest or latest[-1].status != PhaseStatus.DONE:
        return [Problem(None, _("Finish this round first."), "round")]
    if loop.most and latest[-1].round >= loop.most:
        told = _("This was tried %(count)s times. Stop here and choose another approach.")
        return [Problem(None, told % {"count": loop.most}, "most")]
    if any(r.is_settled for r in records if r.number > latest[-1].number):
        return [Problem(None, _("What comes after it was held already."), "later")]
    if loop.wanted_if and latest[-1].answer(loop.wanted_if) is not True:
        told = _("The last phase says that no further round is needed.")
        return [Problem(None, told, "wanted")]
    return []


def rounds_open(intervention: Intervention, records: Sequence[PhaseRecord]) -> list[Loop]:
    """The rounds that may be added now."""
    if not intervention.is_open:
        return []
    return [loop for loop in intervention.definition.loops if not loop_problems(loop, records)]
