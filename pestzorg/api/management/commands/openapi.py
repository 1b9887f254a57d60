"""Writes the description of the API to pestzorg/api/openapi.yaml, or says that the one there is old."""

from __future__ import annotations

from difflib import unified_diff
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import translation

COMMITTED = Path(__file__).parents[2] / "openapi.yaml"


class Command(BaseCommand):
    """`openapi` writes; `openapi --check` compares and ends with 1 when they differ."""

    help = "Writes the API schema to pestzorg/api/openapi.yaml."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="write nothing, only compare")

    def handle(self, *, check: bool, **options: Any) -> None:
        fresh = fresh_schema()
        if not check:
            COMMITTED.write_text(fresh, encoding="utf-8")
            return
        committed = COMMITTED.read_text(encoding="utf-8") if COMMITTED.exists() else ""
        lines = unified_diff(
            committed.splitlines(), fresh.splitlines(), "committed", "now", n=1, lineterm=""
        )
        if found := list(lines)[:60]:
            raise CommandError(
                "\n".join([*found, "pestzorg/api/openapi.yaml is out of date: manage.py openapi"])
            )


def fresh_schema() -> str:
    """The schema as the code has it, in English, valid and without a single warning."""
    with TemporaryDirectory() as folder, translation.override("en"):
        file = Path(folder) / "openapi.yaml"
        call_command("spectacular", file=str(file), validate=True, fail_on_warn=True)
        return file.read_text(encoding="utf-8")
