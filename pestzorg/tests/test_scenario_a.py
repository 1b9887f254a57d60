"""Scenario A through the services: what is refused, what is reminded, exactly and nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta

import pytest
from django.core import mail

from cases.models import Conversation
from cases.services.agreements import settle_agreement
from pestzorg.demo import scenario_a
from pestzorg.demo.scenario_a import SchoolA
from pestzorg.outbox.delivery import deliver
from pestzorg.reminders.models import Reminder
from pestzorg.reminders.sweep import sweep
from pestzorg.testing.scenario_a import EXPECTED, FIRST_DAY, LAST_DAY, reminded_on, ticked_after

pytestmark = pytest.mark.django_db


@pytest.fixture
def told() -> tuple[SchoolA, Conversation]:
    a = scenario_a.found_school_a("pestzorg-demo")
    conversation = scenario_a.report_and_assess(a)
    scenario_a.first_sitting(a, conversation)
    scenario_a.second_sitting(a, conversation)
    return a, conversation


def test_the_case_is_active_at_level_two(told: tuple[SchoolA, Conversation]) -> None:
    case = told[1].case
    case.refresh_from_db()
    assert (case.status, case.severity) == ("active", 2)
    assert case.first_talk_due_on == date(2025, 11, 6)


def test_the_conversation_is_completed_with_two_sittings(
    told: tuple[SchoolA, Conversation],
) -> None:
    conversation = told[1]
    conversation.refresh_from_db()
    assert conversation.status == "completed"
    assert [s.safety_score_start for s in conversation.sittings.all()] == [None, 5]
    assert conversation.measures.get(key="unfriend_block").status == "declined"


def test_seven_agreements_have_the_given_owners_and_dates(
    told: tuple[SchoolA, Conversation],
) -> None:
    found = [
        (a.owner, a.responsible_staff.first_name, a.due_on, a.standing)
        for a in told[1].case.agreements.order_by("id")
    ]
    assert found == [
        ("Noor", "Sami", date(2025, 11, 7), False),
        ("Noor", "Sami", date(2025, 11, 7), False),
        ("Marit Hoekstra", "Marit", date(2025, 11, 7), False),
        ("Fleur Bakker", "Fleur", date(2025, 11, 10), False),
        ("Karin", "Sami", date(2025, 11, 10), False),
        ("Sami Özdemir", "Sami", date(2025, 11, 14), False),
        ("Mila", "Marit", date(2025, 11, 17), True),
    ]


def test_reminders_are_exactly_these_and_nothing_else(told: tuple[SchoolA, Conversation]) -> None:
    a, conversation = told
    sent: dict[date, set[tuple[str, str, str]]] = {}
    for morning in _mornings():
        _sweep_all_day(morning)
        sent[morning.date()] = reminded_on(conversation, morning)
        ticked_after(a, conversation, morning)
    assert {day: found for day, found in sent.items() if found} == EXPECTED
    assert len(mail.outbox) == len({(m.to[0], m.extra_headers["Message-ID"]) for m in mail.outbox})
    per_person_and_day = [(m.to[0], m.extra_headers["Date"][:16]) for m in mail.outbox]
    assert len(per_person_and_day) == len(set(per_person_and_day))


def test_mails_hold_no_name_and_no_content(told: tuple[SchoolA, Conversation]) -> None:
    case = told[1].case
    for morning in _mornings():
        _sweep_all_day(morning)
    names = {p.name for p in case.participants.all()} | {"Karin", "Mila"}
    forbidden = re.compile(
        rf"\b({'|'.join(names)})\b|sticker|wachtwoord|groep 7|pest(?!zorg)", re.IGNORECASE
    )
    assert mail.outbox
    for message in mail.outbox:
        html, _type = message.alternatives[0]
        headers = " ".join(message.extra_headers.values())
        assert forbidden.search(" ".join([message.subject, headers, message.body, html])) is None
        assert case.reference in message.body


def test_overdue_by_one_day_without_escalation(told: tuple[SchoolA, Conversation]) -> None:
    a5 = told[1].case.agreements.get(owner_name="Karin")
    for morning in _mornings():
        _sweep_all_day(morning)
        if morning.date() == date(2025, 11, 11):
            settle_agreement(a5.responsible_staff, a5, "done", now=morning + timedelta(hours=8))
    kinds = set(Reminder.objects.filter(source_uuid=a5.uuid).values_list("kind", flat=True))
    assert kinds == {"due_today", "overdue"}


def _mornings() -> Iterator[datetime]:
    day = FIRST_DAY
    while day <= LAST_DAY:
        yield datetime(day.year, day.month, day.day, 7, 30, tzinfo=scenario_a.AMSTERDAM)
        day += timedelta(days=1)


def _sweep_all_day(morning: datetime) -> None:
    for hours in (0, 5, 12):
        sweep(morning + timedelta(hours=hours, minutes=1))
        deliver(morning + timedelta(hours=hours, minutes=2))
