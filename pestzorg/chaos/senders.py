"""Processes that sweep and send until they are killed, on a database and a mail server of a scenario.

They are forked from one process that has everything loaded already, so that there is a new one a moment after each
kill. Except for where they die, they do what a worker does.
"""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
import smtplib
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import wraps
from itertools import count
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connections
from django.utils import timezone

from pestzorg import clock
from pestzorg.chaos import poisons
from pestzorg.outbox.delivery import deliver
from pestzorg.reminders.sweep import sweep

AT_A_TIME = 20
NAP = 0.02


@dataclass(frozen=True)
class Gap:
    """To die between the yes of the mail server and our mark: at this share of mails, so often in all."""

    share: float
    deaths: int
    file: str  # as many bytes as there were deaths


@dataclass(frozen=True)
class Job:
    """What a sender works on."""

    database: str
    smtp_port: int
    paced: bool = False
    gap: Gap | None = None
    clocks: tuple[
        float, ...
    ] = ()  # by how many seconds the clocks of the processes are wrong, in turn
    seed: int = 0


class Crew:
    """Some senders of one job; whoever dies is replaced."""

    def __init__(self, job: Job, size: int) -> None:
        self.job, self.kills = job, 0
        self._numbers = count(1)
        self._context = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload(["pestzorg.chaos.senders_ready"])
        self._members: list[BaseProcess] = [self._hire() for _ in range(size)]

    def __enter__(self) -> Crew:
        return self

    def __exit__(self, *_error: object) -> None:
        for member in self._members:
            member.kill()
        for member in self._members:
            member.join()

    def kill_one(self) -> None:
        """SIGKILL, wherever that one is; a new one begins at once."""
        place = random.randrange(len(self._members))  # noqa: S311 - nobody guards anything with it
        self._members[place].kill()
        self.kills += 1
        self.replace_dead()

    def replace_dead(self) -> None:
        """Hire somebody for everybody who is not there any more."""
        for place, member in enumerate(self._members):
            if not member.is_alive():
                member.join()
                self._members[place] = self._hire()

    def work_until(
        self,
        done: Callable[[], bool],
        seconds: float,
        kill_every: tuple[float, float] | None = None,
    ) -> bool:
        """Let them work, with or without kills; False when it was not done in time."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            time.sleep(random.uniform(*(kill_every or (0.1, 0.1))))  # noqa: S311 - as above
            if done():
                return True
            if kill_every:
                self.kill_one()
            self.replace_dead()
        return done()

    def _hire(self) -> BaseProcess:
        job = replace(self.job, seed=next(self._numbers))
        process = self._context.Process(target=work, args=(job,), daemon=True)
        process.start()
        return process


def work(job: Job) -> None:
    """Sweep and send for ever. A database that is away for a moment is asked again."""
    use(job.database)
    poisons.register()
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", job.smtp_port
    if job.clocks:
        _set_clock(job.clocks[job.seed % len(job.clocks)])
    if job.gap:
        _die_between_yes_and_mark(job.gap, random.Random(job.seed))  # noqa: S311 - as above
    while True:
        try:
            now = clock.now()
            sweep(now)
            deliver(now, AT_A_TIME, paced=job.paced)
        except (DatabaseError, InterfaceError):
            connections.close_all()
        time.sleep(NAP)


def _set_clock(off_by: float) -> None:
    """What this process believes to be the time: everything in Django and Celery asks one of these."""
    seconds, moment = time.time, timezone.now  # noqa: TID251 - the one that is set wrong
    time.time = lambda: seconds() + off_by
    timezone.now = lambda: moment() + timedelta(seconds=off_by)  # noqa: TID251 - as above


def use(database: str) -> None:
    """Work with this database of the cluster from now on."""
    connections.close_all()
    connections["default"].settings_dict["NAME"] = database


def _die_between_yes_and_mark(gap: Gap, draw: random.Random) -> None:
    """The gap that no protocol closes: the server took the mail, and nobody noted it."""
    original, deaths = smtplib.SMTP.data, Path(gap.file)

    @wraps(original)
    def data(server: smtplib.SMTP, message: Any) -> Any:
        answer = original(server, message)
        if draw.random() < gap.share and deaths.stat().st_size < gap.deaths:
            with deaths.open("ab", buffering=0) as log:
                log.write(b".")
            os.kill(os.getpid(), signal.SIGKILL)
        return answer

    smtplib.SMTP.data = data  # type: ignore[method-assign, assignment] # that is the point
