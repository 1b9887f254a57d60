"""R07: the clocks of the workers are wrong, each in another way. Only the database's counts."""

from __future__ import annotations

from datetime import timedelta

from pestzorg.chaos import world
from pestzorg.chaos.ledger import Ledger
from pestzorg.chaos.punctuality import Punctuality
from pestzorg.chaos.stage import Theatre

SPEED = 60
HOUR, DAY = 3600.0, 86400.0
WRONG_BY = (-HOUR, HOUR, -2 * DAY, 2 * DAY)
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
        Ledger(stage.relay.log, world.expected()).judge("R07", theatre.verdict)
    early = sum(delay < 0 for delay in punctuality.delays())
    theatre.verdict.shown(
        "R07", "clocks wrong by, h", ", ".join(f"{s / HOUR:+g}" for s in WRONG_BY)
    )
    theatre.verdict.at_most("R07", "accepted before their moment", early, 0)
    theatre.verdict.holds("R07", "everything left", met=left)
