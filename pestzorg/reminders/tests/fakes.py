"""A source that can do all that sources do: want, forget, wait for opening time and break."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

from pestzorg.reminders.models import Kind
from pestzorg.reminders.plan import Moment, plan
from pestzorg.reminders.sources import Wanted

MORNING = datetime(2025, 11, 12, 7, 0, tzinfo=UTC)
DAY = timedelta(days=1)
FRIDAY = date(2025, 11, 14)


class FakeSource:
    """Wants everything by default, also what nobody planned."""

    name = "test"

    def __init__(self) -> None:
        self.answer = Wanted(
            (1,), "PZ-7K3M-Q2", "/agreements/x", MORNING, urgent=False, school="De Eik"
        )
        self.done: set[UUID] = set()
        self.poisoned: set[UUID] = set()
        self.recipients: dict[UUID, tuple[int, ...]] = {}
        self.opens_at: dict[UUID, datetime] = {}
        self.paths: dict[UUID, str] = {}

    def wanted(self, source_uuid: UUID, kind: str, due_on: date, now: datetime) -> Wanted | None:
        if source_uuid in self.poisoned:
            raise ValueError("Noor was here")
        if source_uuid in self.done:
            return None
        return replace(
            self.answer,
            recipients=self.recipients.get(source_uuid, self.answer.recipients),
            send_from=max(now, self.opens_at.get(source_uuid, now)),
            path=self.paths.get(source_uuid, f"/agreements/{source_uuid}"),
        )


def planned(
    fires_at: datetime = MORNING,
    *,
    uuid: UUID | None = None,
    kind: str = Kind.UPCOMING,
    due_on: date = FRIDAY,
    urgent: bool = False,
) -> UUID:
    thing = uuid or uuid4()
    plan("test", thing, [Moment(kind, due_on, fires_at, urgent)])
    return thing
