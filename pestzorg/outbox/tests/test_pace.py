"""After an outage everything leaves, but not all at once, and what cannot wait goes first."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

import pytest
from django.core import mail as django_mail

from pestzorg import clock
from pestzorg.outbox import tasks
from pestzorg.outbox.delivery import Counts, deliver
from pestzorg.outbox.models import Mail, Priority, State
from pestzorg.outbox.queue import put
from pestzorg.outbox.tasks import run_deliver
from pestzorg.outbox.tests.fakes import LETTER, MORNING, queued

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)


@pytest.fixture
def ticking(monkeypatch) -> list[datetime]:
    """A clock that only naps move on."""
    moments = [MORNING]
    monkeypatch.setattr(clock, "now", lambda: moments[-1])
    monkeypatch.setattr(
        tasks.time, "sleep", lambda nap: moments.append(moments[-1] + timedelta(seconds=nap))
    )
    monkeypatch.setattr(tasks.time, "monotonic", lambda: (moments[-1] - MORNING).total_seconds())
    return moments


def many(count: int, **more) -> None:
    for recipient_id in range(1, count + 1):
        put("test", recipient_id, MORNING.date(), "digest", MORNING, MORNING, **more)


def test_in_no_minute_leaves_more_than_is_allowed(builder, settings):
    settings.MAIL_PER_MINUTE = 60
    many(150)
    sent: list[int] = []
    for second in range(180):
        sent += [second] * deliver(MORNING + second * SECOND, paced=True).sent
    busiest = max(sum(start <= s < start + 60 for s in sent) for start in range(180))
    assert len(sent) == 150
    assert 50 <= busiest <= 60


def test_a_mail_whose_turn_has_not_come_stays_first_and_has_no_try_more(builder, settings):
    settings.MAIL_PER_MINUTE = 12
    many(2)
    counts = deliver(MORNING, paced=True)
    assert (counts.sent, counts.wait > 0) == (1, True)
    waiting = Mail.objects.get(state=State.QUEUED)
    assert (waiting.recipient_id, waiting.attempts, waiting.lease_until) == (2, 0, None)


def test_without_a_figure_there_is_no_limit(builder, settings):
    settings.MAIL_PER_MINUTE = 0
    many(40)
    assert deliver(MORNING, paced=True) == Counts(sent=40)


def test_a_run_at_a_given_moment_knows_no_limit(builder, settings):
    settings.MAIL_PER_MINUTE = 2
    many(5)
    assert run_deliver("2025-11-12T08:00")["sent"] == 5


def test_a_run_goes_on_as_its_pace_allows_until_nothing_is_left(builder, settings, ticking):
    settings.MAIL_PER_MINUTE = 60
    many(30)
    assert run_deliver()["sent"] == 30
    assert timedelta(seconds=20) < ticking[-1] - MORNING < timedelta(seconds=40)
    assert Mail.objects.latest("sent_at").sent_at == ticking[-1]


def test_a_run_ends_after_a_minute_and_the_next_one_goes_on(builder, settings, ticking):
    settings.MAIL_PER_MINUTE = 60
    many(100)
    first = run_deliver()
    assert 50 <= first["sent"] <= 61
    assert ticking[-1] - MORNING < timedelta(seconds=63)
    assert first["sent"] + run_deliver()["sent"] == 100


def test_urgent_mail_overtakes_and_todays_comes_before_the_rest(builder):
    queued(recipient_id=3)
    put("test", 2, MORNING.date(), "digest", MORNING + SECOND, MORNING, Priority.TODAY)
    put("test", 1, MORNING.date(), "urgent:1", MORNING + 2 * SECOND, MORNING, Priority.URGENT)
    deliver(MORNING + 3 * SECOND)
    assert [message.to[0][:2] for message in django_mail.outbox] == ["p1", "p2", "p3"]


def test_what_failed_together_does_not_come_back_together(builder, server):
    server.at_door = ConnectionRefusedError()
    builder.verdicts = [LETTER]
    many(30)
    deliver(MORNING)
    pauses = Counter(mail.retry_at - MORNING for mail in Mail.objects.all())
    assert len(pauses) > 20
    assert timedelta(minutes=1) <= min(pauses) < max(pauses) <= timedelta(minutes=1.2)
