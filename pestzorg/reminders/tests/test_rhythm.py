"""The digest waits for the rhythm of its reader; what became critical meanwhile does not."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from django.core import mail as django_mail

from pestzorg.outbox.delivery import deliver
from pestzorg.reminders import rhythm
from pestzorg.reminders.digest import DIGEST
from pestzorg.reminders.models import Kind, Outcome, Reminder
from pestzorg.reminders.plan import hasten
from pestzorg.reminders.sweep import sweep
from pestzorg.reminders.tests.fakes import DAY, MORNING, planned

pytestmark = pytest.mark.django_db

MONDAY = MORNING + 5 * DAY


class Mondays:
    """Once a week, whatever the hour."""

    def __call__(self, recipient_id: int, at: datetime) -> datetime:
        weeks = -((MONDAY - at) // (7 * DAY)) if at > MONDAY else 0
        return MONDAY + weeks * 7 * DAY


class Choice:
    """What the reader chose; changes when somebody says so."""

    def __init__(self, starts: datetime | None) -> None:
        self.starts = starts

    def __call__(self, recipient_id: int, now: datetime) -> datetime | None:
        return None if self.starts is None else max(self.starts, now)


@pytest.fixture
def choice(monkeypatch, source):
    choice = Choice(MONDAY)
    monkeypatch.setattr(rhythm, "book", [choice])
    return choice


def run(now):
    sweep(now)
    deliver(now)
    return len(django_mail.outbox)


def outcomes():
    return set(Reminder.objects.values_list("outcome", flat=True))


def test_once_a_week_one_mail_holds_what_came_up_since(choice):
    first = planned()
    assert run(MORNING) == 0
    second = planned(MORNING + DAY)
    assert run(MORNING + DAY) == 0
    assert run(MONDAY) == 1
    body = django_mail.outbox[0].body
    assert str(first) in body
    assert str(second) in body
    assert outcomes() == {Outcome.MAILED}


def test_a_monday_on_which_nothing_ran_is_made_up_for(source, monkeypatch):
    monkeypatch.setattr(rhythm, "book", [Mondays()])
    planned()
    assert run(MORNING) == 0
    assert run(MONDAY + DAY) == 1
    planned(MONDAY + DAY)
    assert run(MONDAY + 2 * DAY) == 1
    assert run(MONDAY + 7 * DAY) == 2


def test_a_digest_on_its_way_waits_for_no_other_monday(source, server, monkeypatch):
    monkeypatch.setattr(rhythm, "book", [Mondays()])
    done, still_open = planned(MONDAY), planned(MONDAY)
    server.at_door = ConnectionRefusedError()
    assert run(MONDAY) == 0
    monkeypatch.setattr(rhythm, "book", [lambda _recipient, at: at + 5 * DAY])
    source.done.add(done)
    server.at_door = None
    assert run(MONDAY + timedelta(minutes=2)) == 1
    assert str(still_open) in django_mail.outbox[0].body


def test_no_mail_means_no_mail_and_leaves_nothing_waiting(choice):
    choice.starts = None
    planned()
    assert run(MORNING) == 0
    assert outcomes() == {Outcome.DROPPED}
    choice.starts = MORNING
    planned(MORNING + DAY)
    assert run(MORNING + DAY) == 1, "who wants mail again gets what comes up from then on"


@pytest.mark.parametrize("starts", [MONDAY, None])
def test_an_urgent_mail_asks_nobody_for_a_rhythm(choice, starts):
    choice.starts = starts
    planned(urgent=True)
    assert run(MORNING) == 1


@pytest.mark.parametrize("starts", [MONDAY, None])
def test_what_is_hastened_leaves_the_digest_and_goes_out_alone(choice, starts):
    choice.starts = starts
    thing, other = planned(), planned()
    sweep(MORNING)
    hasten("test", [thing], MORNING)
    assert run(MORNING) == 1
    assert str(thing) in django_mail.outbox[0].body
    assert str(other) not in django_mail.outbox[0].body


@pytest.mark.parametrize("starts", [MONDAY, None])
def test_what_became_critical_before_the_mail_is_told(choice, source, starts):
    choice.starts = starts
    planned()
    sweep(MORNING)
    source.answer = replace(source.answer, urgent=True)
    deliver(MORNING)
    assert len(django_mail.outbox) == 1
    assert outcomes() == {Outcome.MAILED}


def test_another_choice_counts_for_the_mail_that_waits(choice):
    planned()
    assert run(MORNING) == 0
    choice.starts = MORNING
    rhythm.chosen_anew(1, DIGEST, MORNING + DAY)
    assert run(MORNING + DAY) == 1


NET = [Kind.ESCALATION, Kind.FIRST_RESPONSE]


@pytest.mark.parametrize("starts", [MONDAY, None])
@pytest.mark.parametrize("kind", NET)
def test_what_nobody_else_comes_after_asks_for_no_rhythm(choice, starts, kind):
    choice.starts = starts
    usual = planned()
    assert run(MORNING) == 0
    thing = planned(MORNING + DAY, kind=kind)
    assert run(MORNING + DAY) == 1
    assert str(thing) in django_mail.outbox[0].body
    assert str(usual) not in django_mail.outbox[0].body


@pytest.mark.parametrize("kind", NET)
def test_on_the_day_of_the_digest_it_is_part_of_the_digest(choice, kind):
    planned()
    planned(MONDAY, kind=kind)
    assert run(MONDAY) == 1
    assert outcomes() == {Outcome.MAILED}


@pytest.mark.parametrize("starts", [MONDAY, None])
@pytest.mark.parametrize("kind", NET)
def test_a_choice_of_after_the_planning_loses_none_of_it(choice, starts, kind):
    choice.starts = MORNING
    planned(kind=kind)
    sweep(MORNING)
    choice.starts = starts
    deliver(MORNING)
    assert len(django_mail.outbox) == 1
    assert outcomes() == {Outcome.MAILED}


@pytest.mark.parametrize("kind", NET)
def test_it_waits_for_opening_time_also_when_nothing_else_is_wanted(choice, source, kind):
    choice.starts = MORNING
    usual, thing = planned(), planned(kind=kind)
    sweep(MORNING)
    choice.starts, source.opens_at[thing] = None, MORNING + DAY
    deliver(MORNING)
    assert dict(Reminder.objects.values_list("source_uuid", "outcome")) == {
        usual: Outcome.DROPPED,
        thing: "",
    }
    assert run(MORNING + DAY) == 1
