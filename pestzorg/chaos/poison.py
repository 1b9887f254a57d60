"""R13: some mails cannot be sent, whatever is tried. They are parked, each once; nobody else waits for them."""

from __future__ import annotations

import time
from datetime import timedelta
from io import StringIO
from uuid import uuid4

from celery import Celery
from django.core.management import call_command

from pestzorg.chaos import world
from pestzorg.chaos.broker import own_broker
from pestzorg.chaos.ledger import Ledger
from pestzorg.chaos.poisons import HUGE, KINDS, UNWRITTEN, swap_a_secret
from pestzorg.chaos.programs import WORKER, running, wait_until
from pestzorg.chaos.stage import Stage, Theatre
from pestzorg.outbox import heartbeat
from pestzorg.outbox.models import OPEN, Mail, State
from pestzorg.outbox.queue import local_date_of, put
from pestzorg.reminders.models import DueMoment, Kind
from schools.models import User

FAST = 720  # eight tries take two hours
ONE_IN = 50
ERRORS = {
    *("LookupError", "KeyError", "WorkerLost", "Tampered", "TemplateSyntaxError"),
    *("TemplateDoesNotExist", "SMTPDataError 550", "SMTPRecipientsRefused 550"),
    *("SMTPSenderRefused 552", "SMTPDataError 552"),
}
IN_TIME = 120.0
AS_FAST, ENOUGH = 0.95, 1000  # in less than a thousand things the start of a process counts more
STRANGERS = 20  # tasks that nobody knows
TAKES_HINTS = 60


def run(theatre: Theatre) -> None:
    """Without poison; with poison first in every line; then it heals. And tasks that nobody knows."""
    with theatre.stage("r13_clean", world.REMINDED_AT, 60) as stage:
        clean = _seconds_until_left(stage, None)
    with theatre.stage("r13", world.REMINDED_AT, 60) as stage:
        somebody = world.somebody()
        address, refused = somebody.email, somebody.pk
        stage.relay.mood = lambda recipient: "550 no such user" if recipient == address else ""
        poisons = _poison(stage)
        poisoned = _seconds_until_left(stage, refused)
        parked_by_then = _parked()
        _use_up_tries(stage)
        verdict = theatre.verdict
        verdict.holds("R13", "everybody else's mail left", met=poisoned < IN_TIME)
        verdict.shown("R13", "s without poison, with it", f"{clean:.1f}, {poisoned:.1f}")
        if stage.size.agreements >= ENOUGH:
            speed = round(clean / poisoned, 2)
            verdict.at_least("R13", "speed beside a run without poison", speed, AS_FAST)
        verdict.at_most("R13", "poison that others had to wait for", parked_by_then, 0)
        parked = Mail.objects.filter(state=State.PARKED, kind__in=KINDS)
        verdict.at_least("R13", "poison parked", parked.count(), poisons)
        errors = set(Mail.objects.filter(state=State.PARKED).values_list("error", flat=True))
        verdict.holds(
            "R13", f"errors by kind only: {', '.join(sorted(errors))}", met=errors <= ERRORS
        )
        _heal(theatre, stage)
    _strange_tasks(theatre)


def _seconds_until_left(stage: Stage, refused: int | None) -> float:
    with stage.crew() as crew:
        began = time.monotonic()
        crew.work_until(lambda: _others_left(refused), IN_TIME)
        return time.monotonic() - began


def _use_up_tries(stage: Stage) -> None:
    with stage.crew() as crew:
        stage.clock.show(stage.clock.now(), FAST)
        crew.work_until(lambda: not Mail.objects.filter(state__in=OPEN).exists(), IN_TIME)


def _heal(theatre: Theatre, stage: Stage) -> None:
    """The address works again; an operator has everything tried once more."""
    stage.relay.mood = lambda _recipient: ""
    Mail.objects.filter(kind__in=KINDS).delete()
    call_command("outbox", "retry", "--all", stdout=StringIO())
    with stage.crew() as crew:
        crew.work_until(lambda: not Mail.objects.filter(state__in=OPEN).exists(), IN_TIME)
    Ledger(stage.relay.log, world.expected()).judge("R13", theatre.verdict)
    stand_aside = DueMoment.objects.filter(source=UNWRITTEN, settled_at=None).count()
    theatre.verdict.at_least("R13", "unreadable moments that stand aside", stand_aside, 1)


def _strange_tasks(theatre: Theatre) -> None:
    """A worker of an installation gets tasks that nobody knows, and one with ten megabytes: it drops them and goes on."""
    with (
        theatre.stage("r13_tasks", world.REMINDED_AT, theatre.size.speed) as stage,
        own_broker(stage.folder) as broker,
        running(stage, broker, WORKER, speed=stage.size.speed) as (worker,),
    ):
        stage.clock.show(world.REMINDED_AT - timedelta(days=1))
        wait_until(lambda: heartbeat.last_beat_at(heartbeat.SWEEP) is not None)
        before = worker.children
        queue = Celery("chaos", broker=broker.url, set_as_current=False)
        for number in range(STRANGERS):
            queue.send_task(f"nobody.knows_{number}")
        queue.send_task("reminders.sweep", kwargs={"unknown": "x" * HUGE})
        began = time.monotonic()
        queue.send_task("reminders.sweep")
        taken = wait_until(lambda: not broker.waiting)
        took = round(time.monotonic() - began, 1)
        stage.clock.show(world.REMINDED_AT)
        left = wait_until(stage.is_quiet)
        verdict, died = theatre.verdict, len(before - worker.children)
        verdict.holds("R13", "unknown and huge tasks are taken and dropped", met=taken)
        verdict.at_most("R13", "s until a hint after them is taken", took, TAKES_HINTS)
        verdict.at_most("R13", "processes of the worker that died over them", died, 0)
        Ledger(stage.relay.log, world.expected()).judge("R13 tasks", verdict)
        verdict.holds("R13", "everything left after them", met=left)


def _poison(stage: Stage) -> int:
    """One mail in fifty, of each kind at least one; and a moment that nobody can read."""
    now, count = stage.clock.now(), max(len(KINDS), stage.size.agreements // ONE_IN)
    people = list(User.objects.order_by("pk").values_list("pk", flat=True))
    swap_a_secret()
    for number in range(count):
        kind, person = KINDS[number % len(KINDS)], people[number % len(people)]
        put(kind, person, local_date_of(now), f"poison:{number}", now, now)
    DueMoment.objects.create(
        source=UNWRITTEN, source_uuid=uuid4(), kind=Kind.UPCOMING, due_on=world.DUE_ON, fires_at=now
    )
    return count


def _others_left(refused: int | None) -> bool:
    ours = Mail.objects.filter(kind="reminders").exclude(recipient_id=refused or 0)
    planned = DueMoment.objects.exclude(source=UNWRITTEN).filter(
        settled_at=None, fires_at__lte=world.REMINDED_AT
    )
    return ours.exists() and not ours.filter(state__in=OPEN).exists() and not planned.exists()


def _parked() -> int:
    return Mail.objects.filter(state=State.PARKED).count()
