"""`reminders run`: one sweep and delivery at a given moment, by hand."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from pestzorg.outbox.delivery import deliver
from pestzorg.outbox.moments import moment_or_now
from pestzorg.outbox.tasks import run_deliver
from pestzorg.reminders.sweep import sweep
from pestzorg.reminders.tasks import run_sweep


class Command(BaseCommand):
    """Does at once what worker and scheduler do every minute; prints counts as JSON."""

    help = "Plans, queues and sends the reminders that are due."

    def add_arguments(self, parser: CommandParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        run = verbs.add_parser("run", help="one sweep, then deliver all that may be sent")
        when = run.add_mutually_exclusive_group()
        when.add_argument("--now", help="ISO moment; local time when it has no offset")
        when.add_argument("--paced", action="store_true", help="as fast, and as long, as a worker")

    def handle(self, *, verb: str, now: str | None, paced: bool, **options: Any) -> None:
        if paced:
            self.stdout.write(json.dumps(run_sweep() | run_deliver()))
            return
        moment = _moment(now)
        found, sent = sweep(moment), deliver(moment)
        counts = {
            "planned": found.planned,
            "queued": found.queued,
            "sent": sent.sent,
            "retry": sent.retry,
            "parked": sent.parked,
        }
        self.stdout.write(json.dumps(counts))


def _moment(text: str | None) -> datetime:
    try:
        return moment_or_now(text)
    except ValueError:
        raise CommandError(f"--now is not an ISO moment: {text}") from None
