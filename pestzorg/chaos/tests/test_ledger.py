"""The count itself: a ledger that overlooks a loss would prove nothing."""

from __future__ import annotations

from uuid import uuid4

import pytest

from pestzorg.bench.verdict import Verdict
from pestzorg.chaos.ledger import Ledger
from pestzorg.chaos.relay import Accepted

FIRST, SECOND = (f"/agreements/{uuid4()}/" for _ in range(2))
WANTED = {("a@x", FIRST), ("b@x", SECOND)}


def mail(message_id: str, to: str, *pages: str, subject: str = "Subject") -> Accepted:
    return Accepted(0.0, message_id, to, subject, " ".join(f"https://p.example{p}" for p in pages))


ONCE_EACH = [mail("<1>", "a@x", FIRST), mail("<2>", "b@x", SECOND)]


def counts(*log: Accepted) -> dict[str, int]:
    ledger = Ledger(log, WANTED)
    names = ("lost", "unwanted", "duplicates", "repeats", "changed")
    return {name: getattr(ledger, name) for name in names if getattr(ledger, name)}


@pytest.mark.parametrize(
    ("log", "found"),
    [
        (ONCE_EACH, {}),
        ([mail("<1>", "a@x", FIRST, SECOND), ONCE_EACH[1]], {"unwanted": 1}),
        (ONCE_EACH[:1], {"lost": 1}),
        ([], {"lost": 2}),
        ([*ONCE_EACH, mail("<3>", "a@x", FIRST)], {"duplicates": 1}),
        ([*ONCE_EACH, ONCE_EACH[0], ONCE_EACH[0]], {"repeats": 2}),
        ([*ONCE_EACH, mail("<2>", "b@x", SECOND, subject="Else")], {"repeats": 1, "changed": 1}),
        ([ONCE_EACH[0], mail("<2>", "a@x", SECOND)], {"lost": 1, "unwanted": 1}),
    ],
)
def test_every_kind_of_mistake_is_counted(log, found):
    assert counts(*log) == found


def test_a_loss_is_a_miss_of_the_run():
    verdict = Verdict(asks=True)
    Ledger(ONCE_EACH[:1], WANTED).judge("R01", verdict)
    assert [line.what for line in verdict.missed] == ["lost"]
