from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from pestzorg.outbox.models import Mail, State
from pestzorg.outbox.queue import abort, local_date_of, oldest_unsent_at, put, requeue
from pestzorg.outbox.tests.fakes import MORNING, queued

pytestmark = pytest.mark.django_db


def test_same_key_is_queued_once_a_day():
    queued()
    assert put("test", 1, MORNING.date(), "digest", MORNING, MORNING) is None
    assert Mail.objects.count() == 1


def test_next_day_another_person_and_another_key_are_other_mails():
    queued()
    queued(now=MORNING + timedelta(days=1))
    queued(recipient_id=2)
    queued(key="urgent:7")
    assert Mail.objects.count() == 4


def test_late_evening_in_utc_is_the_next_local_day():
    assert local_date_of(datetime(2025, 7, 1, 22, 30, tzinfo=UTC)) == date(2025, 7, 2)


def test_a_parked_mail_gets_a_fresh_series_of_tries():
    mail = queued()
    Mail.objects.update(state=State.PARKED, attempts=8, first_tried_at=MORNING)
    later = MORNING + timedelta(days=4)
    assert requeue(later, mail.uuid) == 1
    mail.refresh_from_db()
    assert (mail.state, mail.attempts, mail.first_tried_at, mail.not_before) == (
        State.QUEUED,
        0,
        None,
        later,
    )


def test_retry_leaves_sent_and_aborted_mails_alone():
    queued()
    queued(recipient_id=2)
    Mail.objects.filter(recipient_id=1).update(state=State.SENT)
    Mail.objects.filter(recipient_id=2).update(state=State.ABORTED)
    assert requeue(MORNING) == 0


def test_abort_tells_the_builder(builder):
    mail = queued()
    assert abort(mail.uuid, MORNING)
    mail.refresh_from_db()
    assert (mail.state, mail.error) == (State.ABORTED, "GivenUp")
    assert builder.endings == [(mail.pk, "aborted")]


@pytest.mark.parametrize("state", [State.SENDING, State.SENT, State.ABORTED])
def test_abort_refuses_a_mail_under_way_or_at_its_end(builder, state):
    mail = queued()
    Mail.objects.update(state=state)
    assert not abort(mail.uuid, MORNING)
    assert builder.endings == []


def test_oldest_unsent_mail_counts_from_when_it_could_have_gone():
    assert oldest_unsent_at(MORNING) is None
    queued(now=MORNING + timedelta(hours=1))
    assert oldest_unsent_at(MORNING) is None
    assert oldest_unsent_at(MORNING + timedelta(hours=3)) == MORNING + timedelta(hours=1)


def test_a_sent_mail_is_not_the_oldest_unsent():
    queued()
    Mail.objects.update(state=State.SENT)
    assert oldest_unsent_at(MORNING + timedelta(hours=3)) is None
