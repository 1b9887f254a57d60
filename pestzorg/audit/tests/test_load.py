"""Eight writers and two chainers at once: the chain never forks and never breaks (S41)."""

from __future__ import annotations

from threading import Barrier, Thread

import pytest
from django.db import connection, transaction

from pestzorg.audit import log
from pestzorg.audit.chain import chain
from pestzorg.audit.models import AuditLink
from pestzorg.audit.verify import verify
from pestzorg.testing.audit_load import write_and_chain
from pestzorg.testing.builders import NOW

pytestmark = [pytest.mark.postgres, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

# A smaller share of the 250 rows each that the benchmark writes, to keep the suite short.
RUNS, WRITERS, EACH = 10, 8, 100


def test_the_chain_does_not_fork_in_ten_runs_of_eight_writers() -> None:
    for _run in range(RUNS):
        load = write_and_chain(WRITERS, EACH)
        assert (load.forks, load.bad, load.linked) == (0, None, load.rows)
    assert AuditLink.objects.count() == RUNS * WRITERS * EACH


def test_an_event_that_commits_after_a_later_one_was_chained_is_linked_next() -> None:
    begun, chained = Barrier(2), Barrier(2)

    def slow() -> None:
        with transaction.atomic():
            log.record(None, "slow", now=NOW)
            begun.wait()
            chained.wait()
        connection.close()

    writer = Thread(target=slow)
    writer.start()
    begun.wait()
    later = log.record(None, "quick", now=NOW)
    chain(NOW)
    assert list(AuditLink.objects.values_list("event_id", flat=True)) == [later.pk]
    chained.wait()
    writer.join()
    chain(NOW)
    order = list(AuditLink.objects.order_by("position").values_list("event_id", flat=True))
    assert order == [later.pk, later.pk - 1]
    assert verify({}).bad is None
