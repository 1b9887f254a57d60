"""Processes that live and die together. Knows nothing of what they are for."""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from types import TracebackType
from typing import IO, Any, Self

PATIENCE_SECONDS = 12  # more than gunicorn and celery take to finish what they are doing
POLL_SECONDS = 0.1
PR_SET_PDEATHSIG = 1  # prctl(2)


class StopRequested(Exception):
    """Ctrl-C or SIGTERM."""


class ChildEnded(Exception):
    """A child that should still run does not."""


@dataclass(frozen=True)
class Child:
    """One started process under the name that people read."""

    name: str
    process: subprocess.Popen[str]


class Children:
    """Starts processes in order and stops them in reverse; none outlives the block.

    A stop request becomes an exception at the next look (`wait_until`, `watch`, `finish`), never
    in the middle of a start, so that no process is forgotten.
    """

    def __init__(self, environment: Mapping[str, str]) -> None:
        self.environment = dict(environment)
        self._running: list[Child] = []
        self._stop_requested = False
        self._handlers: dict[int, Any] = {}

    def __enter__(self) -> Self:
        for number in (signal.SIGINT, signal.SIGTERM):
            self._handlers[number] = signal.signal(number, self._request_stop)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        for child in reversed(self._running):
            _stop(child.process)
        for number, handler in self._handlers.items():
            signal.signal(number, handler)

    def start(
        self, name: str, command: Sequence[str], output: IO[str] | int | None = None
    ) -> Child:
        """A new process; it gets SIGTERM when this one dies, however it dies."""
        process = subprocess.Popen(  # noqa: S603 - commands are written in this package
            [str(word) for word in command],
            env=self.environment,
            stdout=output,
            text=True,
            # Ctrl-C in a terminal reaches a whole session; only we may hear it, to keep the order.
            start_new_session=True,
            preexec_fn=_die_with_parent(),
        )
        child = Child(name, process)
        self._running.append(child)
        return child

    def finish(self, name: str, command: Sequence[str]) -> str:
        """Run a process to its end and hand back what it printed; refuses one that fails."""
        child = self.start(name, command, output=subprocess.PIPE)
        self._running.remove(child)
        try:
            return self._output_of(child)
        finally:
            _stop(child.process)

    def wait_until(self, ready: Callable[[], bool], seconds: float = 60) -> None:
        """Wait for something that the children bring about; gives up after so many seconds."""
        deadline = time.monotonic() + seconds
        while not ready():
            self._look()
            if time.monotonic() > deadline:
                raise ChildEnded(f"Not ready after {seconds:.0f} seconds.")
            time.sleep(POLL_SECONDS)

    def watch(self) -> None:
        """Wait until somebody asks to stop, or a child ends by itself."""
        while True:
            self._look()
            time.sleep(POLL_SECONDS)

    def _look(self) -> None:
        if self._stop_requested:
            raise StopRequested
        for child in self._running:
            if child.process.poll() is not None:
                raise ChildEnded(f"{child.name} ended with code {child.process.returncode}.")

    def _output_of(self, child: Child) -> str:
        while True:
            self._look()
            try:
                output, _errors = child.process.communicate(timeout=POLL_SECONDS)
            except subprocess.TimeoutExpired:
                continue
            if child.process.returncode:
                raise ChildEnded(f"{child.name} ended with code {child.process.returncode}.")
            return output

    def _request_stop(self, number: int, frame: object) -> None:
        self._stop_requested = True


def port_is_free(port: int) -> bool:
    """Whether a server of ours could listen on this port of 127.0.0.1 now."""
    with socket.socket() as probe:
        # As the server does it: connections that are still closing down are no obstacle.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _stop(process: subprocess.Popen[str]) -> None:
    if process.poll() is not None:
        return
    process.terminate()
    try:
        process.wait(PATIENCE_SECONDS)
    except subprocess.TimeoutExpired:
        # The group: a child that does not react may have children of its own.
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _die_with_parent() -> Callable[[], object] | None:
    if sys.platform != "linux":
        return None
    # Loaded here: after the fork only the call itself is safe.
    return partial(ctypes.CDLL(None).prctl, PR_SET_PDEATHSIG, signal.SIGTERM)
