"""`manage.py demo_story`: the database of the demo, as `manage.py demo` needs it. Starts nothing."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.utils import translation

from pestzorg.audit import guard
from pestzorg.demo import story
from pestzorg.demo.guide import guide
from schools.models import User


class Command(BaseCommand):
    """Migrates, tells the story in an empty database and prints the guide."""

    help = "Tell the demo story in an empty database; --empty only empties a demo database."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--empty", action="store_true")

    def handle(self, *args: Any, empty: bool, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("The story belongs in a demo: DEMO=true.")
        call_command("migrate", verbosity=0)
        if empty:
            _empty_demo_database()
            return
        if not User.objects.exists():
            story.tell()
        with translation.override("en"):
            self.stdout.write("\n".join(guide(settings.BASE_URL)))


def _empty_demo_database() -> None:
    if not User.objects.exists():
        return
    name = str(connection.settings_dict["NAME"])
    # DATABASE_URL may by mistake point to a school's real cases.
    if "demo" not in name:
        raise CommandError(f"Only a database with 'demo' in its name is emptied, not {name}.")
    with guard.down(connection):
        call_command("flush", interactive=False, verbosity=0)
