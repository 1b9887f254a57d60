"""R01: senders are killed anywhere, above all between the yes of the mail server and our mark."""

from __future__ import annotations

import time
from datetime import timedelta

from pestzorg.chaos import world
from pestzorg.chaos.ledger import Ledger
from pestzorg.chaos.senders import Crew, Gap
from pestzorg.chaos.stage import Stage, Theatre
from pestzorg.outbox.claims import LEASE

SPEED = 60
KILL_EVERY = (0.05, 0.35)
TO_THE_END = 120.0  # seconds without kills, for what is left


def run(theatre: Theatre) -> None:
    """Both ways to die."""
    with theatre.stage("r01", world.REMINDED_AT, SPEED) as stage:
        _anywhere(theatre, stage)
    with theatre.stage("r01_gap", world.REMINDED_AT, SPEED) as stage:
        _in_the_gap(theatre, stage)


def _anywhere(theatre: Theatre, stage: Stage) -> None:
    began = time.monotonic()
    with stage.crew() as crew:
        crew.work_until(stage.is_quiet, stage.size.seconds, KILL_EVERY)
        in_time = _finish(stage, crew)
    ledger = Ledger(stage.relay.log, world.expected())
    ledger.judge("R01", theatre.verdict)
    took = time.monotonic() - began
    theatre.verdict.shown(
        "R01", "kills, repeats, seconds", f"{crew.kills}, {ledger.repeats}, {took:.0f}"
    )
    theatre.verdict.at_most("R01", "repeats, at most one a kill", ledger.repeats, crew.kills)
    theatre.verdict.at_most("R01", "repeats that read otherwise", ledger.changed, 0)
    theatre.verdict.holds("R01", "everything left", met=in_time)


def _in_the_gap(theatre: Theatre, stage: Stage) -> None:
    deaths = stage.folder / "deaths"
    deaths.touch()
    forced = Gap(0.5, stage.size.gap_deaths, str(deaths))
    with stage.crew(gap=forced) as crew:
        crew.work_until(lambda: deaths.stat().st_size >= stage.size.gap_deaths, 180)
        in_time = _finish(stage, crew)
    ledger, died = Ledger(stage.relay.log, world.expected()), deaths.stat().st_size
    ledger.judge("R01 gap", theatre.verdict)
    theatre.verdict.at_least("R01 gap", "deaths between yes and mark", died, stage.size.gap_deaths)
    theatre.verdict.at_most("R01 gap", "repeats, at most one a death", ledger.repeats, died)
    theatre.verdict.at_most("R01 gap", "repeats that read otherwise", ledger.changed, 0)
    theatre.verdict.holds("R01 gap", "everything left", met=in_time)


def _finish(stage: Stage, crew: Crew) -> bool:
    """Nobody is killed any more; what dead hands held is free once their lease has run out."""
    stage.clock.leap(LEASE + timedelta(minutes=1))
    return crew.work_until(stage.is_quiet, TO_THE_END)
