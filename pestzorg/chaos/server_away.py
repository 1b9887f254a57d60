"""R05: the mail server is away for hours, comes back unwilling, and then takes mail again."""

from __future__ import annotations

import time
from datetime import timedelta
from itertools import cycle

from cases.models import Agreement
from cases.services.agreements import settle_agreement
from pestzorg.chaos import world
from pestzorg.chaos.ledger import Ledger
from pestzorg.chaos.senders import Crew
from pestzorg.chaos.stage import Stage, Theatre
from pestzorg.outbox import heartbeat

FAST, SLOW = 360, 5  # while it is away, and while what waited leaves
UNWILLING = ("421 busy", "451 later", "hang")
MOST_A_MINUTE = 60
IN_HANDS = 3  # a sender each: counted before it leaves, accepted after
BACKLOG = timedelta(minutes=15)


def run(theatre: Theatre) -> None:
    """Hours without a server; meanwhile a part of the agreements is settled."""
    with theatre.stage("r05", world.REMINDED_AT, FAST) as stage:
        stage.relay.close()
        hours = stage.size.outage
        with stage.crew(paced=True) as crew:
            crew.work_until(lambda: False, hours / FAST / 3)
            settled = _settle_some(stage)
            crew.work_until(lambda: False, hours / FAST / 3)
            moods = cycle(UNWILLING)
            stage.relay.mood = lambda _recipient: next(moods)
            stage.relay.open()
            crew.work_until(lambda: False, hours / FAST / 3)
            alarmed = not heartbeat.is_recent(
                heartbeat.last_beat_at(heartbeat.ON_TIME), stage.clock.now()
            )
            took, left = _come_back(stage, crew)
        _judge(theatre, stage, settled, took)
    theatre.verdict.holds("R05", "alarm after a quarter of an hour", met=alarmed)
    theatre.verdict.holds("R05", "everything left", met=left)


def _settle_some(stage: Stage) -> int:
    """One in ten is done while nobody can be told."""
    rows = list(Agreement.objects.select_related("owner_staff").order_by("pk")[::10])
    for agreement in rows:
        owner = agreement.owner_staff
        if owner is not None:
            settle_agreement(owner, agreement, "done", now=stage.clock.now())
    return len(rows)


def _come_back(stage: Stage, crew: Crew) -> tuple[timedelta, bool]:
    """Until nothing waits any more, in the time that is shown."""
    stage.clock.show(stage.clock.now(), SLOW)
    began = time.monotonic()
    stage.relay.mood = lambda _recipient: ""
    left = crew.work_until(stage.is_quiet, 2 * BACKLOG.total_seconds() / SLOW)
    return timedelta(seconds=(time.monotonic() - began) * SLOW), left


def _judge(theatre: Theatre, stage: Stage, settled: int, took: timedelta) -> None:
    ledger = Ledger(stage.relay.log, world.expected())
    ledger.judge("R05", theatre.verdict)
    theatre.verdict.shown("R05", "settled meanwhile, repeats", f"{settled}, {ledger.repeats}")
    minutes = round(took / timedelta(minutes=1), 1)
    theatre.verdict.at_most("R05", "minutes until nothing waits", minutes, 15)
    busiest = ledger.busiest(60 / SLOW)
    theatre.verdict.at_most("R05", "mails in any minute", busiest, MOST_A_MINUTE + IN_HANDS)
