"""The programs of an installation as it starts them: Celery's worker and scheduler, and the web server."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

from pestzorg.chaos.broker import Broker
from pestzorg.chaos.ports import free_port, wait_for
from pestzorg.chaos.stage import Stage

CELERY = ["celery", "-A", "pestzorg"]
WORKER = [*CELERY, "worker", "-c", "1", "--without-gossip", "--without-mingle"]
BEAT = [*CELERY, "beat", "--pidfile", ""]
WEB = ["gunicorn", "pestzorg.wsgi", "--worker-class", "gthread", "--workers", "2", "--threads", "8"]

PATIENCE = 120.0


class Program:
    """One process with everything that it starts itself."""

    def __init__(self, words: list[str], environment: dict[str, str], log: Path) -> None:
        with log.open("ab") as file:
            self._process = subprocess.Popen(  # noqa: S603 - words of this package
                [sys.executable, "-m", *words],
                env=environment,
                cwd=settings.BASE_DIR,
                stdout=file,
                stderr=file,
                start_new_session=True,
            )

    def kill(self) -> None:
        """SIGKILL, for its whole family."""
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    @property
    def children(self) -> set[int]:
        """The processes it has started and that are alive."""
        pid = self._process.pid
        return {
            int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        }


@contextmanager
def running(
    stage: Stage, broker: Broker, *commands: list[str], speed: float, clock: Path | None = None
) -> Iterator[list[Program]]:
    """These programs, for as long as the block; with a `clock` that file says by how much they misread the time."""
    programs: list[Program] = []
    try:
        for number, words in enumerate(commands):
            environment = _environment(stage, broker, speed) | _misreading(clock)
            log = stage.folder / f"{stage.name}-{number}.log"
            programs.append(Program(words, environment, log))
        yield programs
    finally:
        for program in programs:
            program.kill()


@contextmanager
def web_server(stage: Stage, broker: Broker) -> Iterator[tuple[Program, int]]:
    """gunicorn, and its port."""
    port = free_port()
    words = [*WEB, "--bind", f"127.0.0.1:{port}", "--no-control-socket"]
    with running(stage, broker, words, speed=1) as (program,):
        wait_for(port)
        yield program, port


def misread_by(clock: Path) -> float:
    """By how many seconds a program reads the time wrong while the file of its clock says so."""
    words = [sys.executable, "-c", "import time; print(time.time())"]
    environment = {**os.environ, **_misreading(clock)}
    told = subprocess.run(words, env=environment, capture_output=True, text=True, check=True)  # noqa: S603 - as above
    return float(told.stdout) - time.time()


def wait_until(done: Callable[[], bool], seconds: float = PATIENCE) -> bool:
    """Whether it came to be in this time."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if done():
            return True
        time.sleep(0.1)
    return done()


def _environment(stage: Stage, broker: Broker, speed: float) -> dict[str, str]:
    own = {
        "DATABASE_URL": stage.postgres.url(stage.name),
        "REDIS_URL": broker.url,
        "BROKER_URL": broker.url,
        "EMAIL_URL": f"smtp://127.0.0.1:{stage.relay.port}",
        "CHAOS_SPEED": str(speed),
        # No pace: how late one reminder is would otherwise be how many stand before it.
        "MAIL_PER_MINUTE": "0",
    }
    return {**os.environ, **own}


def _misreading(clock: Path | None) -> dict[str, str]:
    """A library between the program and the system: every clock of the machine but the one that only counts on."""
    if clock is None:
        return {}
    found = sorted(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"))
    if not found:
        raise SystemExit(
            "chaos needs a library that sets clocks wrong: apt-get install libfaketime"
        )
    return {
        "LD_PRELOAD": str(found[0]),
        "FAKETIME_TIMESTAMP_FILE": str(clock),
        "FAKETIME_NO_CACHE": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    }
