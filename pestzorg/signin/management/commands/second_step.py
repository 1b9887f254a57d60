"""What an operator does for somebody whose telephone is gone; prints JSON, with counts only."""

from __future__ import annotations

import json
from typing import Any

from allauth.mfa.models import Authenticator
from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from pestzorg import clock
from pestzorg.signin import notices
from pestzorg.signin.sessions import end_sessions


class Command(BaseCommand):
    """`second_step remove ADDRESS`: everything of the second step goes, and every session ends."""

    help = "Takes the second step of an account away, after you made sure who asks."

    def add_arguments(self, parser: CommandParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        remove = verbs.add_parser("remove", help="its owner sets up a new one at the next sign-in")
        remove.add_argument("address")

    @transaction.atomic
    def handle(self, *, address: str, **options: Any) -> None:
        person = get_user_model().objects.filter(email__iexact=address).first()
        if person is None:
            raise CommandError("There is no such account.")
        removed, _by_table = Authenticator.objects.filter(user=person).delete()
        notices.tell(person, "second_step_removed", clock.now())
        self.stdout.write(json.dumps({"removed": removed, "sessions": end_sessions(person.pk)}))
