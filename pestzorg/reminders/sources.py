"""Where each app plugs in what it wants remembered. What that is, and for whom, only the source knows."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Protocol, TypeVar
from uuid import UUID

from pestzorg.reminders.models import DueMoment, Reminder

# A source that raises is asked again after this; meanwhile its row is out of everybody's way.
POISONED_FOR = timedelta(hours=1)


@dataclass(frozen=True)
class Wanted:
    """The answer of a source; everything in it may be read by whoever sees the mail."""

    recipients: tuple[int, ...]
    reference: str  # the case code
    path: str  # of a page behind login
    send_from: datetime  # first moment the school allows; `now` itself while it does
    urgent: bool
    school: str


class Source(Protocol):
    """Something with deadlines."""

    name: str

    def wanted(self, source_uuid: UUID, kind: str, due_on: date, now: datetime) -> Wanted | None:
        """Whether this still has to be remembered, and by whom. Asked when planning and before every try."""


T = TypeVar("T")
_found: ContextVar[dict[Hashable, Any] | None] = ContextVar("found", default=None)

registry: dict[str, Source] = {}


def register(source: Source) -> None:
    """Let this source answer for its name."""
    registry[source.name] = source


def ask(row: DueMoment | Reminder, now: datetime) -> Wanted | None:
    """The answer of the row's source; raises LookupError when nobody registered it."""
    return registry[row.source].wanted(row.source_uuid, row.kind, row.due_on, now)


@contextmanager
def together() -> Iterator[None]:
    """Sources asked within the block may use for one thing what they looked up for another."""
    token = _found.set({})
    try:
        yield
    finally:
        _found.reset(token)


def looked_up(key: Hashable, look_up: Callable[[], T]) -> T:
    """The answer to a question that many things of one block share; outside a block it is asked each time."""
    found = _found.get()
    if found is None:
        return look_up()
    if key not in found:
        found[key] = look_up()
    answer: T = found[key]
    return answer
