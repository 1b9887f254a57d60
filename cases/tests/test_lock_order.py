"""Whoever writes in a conversation locks its case first, so that two people wait for each other in one order."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cases.models import StepRecord
from cases.services import items
from cases.services.steps import complete_step, save_step, skip_step
from cases.tests.finishing import done, full
from cases.tests.scene import Scene
from pestzorg.posting.versions import Stale
from pestzorg.testing.builders import NOW

pytestmark = pytest.mark.postgres
SOON = NOW + timedelta(hours=1)
LOCKS = ("INSERT", "UPDATE", "DELETE")
WRITERS: dict[str, Callable[[Scene], object]] = {
    "measure": lambda s: items.put_measure(
        s.teacher, s.conversation, "change_password", now=SOON, status="declined"
    ),
    "save": lambda s: save_step(s.teacher, s.step(1), {"red_flags": ["weapon"]}, now=SOON),
    "complete": lambda s: complete_step(s.teacher, s.step(5), now=SOON),
    "skip": lambda s: skip_step(s.teacher, s.step(10), "pupil_declined", note="Later.", now=SOON),
}


@pytest.mark.parametrize("writer", WRITERS)
def test_the_case_is_locked_before_anything_in_it(begun: Scene, writer: str) -> None:
    done(begun, 5)
    with CaptureQueriesContext(connection) as seen:
        WRITERS[writer](begun)
    statements = [query["sql"] for query in seen.captured_queries]
    locking = [s for s in statements if s.startswith(LOCKS) or "FOR NO KEY UPDATE" in s]
    assert 'FROM "cases_case"' in locking[0]


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_of_two_who_change_a_settled_step_at_once_the_later_one_reads_it_again(
    begun: Scene,
) -> None:
    done(begun, 5)
    pages = [begun.step(5), begun.step(5)]
    given, start = {**full(begun, 5), "self_blame": "none"}, Barrier(2)

    def run(page: StepRecord) -> str:
        start.wait()
        try:
            return save_step(begun.teacher, page, given, now=SOON).status
        except Stale:
            return "stale"
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(run, pages)) == ["done", "stale"]
    assert begun.step(5).versions.count() == 1
