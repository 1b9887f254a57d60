"""A Redis of our own, to be emptied, filled up and killed. It keeps nothing on disk: a restart has lost everything."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from redis import Redis

from pestzorg.chaos.ports import free_port, wait_for

QUEUE = "celery"


class Broker:
    """One server on a free port of this machine."""

    def __init__(self, folder: Path) -> None:
        self.port, self.folder = free_port(), folder
        self.start()

    @property
    def url(self) -> str:
        """Its address."""
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        """Start, and wait until it answers."""
        words = f"--port {self.port} --bind 127.0.0.1 --appendonly no --maxmemory-policy noeviction"
        command = [_program(), *words.split(), "--save", "", "--dir", str(self.folder)]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL)  # noqa: S603 - words of this file
        wait_for(self.port)

    def kill(self) -> None:
        """SIGKILL."""
        self._process.kill()
        self._process.wait()

    def stop(self) -> None:
        """As an operator would."""
        self._process.terminate()
        self._process.wait()

    def ask(self, *words: str) -> Any:
        """A command, and the server's answer."""
        with Redis(port=self.port) as client:
            return client.execute_command(*words)

    def take_nothing(self) -> None:
        """Only be read: as the copy of a server that is not there."""
        self.ask("REPLICAOF", "127.0.0.1", "1")

    def take_all(self) -> None:
        """A server of its own again."""
        self.ask("REPLICAOF", "NO", "ONE")

    @property
    def waiting(self) -> int:
        """How many hints no worker has taken yet."""
        return int(self.ask("LLEN", QUEUE))


@contextmanager
def own_broker(folder: Path) -> Iterator[Broker]:
    """A broker for one scenario."""
    broker = Broker(folder)
    try:
        yield broker
    finally:
        broker.kill()


def _program() -> str:
    found = shutil.which("redis-server")
    if found is None:
        raise SystemExit("chaos needs Redis' own program: apt-get install redis-server")
    return found
