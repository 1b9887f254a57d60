"""What an operator does with the outbox; prints JSON, with ids and counts only."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import Count

from pestzorg import clock
from pestzorg.outbox.models import Mail, State
from pestzorg.outbox.queue import abort, oldest_unsent_at, requeue


class Command(BaseCommand):
    """`outbox status`, `outbox retry --all|UUID`, `outbox abort UUID`."""

    help = "Shows the outbox, retries stuck mails or aborts one."

    def add_arguments(self, parser: CommandParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        verbs.add_parser("status", help="counts per state and the age of the oldest unsent mail")
        retry = verbs.add_parser("retry", help="give stuck mails a fresh series of tries")
        which = retry.add_mutually_exclusive_group(required=True)
        which.add_argument("--all", action="store_true", help="every parked or waiting mail")
        which.add_argument("uuid", nargs="?", type=UUID, help="this mail only")
        taken_back = verbs.add_parser("abort", help="take one mail back for good")
        taken_back.add_argument("uuid", type=UUID)

    def handle(self, *, verb: str, **options: Any) -> None:
        now = clock.now()
        answer = {"status": _status, "retry": _retry, "abort": _abort}[verb](now, options)
        self.stdout.write(json.dumps(answer))


def _status(now: datetime, _options: dict[str, Any]) -> dict[str, int | None]:
    found = dict(Mail.objects.values_list("state").annotate(Count("id")))
    oldest = oldest_unsent_at(now)
    age = None if oldest is None else int((now - oldest).total_seconds())
    return {**{state: found.get(state, 0) for state in State.values}, "oldest_unsent_seconds": age}


def _retry(now: datetime, options: dict[str, Any]) -> dict[str, int]:
    count = requeue(now, options["uuid"])
    if options["uuid"] and not count:
        raise CommandError("No parked or waiting mail has this id.")
    return {"retried": count}


def _abort(now: datetime, options: dict[str, Any]) -> dict[str, int]:
    if not abort(options["uuid"], now):
        raise CommandError(
            "No mail with this id can be aborted: it is being sent or came to its end."
        )
    return {"aborted": 1}
