"""Agreements as a list shows them: late, today or later, and whether this person may tick them off."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from cases.access import Who, may_settle
from cases.models import Agreement, Case


@dataclass(frozen=True)
class AgreementRow:
    """One agreement on one day."""

    agreement: Agreement
    today: date
    may_settle: bool

    @property
    def days_late(self) -> int:
        """Days after the deadline, 0 when there is time; looking back is never late."""
        late = self.agreement.is_late(self.today)
        return (self.today - self.agreement.due_on).days if late else 0

    @property
    def is_today(self) -> bool:
        """Open and due today."""
        return self.agreement.is_open and self.agreement.due_on == self.today


def row_of(who: Who, agreement: Agreement) -> AgreementRow:
    """One row; the rules of its case are asked once per case."""
    today = who.now.astimezone(agreement.case.school.zone).date()
    return AgreementRow(agreement, today, may_settle(who, agreement))


def rows_of(who: Who, case: Case) -> list[AgreementRow]:
    """Every agreement of a case: open ones first and the most urgent on top, then what is settled, latest first."""
    people = ("owner_staff", "owner_participant", "responsible_staff")
    rows = [row_of(who, agreement) for agreement in case.agreements.select_related(*people)]
    return [*_by_due_day(rows), *_settled(rows)]


def _by_due_day(rows: Iterable[AgreementRow]) -> list[AgreementRow]:
    return sorted((r for r in rows if r.agreement.is_open), key=lambda r: r.agreement.due_on)


def _settled(rows: Iterable[AgreementRow]) -> list[AgreementRow]:
    done = [row for row in rows if not row.agreement.is_open]
    return sorted(done, key=lambda r: r.agreement.done_on or r.agreement.due_on, reverse=True)
