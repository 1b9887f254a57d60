"""R07: the clocks of the workers are wrong, each in another way, and jump. Only the database's counts."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from pestzorg.chaos import world
from pestzorg.chaos.broker import own_broker
from pestzorg.chaos.ledger import Ledger
from pestzorg.chaos.programs import WORKER, misread_by, running, wait_until
from pestzorg.chaos.punctuality import Punctuality
from pestzorg.chaos.stage import Stage, Theatre
from pestzorg.outbox import heartbeat

SPEED = 60
HOUR, DAY = 3600.0, 86400.0
WRONG_BY = (-HOUR, HOUR, -2 * DAY, 2 * DAY)
JUMPS, HOURS = ("+2d", "-1h", "-2d", "+1h", "+0"), [48, -1, -48, 1, 0]
IN_TIME = 120.0


def run(theatre: Theatre) -> None:
    """Reminders fall due over a while; none leaves before its moment, and none stays."""
    over = timedelta(minutes=theatre.size.minutes)
    with theatre.stage("r07", world.REMINDED_AT, SPEED) as stage:
        punctuality = Punctuality(stage, SPEED, over)
        with stage.crew(len(WRONG_BY), clocks=WRONG_BY) as crew:
            punctuality.begin()
            punctuality.wait_until(1)
            left = crew.work_until(stage.is_quiet, IN_TIME)
        _judge(theatre, stage, "R07", punctuality, left=left)
    theatre.verdict.shown(
        "R07", "clocks wrong by, h", ", ".join(f"{s / HOUR:+g}" for s in WRONG_BY)
    )
    _jumping(theatre)


def _jumping(theatre: Theatre) -> None:
    """The clock of the machine jumps under the programs of an installation, while they run."""
    speed, over = theatre.size.speed, timedelta(minutes=1 + theatre.size.minutes)
    clock = theatre.folder / "machine-clock"
    _set(clock, "+0")
    with (
        theatre.stage("r07_jumps", world.REMINDED_AT, speed) as stage,
        own_broker(stage.folder) as broker,
        running(stage, broker, WORKER, WORKER, speed=speed, clock=clock),
    ):
        punctuality = Punctuality(stage, speed, over)
        stage.clock.show(world.REMINDED_AT - timedelta(days=1), speed)
        wait_until(lambda: heartbeat.last_beat_at(heartbeat.SWEEP) is not None)
        punctuality.begin()
        found = []
        for number, jump in enumerate(JUMPS, 1):
            _set(clock, jump)
            found.append(round(misread_by(clock) / HOUR))
            punctuality.wait_until(number / len(JUMPS))
        left = wait_until(stage.is_quiet)
        _judge(theatre, stage, "R07 jumps", punctuality, left=left)
    jumps = ", ".join(f"{hours:+d}" for hours in found)
    theatre.verdict.holds("R07 jumps", f"of the machine's clock, h: {jumps}", met=found == HOURS)


def _set(clock: Path, off_by: str) -> None:
    # Replaced, not rewritten: a program that reads it meanwhile must find one or the other.
    new = clock.with_suffix(".new")
    new.write_text(off_by + "\n")
    new.replace(clock)


def _judge(
    theatre: Theatre, stage: Stage, name: str, punctuality: Punctuality, *, left: bool
) -> None:
    Ledger(stage.relay.log, world.expected()).judge(name, theatre.verdict)
    early = sum(delay < 0 for delay in punctuality.delays())
    theatre.verdict.at_most(name, "accepted before their moment", early, 0)
    theatre.verdict.holds(name, "everything left", met=left)
