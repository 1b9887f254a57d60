"""What was written down in a phase, as the page of the phase shows it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from interventions.models import PersonNote, PhaseRecord
from interventions.queries.people import Asked, asked_in, members_of
from interventions.queries.schedule import earliest_on, records_of
from schools.calendar import CalendarEnds
from schools.queries.calendars import calendar_for


@dataclass(frozen=True)
class AboutPerson:
    """One person with what is known about them in this phase; `row` is None while nothing is."""

    asked: Asked
    row: PersonNote | None

    @property
    def member(self) -> UUID | None:
        """Which member of the group; None for the pupil of the case."""
        return self.asked.member.uuid if self.asked.member else None

    @property
    def name(self) -> str:
        """What this person is called."""
        return self.asked.name

    @property
    def answers(self) -> dict[str, Any]:
        """What is known so far."""
        return dict(self.row.answers) if self.row else {}


def written_about(record: PhaseRecord) -> list[AboutPerson]:
    """Everybody who is asked about in this phase, the pupil first; who said no is not asked about."""
    rows = {row.member_id: row for row in record.notes.all()}
    asked = asked_in(record, members_of(record.intervention))
    return [AboutPerson(one, rows.get(one.member.pk if one.member else None)) for one in asked]


def earliest_day(record: PhaseRecord) -> date | None:
    """The first day on which the phase may be held; None when nobody can tell."""
    calendar = calendar_for(record.intervention.school)
    try:
        return earliest_on(record, records_of(record), calendar)
    except CalendarEnds:
        return None
