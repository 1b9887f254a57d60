"""On which day a phase may be held: so long after another one, counted in days on which there is school."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from interventions.models import PhaseRecord, PhaseStatus
from schools.calendar import SchoolCalendar


def records_of(record: PhaseRecord) -> list[PhaseRecord]:
    """Every phase of its intervention in order, the record itself among them."""
    found = list(record.intervention.phases.all())
    for other in found:
        other.intervention = record.intervention
    return [record if other.pk == record.pk else other for other in found]


def before(record: PhaseRecord, records: Sequence[PhaseRecord]) -> list[PhaseRecord]:
    """The phases that come before this one."""
    return [other for other in records if (other.number, other.pk) < (record.number, record.pk)]


def meeting_of(record: PhaseRecord, records: Sequence[PhaseRecord]) -> list[PhaseRecord]:
    """The phases that are held in one meeting with it, the first one first."""
    found: list[PhaseRecord] = []
    for other in sorted(records, key=lambda one: (one.number, one.pk)):
        if not other.definition.same_meeting:
            if record in found:
                break
            found = []
        found.append(other)
    return found


def earliest_on(
    record: PhaseRecord, records: Sequence[PhaseRecord], calendar: SchoolCalendar
) -> date | None:
    """The first day that is not too early; None when nothing before it has a day yet."""
    return _counted(record, records, calendar, latest=False)


def latest_on(
    record: PhaseRecord, records: Sequence[PhaseRecord], calendar: SchoolCalendar
) -> date | None:
    """The last day on which it is not late, which is told and not refused."""
    return _counted(record, records, calendar, latest=True)


def _counted(
    record: PhaseRecord, records: Sequence[PhaseRecord], calendar: SchoolCalendar, *, latest: bool
) -> date | None:
    gap = record.definition.gap_in(record.round)
    earlier = [other for other in before(record, records) if other.status != PhaseStatus.SKIPPED]
    if gap is None:
        return None
    base = next((o for o in reversed(earlier) if gap.after in (None, o.key)), None)
    day = (base.held_on or base.planned_on) if base else None
    count = gap.most if latest else gap.least
    return _on_from(calendar, day, gap.unit, count) if day else None


def _on_from(calendar: SchoolCalendar, day: date, unit: str, count: int) -> date:
    match unit:
        case "weeks":
            return calendar.next_school_day(day + timedelta(weeks=count))
        case "school_weeks":
            return calendar.add_school_weeks(day, count)
    return calendar.add_school_days(day, count)
