"""R13: some mails cannot be sent, whatever is tried. They are parked, each once; nobody else waits for them."""

from __future__ import annotations

from io import StringIO
from uuid import uuid4

from django.core.management import call_command

from pestzorg.chaos import world
from pestzorg.chaos.ledger import Ledger
from pestzorg.chaos.senders import Deadly
from pestzorg.chaos.stage import Stage, Theatre
from pestzorg.outbox.models import OPEN, Mail, State
from pestzorg.outbox.queue import local_date_of, put
from pestzorg.reminders.models import DueMoment, Kind
from schools.models import User

FAST = 720  # eight tries take two hours
ONE_IN = 50
UNWRITTEN = "unwritten"  # a kind that nobody writes
ERRORS = {"LookupError", "KeyError", "WorkerLost", "SMTPDataError 550", "SMTPRecipientsRefused 550"}
IN_TIME = 120.0


def run(theatre: Theatre) -> None:
    """Poison first in every line; then it heals."""
    with theatre.stage("r13", world.REMINDED_AT, 60) as stage:
        refused = _refused()
        stage.relay.mood = lambda recipient: "550 no such user" if recipient == refused else ""
        poisons = _poison(stage)
        with stage.crew() as crew:
            others_left = crew.work_until(lambda: _others_left(refused), IN_TIME)
            parked_by_then = _parked()
            stage.clock.show(stage.clock.now(), FAST)
            crew.work_until(lambda: not Mail.objects.filter(state__in=OPEN).exists(), IN_TIME)
        verdict = theatre.verdict
        verdict.holds("R13", "everybody else's mail left", met=others_left)
        verdict.at_most("R13", "poison that others had to wait for", parked_by_then, 0)
        at_refused = Mail.objects.filter(state=State.PARKED, recipient_id=_id_of(refused)).count()
        verdict.at_least("R13", "poison parked", _parked(), poisons + at_refused)
        errors = set(Mail.objects.filter(state=State.PARKED).values_list("error", flat=True))
        verdict.holds(
            "R13", f"errors by kind only: {', '.join(sorted(errors))}", met=errors <= ERRORS
        )
        _heal(theatre, stage)


def _heal(theatre: Theatre, stage: Stage) -> None:
    """The address works again; an operator has everything tried once more."""
    stage.relay.mood = lambda _recipient: ""
    Mail.objects.filter(kind__in=[UNWRITTEN, Deadly.kind]).delete()
    call_command("outbox", "retry", "--all", stdout=StringIO())
    with stage.crew() as crew:
        crew.work_until(lambda: not Mail.objects.filter(state__in=OPEN).exists(), IN_TIME)
    Ledger(stage.relay.log, world.expected()).judge("R13", theatre.verdict)
    stand_aside = DueMoment.objects.filter(source=UNWRITTEN, settled_at=None).count()
    theatre.verdict.at_least("R13", "unreadable moments that stand aside", stand_aside, 1)


def _poison(stage: Stage) -> int:
    """One mail in fifty: no builder for it, or one that kills; and a moment that nobody can read."""
    now, count = stage.clock.now(), max(2, stage.size.agreements // ONE_IN)
    people = list(User.objects.order_by("pk").values_list("pk", flat=True))
    for number in range(count):
        kind = (UNWRITTEN, Deadly.kind)[number % 2]
        put(kind, people[number % len(people)], local_date_of(now), f"poison:{number}", now, now)
    DueMoment.objects.create(
        source=UNWRITTEN, source_uuid=uuid4(), kind=Kind.UPCOMING, due_on=world.DUE_ON, fires_at=now
    )
    return count


def _others_left(refused: str) -> bool:
    ours = Mail.objects.filter(kind="reminders").exclude(recipient_id=_id_of(refused))
    planned = DueMoment.objects.exclude(source=UNWRITTEN).filter(
        settled_at=None, fires_at__lte=world.REMINDED_AT
    )
    return ours.exists() and not ours.filter(state__in=OPEN).exists() and not planned.exists()


def _refused() -> str:
    return world.somebody().email


def _id_of(email: str) -> int:
    return int(User.objects.get(email=email).pk)


def _parked() -> int:
    return Mail.objects.filter(state=State.PARKED).count()
