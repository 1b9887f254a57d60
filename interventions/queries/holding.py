"""Why a phase may not be held yet, on this day: order, day, group, and what its method asks for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from cases.protocol import Field
from cases.queries.completeness import missing_answer
from interventions.models import Member, PersonNote, PhaseRecord
from interventions.protocol import Phase
from interventions.queries.class_rules import rules_from
from interventions.queries.measurements import measurement_problems
from interventions.queries.people import Asked, asked_in, members_of
from interventions.queries.schedule import before, earliest_on, meeting_of, records_of
from pestzorg.errors import Problem
from pestzorg.web.templatetags.pestzorg_ui import day
from schools.calendar import CalendarEnds, SchoolCalendar


@dataclass(frozen=True)
class Holding:
    """A phase, the day on which somebody says it was held, and everything that is looked at."""

    record: PhaseRecord
    held_on: date
    today: date
    calendar: SchoolCalendar
    records: Sequence[PhaseRecord]
    members: Sequence[Member]

    @property
    def phase(self) -> Phase:
        """What its method says."""
        return self.record.definition


def holding_of(
    record: PhaseRecord, held_on: date, today: date, calendar: SchoolCalendar
) -> Holding:
    """Read once what all rules look at."""
    members = members_of(record.intervention)
    return Holding(record, held_on, today, calendar, records_of(record), members)


def holding_problems(holding: Holding) -> list[Problem]:
    """Everything that stands in the way; empty when the phase was held."""
    return [
        *order_problems(holding.record, holding.records),
        *_day_problems(holding),
        *_group_problems(holding),
        *content_problems(holding.record, holding.members),
        *_proposal_problems(holding),
        *measurement_problems(holding.record, holding.held_on),
        *_rule_problems(holding),
    ]


def order_problems(record: PhaseRecord, records: Sequence[PhaseRecord]) -> list[Problem]:
    """The phases follow each other: the one before is held or left out first, and often enough."""
    waiting = next((other for other in before(record, records) if not other.is_settled), None)
    if waiting is not None:
        told = _("First comes: %(phase)s.") % {"phase": waiting.definition.label}
        return [Problem(None, told, "order")]
    earlier = before(record, records)
    rounds = earlier[-1].round if earlier else 0
    needed = record.definition.needs_rounds
    if rounds < needed:
        told = _("Look back %(count)s times before this.") % {"count": needed}
        return [Problem(None, told, "rounds")]
    return []


def limit_problems(phase: Phase, answers: Mapping[str, Any]) -> list[Problem]:
    """More choices or lines than the method takes; asked on every save, because it can always be mended."""
    problems = []
    for key, most in phase.at_most:
        value = answers.get(key) or []
        lines = (
            [one for one in value.splitlines() if one.strip()] if isinstance(value, str) else value
        )
        if len(lines) > most:
            told = _("At most %(count)s.") % {"count": most}
            problems.append(Problem(key, told, "at_most"))
    return problems


def _day_problems(holding: Holding) -> list[Problem]:
    if holding.held_on > holding.today:
        return [Problem("held_on", _("This day is still to come."), "future")]
    first = meeting_of(holding.record, holding.records)[0]
    if problems := other_day("held_on", holding.held_on, first):
        return problems
    try:
        if not holding.calendar.is_school_day(holding.held_on):
            return [Problem("held_on", _("There is no school on that day."), "no_school")]
        earliest = earliest_on(holding.record, holding.records, holding.calendar)
    except CalendarEnds:
        return [unknown_day("held_on")]
    return too_early("held_on", holding.held_on, earliest)


def too_early(field: str, chosen: date, earliest: date | None) -> list[Problem]:
    """A day before the first one that the method allows."""
    if earliest is None or chosen >= earliest:
        return []
    told = _("This is too soon after the phase before. It can be from %(day)s on.")
    return [Problem(field, told % {"day": day(earliest)}, "too_early")]


def other_day(field: str, chosen: date, first: PhaseRecord) -> list[Problem]:
    """Another day than that of the meeting it belongs to."""
    if first.held_on in (None, chosen):
        return []
    told = _("This belongs to the meeting of %(day)s.")
    return [Problem(field, told % {"day": day(first.held_on)}, "meeting")]


def unknown_day(field: str) -> Problem:
    """Nobody can tell whether there is school."""
    told = _("The school year of this day is not in the calendar yet.")
    return Problem(field, told, "calendar")


def _group_problems(holding: Holding) -> list[Problem]:
    phase, joining = holding.phase, [m for m in holding.members if not m.declined]
    if not phase.needs_group or phase.size is None:
        return []
    least, most = phase.size
    with_target = phase.people == "everybody" and holding.record.intervention.target is not None
    count = len(joining) + with_target
    if least <= count <= most:
        return []
    told = ngettext(
        "The group has %(count)s person. This method needs %(least)s to %(most)s.",
        "The group has %(count)s people. This method needs %(least)s to %(most)s.",
        count,
    )
    facts = {"count": count, "least": least, "most": most}
    return [Problem("group", told % facts, "size")]


def content_problems(record: PhaseRecord, members: Sequence[Member]) -> list[Problem]:
    """What the phase asks, about itself and about each person, and nobody answered; or more than it takes."""
    phase, notes = record.definition, {note.member_id: note for note in record.notes.all()}
    about = [p for one in asked_in(record, members) for p in _missing_about(one, notes)]
    return [*_missing(phase.fields, record.answers), *limit_problems(phase, record.answers), *about]


def _missing_about(one: Asked, notes: Mapping[int | None, PersonNote]) -> list[Problem]:
    note = notes.get(one.member.pk if one.member else None)
    missing = _missing(one.fields, note.answers if note else {})
    return [Problem(f"{one.key}-{found.field}", found.message, found.code) for found in missing]


def _proposal_problems(holding: Holding) -> list[Problem]:
    asked = holding.phase.proposals
    if asked is None or holding.record.proposals.count() >= asked.least:
        return []
    return [Problem("proposals", _("Write down at least one."), "required")]


def _rule_problems(holding: Holding) -> list[Problem]:
    asked = holding.phase.class_rules
    if asked is None or len(rules_from(holding.record.intervention)) >= asked.least:
        return []
    told = _("Write down the class rules: at least %(count)s.") % {"count": asked.least}
    return [Problem("class_rules", told, "required")]


def _missing(fields: Sequence[Field], answers: Mapping[str, Any]) -> list[Problem]:
    given = dict(answers)
    found = (missing_answer(field, given) for field in fields)
    return [Problem(p.field, _in_a_phase(p, fields), p.code) for p in found if p]


def _in_a_phase(problem: Problem, fields: Sequence[Field]) -> str | Promise:
    if problem.code != "required":
        return problem.message
    if any(field.key == problem.field and field.kind == "must_be_true" for field in fields):
        # Nobody should tick for a child what the child did not say.
        return _(
            "Tick this when it is so. Not yet? Save, and do it first. Does it stay a no, then stop this approach."
        )
    return _("Fill this in to hold the phase.")
