"""The audit log under load, for the test of S41 and for the benchmark: writers beside chainers, on PostgreSQL."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from threading import Event, Thread

from django.db import connection

from pestzorg.audit import log
from pestzorg.audit.chain import chain
from pestzorg.audit.models import AuditLink
from pestzorg.audit.verify import Bad, verify
from pestzorg.testing.builders import NOW


@dataclass(frozen=True)
class Load:
    """What one run showed; `forks` counts links that share what came before them."""

    rows: int
    linked: int
    forks: int
    bad: Bad | None
    write_seconds: float
    all_seconds: float


def write_and_chain(writers: int = 8, rows: int = 250, chainers: int = 2) -> Load:
    """`writers` threads write `rows` events each, one transaction per event, while `chainers` link them."""
    done, linked = Event(), []

    def write() -> None:
        for number in range(rows):
            log.record(None, "load", now=NOW, number=number)

    def link() -> None:
        while not done.is_set():
            linked.append(chain(NOW))
            done.wait(0.02)

    began = time.monotonic()
    linking = _started([link] * chainers)
    _ended(_started([write] * writers))
    written = time.monotonic()
    done.set()
    _ended(linking)
    linked.append(chain(NOW))
    all_seconds = time.monotonic() - began
    before = Counter(AuditLink.objects.values_list("previous", flat=True))
    forks = sum(count - 1 for count in before.values())
    return Load(writers * rows, sum(linked), forks, verify({}).bad, written - began, all_seconds)


def _started(works: list[Callable[[], None]]) -> list[Thread]:
    threads = [Thread(target=_and_close, args=[work]) for work in works]
    for thread in threads:
        thread.start()
    return threads


def _and_close(work: Callable[[], None]) -> None:
    try:
        work()
    finally:
        connection.close()


def _ended(threads: list[Thread]) -> None:
    for thread in threads:
        thread.join()
