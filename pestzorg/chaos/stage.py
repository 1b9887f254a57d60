"""What every scenario gets: a database of its own with the school in it, a mail server, a clock."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.core.management import call_command

from pestzorg.bench.verdict import Verdict
from pestzorg.chaos import shown_clock, world
from pestzorg.chaos.postgres import Postgres
from pestzorg.chaos.relay import Relay
from pestzorg.chaos.senders import Crew, Job, use
from pestzorg.outbox.models import OPEN, Mail
from pestzorg.reminders.models import DueMoment, Reminder

TEMPLATE = "world"
BEFORE = timedelta(seconds=20)


@dataclass(frozen=True)
class Size:
    """How long a run may take."""

    agreements: int
    seconds: float  # of killing
    gap_deaths: int
    outage: float  # seconds of the clock that is shown
    # Of that clock, while Celery's own programs run: how fast, and how long each part of a scenario.
    speed: float
    minutes: float
    posts: int  # by people at work while the database restarts
    restarts: int
    redis_kills: int


HOUR = 3600.0
SIZES = {
    "short": Size(
        120, 8, 15, 1.5 * HOUR, speed=5, minutes=0.5, posts=100, restarts=3, redis_kills=2
    ),
    "long": Size(
        1000, 60, 200, 6 * HOUR, speed=5, minutes=5, posts=2000, restarts=10, redis_kills=5
    ),
}


@dataclass
class Stage:
    """One scenario's servers and clock."""

    name: str
    size: Size
    postgres: Postgres
    relay: Relay
    clock: shown_clock.ShownClock
    folder: Path

    def crew(self, size: int = 3, **special: Any) -> Crew:
        """Senders of this scenario; `special` is what their Job says beside the usual."""
        return Crew(Job(self.name, self.relay.port, **special), size)

    def is_quiet(self) -> bool:
        """Whether nothing is left that is due now."""
        now = self.clock.now()
        waiting = (
            DueMoment.objects.filter(settled_at=None, fires_at__lte=now),
            Reminder.objects.filter(settled_at=None, not_before__lte=now, urgent=True),
            Mail.objects.filter(state__in=OPEN),
        )
        return not any(rows.exists() for rows in waiting)


class Theatre:
    """The cluster of a run, and the school that every scenario begins with."""

    def __init__(self, postgres: Postgres, size: Size, folder: Path) -> None:
        self.postgres, self.size, self.folder = postgres, size, folder
        self.verdict = Verdict(asks=True)

    def build(self) -> None:
        """The tables of the migrations, the school, and the clock."""
        call_command("migrate", verbosity=0)
        world.build(self.size.agreements)
        use("postgres")
        shown_clock.install(self.postgres.url(TEMPLATE))

    @contextmanager
    def stage(self, name: str, starts_at: datetime, speed: float) -> Iterator[Stage]:
        """A scenario with everything of its own; its clock stands a little before `starts_at`."""
        self.postgres.make(name, TEMPLATE)
        # The settings of a database are not copied with it.
        shown_clock.look_there(self.postgres.url("postgres"), name)
        use(name)
        relay, clock = Relay(), shown_clock.ShownClock(self.postgres.url(name))
        clock.show(starts_at - BEFORE, speed)
        relay.open()
        try:
            yield Stage(name, self.size, self.postgres, relay, clock, self.folder)
        finally:
            relay.close()
            use("postgres")
