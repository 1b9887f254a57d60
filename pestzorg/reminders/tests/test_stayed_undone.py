"""What stays undone in several grave things comes to a coordinator as one mail."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.db.models import Count

from pestzorg.outbox.models import Mail
from pestzorg.reminders.models import Kind
from pestzorg.reminders.sweep import Counts, plan_one, queue_one, sweep
from pestzorg.reminders.tests.fakes import MORNING, planned

pytestmark = pytest.mark.django_db


def test_it_is_one_mail_and_other_urgent_news_keeps_its_own(source):
    source.answer = replace(source.answer, urgent=True)
    undone = [planned(kind=Kind.ESCALATION) for _ in range(3)]
    planned()
    planned()
    assert sweep(MORNING) == Counts(planned=5, queued=3)
    [together] = Mail.objects.annotate(parts=Count("reminders")).filter(parts=3)
    assert set(together.reminders.values_list("source_uuid", flat=True)) == set(undone)


def test_it_waits_until_all_of_it_is_planned(source):
    source.answer = replace(source.answer, urgent=True)
    planned(kind=Kind.ESCALATION)
    planned(kind=Kind.ESCALATION)
    assert plan_one(MORNING)
    assert not queue_one(MORNING)
    assert sweep(MORNING) == Counts(planned=1, queued=1)
