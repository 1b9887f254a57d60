"""What the pages of the conversation say about their questions, and about what comes next."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from django.test import Client

from cases.models import Case, Conversation
from pestzorg.demo import scenario_a
from pestzorg.demo.scenario_a import SchoolA

pytestmark = pytest.mark.django_db


@pytest.fixture
def a(at: Callable[[datetime], None]) -> SchoolA:
    at(scenario_a.at(4, 10, 15))
    return scenario_a.found_school_a("pestzorg-test")


@pytest.fixture
def conversation(a: SchoolA) -> Conversation:
    return scenario_a.report_and_assess(a)


@pytest.fixture
def marit(client: Client, a: SchoolA) -> Client:
    client.force_login(a.marit)
    return client


def url(conversation: Conversation, tail: str = "") -> str:
    return f"/cases/{conversation.case.uuid}/conversation/{tail}"


def test_a_question_that_hangs_on_another_says_so_to_the_page(
    marit: Client, conversation: Conversation, a: SchoolA
) -> None:
    first = marit.get(url(conversation, "1/")).content.decode()
    assert 'data-applies="safety_not_asked on"' in first
    assert 'data-applies="immediate_danger true"' in first
    assert marit.get(url(conversation, "8/")).content.decode().count("data-applies=") == 14


def test_what_a_service_asks_for_is_not_said_to_be_optional(
    marit: Client, conversation: Conversation, a: SchoolA
) -> None:
    steps = {number: marit.get(url(conversation, f"{number}/")) for number in (2, 6, 10)}
    for number, labels in {
        2: ("Hielp het?",),
        6: ("Wie doet het?", "Tegen wanneer?"),
        10: ("Waarbij helpt deze persoon?", "Wie vraagt het?", "Voor welke dag?"),
    }.items():
        body = steps[number].content.decode()
        for label in labels:
            assert f">{label}" in body
            assert f">{label} <span" not in body


def test_once_all_steps_are_there_completing_is_the_next_thing(
    marit: Client, conversation: Conversation, a: SchoolA
) -> None:
    scenario_a.first_sitting(a, conversation)
    scenario_a.second_sitting(a, conversation)
    Conversation.objects.update(status="in_progress", completed_at=None)
    page = marit.get(url(conversation, "")).content.decode()
    assert page.count('/complete/"') == 1
    assert "Verder met stap" not in page
    assert page.index('/complete/"') < page.index(">De tien stappen</h2>")


def test_the_page_that_ends_a_sitting_says_once_what_is_missing(
    marit: Client, conversation: Conversation, a: SchoolA
) -> None:
    marit.post(url(conversation, "begin/"))
    page = marit.post(url(conversation, "end/"), {"ended_because": "time"}).content.decode()
    assert page.count("data-error-summary") == 1
    assert "Kies een dag en een tijd." in page


def test_a_question_for_critical_cases_comes_with_the_severity_and_stays_with_its_answer(
    marit: Client, conversation: Conversation, a: SchoolA
) -> None:
    page = url(conversation, "3/")
    asked = 'name="leadership_decision"'
    assert asked not in marit.get(page).content.decode()
    Case.objects.update(severity=4)
    critical = marit.get(page).content.decode()
    assert asked in critical
    assert (
        a.paul.full_name in critical.partition('name="leadership_by"')[2].partition("</select>")[0]
    )
    assert (
        a.sami.full_name
        not in critical.partition('name="leadership_by"')[2].partition("</select>")[0]
    )
    marit.post(page, {"action": "save", "leadership_decision": "wait"})
    Case.objects.update(severity=2)
    assert asked in marit.get(page).content.decode()
