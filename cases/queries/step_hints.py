"""Which hints a step gives in this case, and who is named as having seen it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime

from cases.models import Case, Incident, Participant, StepRecord
from cases.protocol import vocabulary
from cases.protocol.hints import hints_of
from cases.queries.other_pupils import mentioned
from schools.models import Pupil
from schools.queries.classes import pupils_of

Asked = Callable[[StepRecord, list[Incident]], bool]


def hints_for(record: StepRecord, incidents: Iterable[Incident]) -> list[str]:
    """The sentences of a step that this case asks for; `incidents` are those that the page shows."""
    told, country = list(incidents), record.conversation.case.school.country
    return [str(h.text) for h in hints_of(record.step, country) if ASKED[h.key](record, told)]


def bystanders_named(
    case: Case, incidents: Iterable[Incident], known: Iterable[Participant], now: datetime
) -> list[Pupil]:
    """Pupils of the class of whom a name stands in "who saw it", and who play no part in the case yet."""
    seen_by = "\n".join(incident.seen_by for incident in incidents if incident.seen_by)
    if not seen_by or case.school_class is None:
        return []
    people = list(known)
    names = {person.name.casefold() for person in people}
    taken = {person.pupil_id for person in people}
    today = now.astimezone(case.school.zone).date()
    return [
        pupil
        for pupil in pupils_of(case.school_class, today)
        if pupil.pk not in taken
        and not names & {pupil.first_name.casefold(), str(pupil).casefold()}
        and mentioned([str(pupil)], seen_by)
    ]


def _protected(record: StepRecord, incidents: list[Incident]) -> bool:
    grounds = {key for incident in incidents for key in incident.perceived_grounds}
    terms = vocabulary.terms("grounds")
    return any(term.key in grounds and term.note["possible_discrimination"] for term in terms)


def may_be_offence(incidents: Iterable[Incident]) -> bool:
    """Step 2 says so, or one of the ways in which it happened online usually is one."""
    noted = {t.key for t in vocabulary.terms("cyber_subforms") if t.note["possible_offence"]}
    return any(i.possible_offence or noted.intersection(i.cyber_subforms) for i in incidents)


ASKED: dict[str, Asked] = {
    "parents": lambda record, incidents: True,
    "self_blame": lambda record, incidents: record.answer("self_blame") == "strong",
    "discrimination": _protected,
    "offence": lambda record, incidents: may_be_offence(incidents),
    "bystanders": lambda record, incidents: any(incident.seen_by for incident in incidents),
}
