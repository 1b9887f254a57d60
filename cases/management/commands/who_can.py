"""Who may see one case, and by which rule: the answer for a person who asks, and for a supervisor."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from cases.access import Seer, Who, rules_on, who_sees
from cases.models import Case
from cases.queries.reasons import reasons_of
from pestzorg.outbox.moments import moment_or_now


class Command(BaseCommand):
    """`who_can PZ-7K3M-Q2`: everybody who sees the case, with level, reasons and rules."""

    help = "Lists everybody who may see a case, and by which rule."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("reference", help="the case code, such as PZ-7K3M-Q2")
        parser.add_argument("--json", action="store_true", help="for programs")
        parser.add_argument("--at", metavar="MOMENT", help="at this ISO moment instead of now")

    def handle(self, *, reference: str, at: str | None, **options: Any) -> None:
        now = moment_or_now(at)
        case = Case.objects.select_related("school__board").filter(reference=reference).first()
        if case is None:
            raise CommandError("No case has this code.")
        rows = [_row(seer, case, Who(seer.user, now)) for seer in who_sees(case, now)]
        self.stdout.write(json.dumps(rows, ensure_ascii=False) if options["json"] else _table(rows))


def _row(seer: Seer, case: Case, who: Who) -> dict[str, Any]:
    return {
        "person": seer.user.full_name,
        "email": seer.user.email,
        "level": seer.level,
        "because": reasons_of(seer, case),
        "extras": list(seer.extras),
        "rules": sorted(rules_on(who, case)),
    }


def _table(rows: list[dict[str, Any]]) -> str:
    lines = []
    for row in rows:
        lines.append(f"{row['level']:>3}  {row['person']} <{row['email']}>")
        lines += [f"     {reason}" for reason in [*row["because"], *row["extras"]]]
        lines.append(f"     {' '.join(row['rules'])}")
    return "\n".join(lines)
