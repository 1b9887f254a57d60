"""What an operator does with the access rows, in ids and counts only; and the tables of the documents."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from cases.management.access_tables import documents
from cases.services.comparing import Comparison, compare_access, mend_access
from schools.models import School


class Command(BaseCommand):
    """`access check`: compare stored access with what it is derived from. `access docs`: write the tables anew."""

    help = "Compares the access rows with the cases, grants and emergency access they come from."

    def add_arguments(self, parser: CommandParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        check = verbs.add_parser("check", help="print every row that differs; exit 1 when one does")
        check.add_argument("--school", metavar="CODE", help="one school only")
        check.add_argument("--mend", action="store_true", help="derive the cases that differ again")

        docs = verbs.add_parser("docs", help="write the tables of docs/access.md (in a checkout)")
        docs.add_argument("--check", action="store_true", help="only say whether they are current")

    def handle(self, *, verb: str, **options: Any) -> None:
        if verb == "docs":
            _write_docs(only_check=options["check"])
        else:
            self._check(options["school"], mend=options["mend"])

    def _check(self, school: str | None, *, mend: bool) -> None:
        found = compare_access(None if school is None else [_school(school)])
        mended = sum(mend_access(comparison) for comparison in found) if mend else 0
        self.stdout.write(json.dumps({"schools": list(map(_told, found)), "mended": mended}))
        if found and not mend:
            sys.exit(1)


def _write_docs(*, only_check: bool) -> None:
    for path, text in documents().items():
        if path.read_text(encoding="utf-8") == text:
            continue
        if only_check:
            raise CommandError(f"{path.name} is not current: run manage.py access docs.")
        path.write_text(text, encoding="utf-8")


def _school(code: str) -> School:
    try:
        return School.objects.get(code=code)
    except School.DoesNotExist:
        raise CommandError("No school has this code.") from None


def _told(comparison: Comparison) -> dict[str, Any]:
    rows = [asdict(row) for row in comparison.differences]
    return {"school": comparison.school.code, **comparison.counts, "rows": rows}
