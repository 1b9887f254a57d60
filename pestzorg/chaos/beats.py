"""R06: three schedulers at once, then none. Celery's own programs; nothing is told twice, and nothing waits."""

from __future__ import annotations

from datetime import timedelta

from pestzorg.bench.verdict import Verdict
from pestzorg.chaos import world
from pestzorg.chaos.broker import own_broker
from pestzorg.chaos.ledger import Ledger
from pestzorg.chaos.programs import BEAT, WORKER, running, wait_until
from pestzorg.chaos.punctuality import Punctuality
from pestzorg.chaos.stage import Stage, Theatre
from pestzorg.outbox import heartbeat

BEATS = 3
LATE = 90  # seconds, without any scheduler


def run(theatre: Theatre) -> None:
    """Half of the urgent reminders fall due with three schedulers, the other half without any."""
    size = theatre.size
    with (
        theatre.stage("r06", world.REMINDED_AT, size.speed) as stage,
        own_broker(stage.folder) as broker,
    ):
        punctuality = Punctuality(stage, size.speed, 2 * timedelta(minutes=size.minutes))
        stage.clock.show(world.REMINDED_AT - timedelta(days=1), size.speed)
        beats = [[*BEAT, "-s", str(stage.folder / f"beat-{n}")] for n in range(BEATS)]
        with running(stage, broker, WORKER, WORKER, speed=size.speed):
            with running(stage, broker, *beats, speed=size.speed):
                wait_until(lambda: _all_up(stage))
                punctuality.begin()
                punctuality.wait_until(0.5)
            punctuality.wait_until(1)
            left = wait_until(stage.is_quiet)
        _judge(theatre.verdict, stage, punctuality, left=left)


def _judge(verdict: Verdict, stage: Stage, punctuality: Punctuality, *, left: bool) -> None:
    Ledger(stage.relay.log, world.expected()).judge("R06", verdict)
    with_beats, without = punctuality.delays(0, 0.5), punctuality.delays(0.5)
    verdict.shown("R06", "latest with three schedulers, s", f"{max(with_beats):.0f}")
    verdict.at_most("R06", "latest without a scheduler, s", round(max(without), 1), LATE)
    verdict.holds("R06", "everything left", met=left)


def _all_up(stage: Stage) -> bool:
    """Each scheduler has written its timetable down, and a worker has looked."""
    timetables = [any(stage.folder.glob(f"beat-{number}*")) for number in range(BEATS)]
    return all(timetables) and heartbeat.last_beat_at(heartbeat.SWEEP) is not None
