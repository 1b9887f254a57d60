"""Who is in the group: with which part, and who said no."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cases.models import Participant
from interventions import events
from interventions.models import Intervention, Member
from interventions.queries.people import candidates_for
from interventions.services.locking import lock_open, record_event, today_at
from pestzorg.errors import Problem, refuse_if
from schools.models import Pupil, User


@dataclass(frozen=True)
class Invited:
    """Somebody of the case, a pupil of the class, or an adult by name."""

    person: Participant | Pupil | str
    function: str
    declined: bool = False


@transaction.atomic
def compose_group(
    actor: User, intervention: Intervention, invited: Iterable[Invited], *, now: datetime
) -> list[Member]:
    """Make the group exactly these people. Who was talked with already, and is left out now, counts as having said no.

    Refuses the pupil it is about, somebody from elsewhere, an adult where the method has none, and an unknown part.
    How many there are is asked when the group comes together.
    """
    lock_open(intervention)
    wanted = list(invited)
    refuse_if(_problems(intervention, wanted, now))
    here = {
        _key(_person_of(m)): m for m in intervention.members.select_related("participant", "pupil")
    }
    for one in wanted:
        member = here.pop(_key(one.person), None) or _new(intervention, one.person)
        member.function, member.declined = one.function, one.declined
        member.full_clean()
        member.save()
    for member in here.values():
        _leave(member)
    record_event(actor, events.GROUP_COMPOSED, intervention, now, count=len(wanted))
    return list(intervention.members.select_related("participant", "pupil"))


def _problems(intervention: Intervention, wanted: list[Invited], now: datetime) -> list[Problem]:
    group = intervention.definition.group
    if group is None:
        return [Problem(None, _("In this approach the class is the group."), "group")]
    functions = {choice.key for choice in group.functions}
    known = {_key(one.person) for one in candidates_for(intervention, today_at(intervention, now))}
    known |= {_key(_person_of(member)) for member in intervention.members.all()}
    problems = []
    for one in wanted:
        if one.function not in functions:
            problems.append(Problem(None, _("Choose a part for everybody in the group."), "part"))
        if isinstance(one.person, str):
            if not group.takes_adults:
                problems.append(Problem("adult_name", _("Only pupils are in this group."), "adult"))
        elif _key(one.person) not in known:
            told = _("Choose somebody of this class. The pupil it is about is not in the group.")
            problems.append(Problem(None, told, "foreign"))
    return problems


def _key(person: Participant | Pupil | str) -> str:
    return person.casefold() if isinstance(person, str) else str(person.uuid)


def _person_of(member: Member) -> Participant | Pupil | str:
    return member.participant or member.pupil or member.adult_name


def _new(intervention: Intervention, person: Participant | Pupil | str) -> Member:
    member = Member(intervention=intervention)
    if isinstance(person, str):
        member.adult_name = person
    elif isinstance(person, Participant):
        member.participant = person
    else:
        member.pupil = person
    return member


def _leave(member: Member) -> None:
    if member.notes.exists() or member.proposals.exists():
        member.declined = True
        member.save(update_fields=["declined"])
    else:
        member.delete()
