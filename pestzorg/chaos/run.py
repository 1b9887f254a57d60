"""One run: a cluster, the school, every scenario in turn, the table."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Collection
from pathlib import Path

from pestzorg.chaos import (
    beats,
    clocks,
    database_away,
    poison,
    redis_away,
    senders_dying,
    server_away,
    weekend,
)
from pestzorg.chaos.postgres import Postgres
from pestzorg.chaos.stage import SIZES, Theatre

Scenario = Callable[[Theatre], None]
SCENARIOS: dict[str, Scenario] = {
    "R01": senders_dying.run,
    "R02": redis_away.run,
    "R03": database_away.run,
    "R05": server_away.run,
    "R06": beats.run,
    "R07": clocks.run,
    "R12": weekend.run,
    "R13": poison.run,
}


def run(size: str, chosen: Collection[str], postgres: Postgres, folder: Path) -> int:
    """0 when everything that was asked is met. What was found before something broke is shown all the same."""
    theatre = Theatre(postgres, SIZES[size], folder)
    began = time.monotonic()
    theatre.build()
    say(f"A school with {theatre.size.agreements} agreements in {time.monotonic() - began:.0f} s.")
    try:
        for name, scenario in SCENARIOS.items():
            if not chosen or name in chosen:
                began = time.monotonic()
                scenario(theatre)
                say(f"{name} in {time.monotonic() - began:.0f} s.")
    finally:
        say(f"\n{theatre.verdict.table()}\n")
    for line in theatre.verdict.missed:
        say(f"Missed: {line.scenario}, {line.what}: {line.found}, wanted {line.target}.")
    return 1 if theatre.verdict.missed else 0


def say(text: str) -> None:
    """A line for whoever waits."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()
