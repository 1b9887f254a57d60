"""How long after its moment each reminder was accepted, in the time that the clock of the scenario showed."""

from __future__ import annotations

import time
from collections.abc import Collection
from datetime import datetime, timedelta
from statistics import quantiles

from django.db.models import QuerySet

from pestzorg.chaos import world
from pestzorg.chaos.stage import Stage
from pestzorg.reminders.models import DueMoment


class Punctuality:
    """Spreads the urgent moments of a scenario over a while; each of them is a mail of its own."""

    def __init__(self, stage: Stage, speed: float, over: timedelta) -> None:
        self.stage, self.speed, self.over = stage, speed, over
        self.due: dict[str, datetime] = {}
        rows = list(_urgent())
        for number, moment in enumerate(rows):
            moment.fires_at = world.REMINDED_AT + over * number / len(rows)
            self.due[f"/agreements/{moment.source_uuid}/"] = moment.fires_at
        DueMoment.objects.bulk_update(rows, ["fires_at"])

    def begin(self) -> None:
        """It is the first of these moments now."""
        self.began = time.monotonic()
        self.stage.clock.show(world.REMINDED_AT, self.speed)

    def wait_until(self, share: float) -> None:
        """Until this part of the while has passed."""
        until = self.began + share * self.over.total_seconds() / self.speed
        time.sleep(max(0.0, until - time.monotonic()))

    def delays(self, since: float = 0, until: float = 1) -> list[float]:
        """In seconds, of what fell due in this part; what never came is not among them: the ledger counts it."""
        accepted: dict[str, float] = {}
        for mail in self.stage.relay.log:
            for page in mail.agreements:
                accepted.setdefault(page, mail.at)
        first, last = (world.REMINDED_AT + self.over * share for share in (since, until))
        asked = {page: moment for page, moment in self.due.items() if first <= moment < last}
        return [
            self._after(moment, accepted[page])
            for page, moment in asked.items()
            if page in accepted
        ]

    def _after(self, due: datetime, accepted: float) -> float:
        shown = world.REMINDED_AT + timedelta(seconds=(accepted - self.began) * self.speed)
        return (shown - due).total_seconds()


def p95(values: Collection[float]) -> float:
    """What nineteen of twenty stay below."""
    return round(quantiles(values, n=20, method="inclusive")[-1], 1)


def _urgent() -> QuerySet[DueMoment]:
    first = DueMoment.objects.filter(settled_at=None, urgent=True, fires_at=world.REMINDED_AT)
    return first.order_by("pk")
