"""What came of a scenario: its agreements and the days on which somebody is reminded, as a test states them."""

from __future__ import annotations

from datetime import date

from cases.models import Agreement, Case, Conversation
from pestzorg.reminders.models import DueMoment

# owner, who follows up, the day, and whether it has no end
Row = tuple[str, str, date, bool]


def agreements_of(case: Case) -> dict[str, Row]:
    """Every agreement by its words; people by first name."""
    return {
        a.what: (a.owner.split()[0], a.responsible_staff.first_name, a.due_on, a.standing)
        for a in case.agreements.all()
    }


def agreement_of(case: Case, what: str) -> Agreement:
    """The agreement with these words."""
    return next(a for a in case.agreements.all() if a.what == what)


def reminded(thing: Agreement | Conversation) -> dict[str, date]:
    """For each kind of reminder of it that is still to come, its day at school."""
    zone = thing.case.school.zone
    moments = DueMoment.objects.filter(source_uuid=thing.uuid, settled_at=None)
    return {m.kind: m.fires_at.astimezone(zone).date() for m in moments}
