"""What the sweep queued is delivered at once, not with the next minute's hint."""

from __future__ import annotations

from typing import Any

import pytest
from kombu.exceptions import OperationalError

from pestzorg.outbox.tasks import deliver_task
from pestzorg.reminders.tasks import sweep_and_hint
from pestzorg.reminders.tests.fakes import MORNING, planned

pytestmark = pytest.mark.django_db


@pytest.fixture
def hints(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    given: list[dict[str, Any]] = []
    monkeypatch.setattr(deliver_task, "apply_async", lambda **options: given.append(options))
    return given


def test_a_sweep_that_queued_something_hints_at_delivery_once(
    source: Any, at: Any, hints: list[dict[str, Any]]
) -> None:
    at(MORNING)
    planned()
    assert sweep_and_hint()["queued"] == 1
    assert [hint["retry"] for hint in hints] == [False]
    assert sweep_and_hint()["queued"] == 0
    assert len(hints) == 1


def test_a_sweep_of_another_moment_leaves_delivery_to_who_asked(
    source: Any, hints: list[dict[str, Any]]
) -> None:
    planned()
    assert sweep_and_hint(MORNING.isoformat())["queued"] == 1
    assert hints == []


def test_without_a_broker_the_sweep_is_done_all_the_same(
    source: Any, at: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(**_options: Any) -> None:
        raise OperationalError

    monkeypatch.setattr(deliver_task, "apply_async", away)
    at(MORNING)
    planned()
    assert sweep_and_hint()["queued"] == 1
