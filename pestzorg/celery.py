"""The Celery app: a clock that gives hints, never a store of what has to happen. The timetable is in settings.

Celery's own support for Django closes the database connections around every task of a worker.
"""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from pathlib import Path
from threading import Event, Thread
from time import monotonic
from typing import Any

from celery import Celery, bootsteps
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pestzorg.settings")

app = Celery("pestzorg")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

logger = logging.getLogger(__name__)

ROOT = Path(__file__).resolve().parent.parent


class OwnHints(bootsteps.StartStopStep):  # type: ignore[misc] # celery has no types
    """A worker tells itself what the timetable says for every minute: reminders leave without a scheduler too.

    With a scheduler, or several workers, everything is looked at more often, which does no harm.
    """

    # After its processes were forked: a thread and a fork do not go together.
    requires = {"celery.worker.components:Pool"}

    def include_if(self, worker: Any) -> bool:
        """Tests tell their workers what time it is."""
        return bool(worker.app.conf.worker_hints_every)

    def start(self, worker: Any) -> None:
        """At once, and then every minute, in a thread: a worker that looks for its broker does nothing else."""
        self.stopped = Event()
        Thread(target=keep_looking, args=(worker.app, self.stopped), daemon=True).start()

    def stop(self, worker: Any) -> None:
        """The scheduler and other workers go on."""
        self.stopped.set()


def keep_looking(app: Celery, stopped: Event) -> None:
    """Give the hints of each minute; while no broker takes them, look without one."""
    while not stopped.is_set():
        began = monotonic()
        try:
            if not give_hints(app):
                look_without_broker(app.conf.task_time_limit)
        except Exception as error:
            # The class alone: nobody else would go on in the place of this thread.
            logger.error("no hints: %s", type(error).__name__)
        stopped.wait(max(0.0, app.conf.worker_hints_every - (monotonic() - began)))


def give_hints(app: Celery) -> bool:
    """Send every hint of the timetable that is due each time; False when the broker is away, or full."""
    every = app.conf.worker_hints_every
    try:
        for entry in app.conf.beat_schedule.values():
            if entry["schedule"] == every:
                app.send_task(entry["task"], retry=False, **entry.get("options", {}))
    except (OperationalError, RedisError):
        logger.warning("no hints: the broker does not answer")
        return False
    return True


def look_without_broker(seconds: float) -> None:
    """What the hints would have led to, in a process of its own that may take so long."""
    words = [sys.executable, "-m", "django", "reminders", "run", "--paced"]
    subprocess.run(words, cwd=ROOT, stdout=subprocess.DEVNULL, timeout=seconds, check=False)  # noqa: S603 - words of this file


app.steps["worker"].add(OwnHints)
