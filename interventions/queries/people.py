"""Who is asked about in a phase, and who could be in the group. Who may see the intervention: interventions/access."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from cases.models import Participant
from cases.protocol import Field
from interventions.models import Intervention, Member, PhaseRecord
from schools.models import Pupil
from schools.queries.classes import pupils_of


@dataclass(frozen=True)
class Asked:
    """One person of a phase with the questions about them; `member` is None for the pupil of the case."""

    member: Member | None
    name: str
    fields: tuple[Field, ...]

    @property
    def key(self) -> str:
        """What the fields of this person are called in a form."""
        return str(self.member.uuid) if self.member else "target"


@dataclass(frozen=True)
class Candidate:
    """Somebody who could be in the group."""

    person: Participant | Pupil
    name: str

    @property
    def key(self) -> str:
        """What this person is called in a form."""
        return str(self.person.uuid)


def members_of(intervention: Intervention) -> list[Member]:
    """Everybody who was asked, also who said no."""
    return list(intervention.members.select_related("participant", "pupil"))


def asked_in(record: PhaseRecord, members: Sequence[Member]) -> list[Asked]:
    """Everybody who is asked about in this phase, the pupil first."""
    found: list[Asked] = []
    target = record.intervention.target
    for people in record.definition.persons:
        if people.of == "target":
            found += [Asked(None, target.name, people.fields)] if target else []
            continue
        joining = (m for m in members if not m.declined)
        found += [
            Asked(member, member.name, people.fields)
            for member in joining
            if not people.only or member.function in people.only
        ]
    return found


def candidates_for(intervention: Intervention, today: date) -> list[Candidate]:
    """Who is named in the case, then the other pupils of the class; never the pupil it is about."""
    targets = _targets(intervention)
    named = list(intervention.case.participants.order_by("id")) if intervention.case else []
    pupils = {one.pupil_id for one in named}
    people = [Candidate(one, one.name) for one in named if one not in targets]
    rest = pupils_of(intervention.class_group, today).exclude(pk__in=[pk for pk in pupils if pk])
    return [*people, *(Candidate(pupil, str(pupil)) for pupil in rest)]


def _targets(intervention: Intervention) -> list[Participant]:
    """The pupils whom the case is about, also another one who is bullied here."""
    if intervention.case is None:
        return []
    own = [intervention.target] if intervention.target else []
    return [*own, *intervention.case.participants.filter(role="target")]
