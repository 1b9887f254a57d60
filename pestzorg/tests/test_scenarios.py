"""Scenarios B to E through the services: levels, scores, owners, days, and exactly which reminders are planned."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from cases.services.conversations import complete_conversation
from pestzorg.demo import scenario_b as b
from pestzorg.demo import scenario_c as c
from pestzorg.demo import scenario_d as d
from pestzorg.demo import scenario_e as e
from pestzorg.demo.scenario import Scenario
from pestzorg.demo.telling import Teller
from pestzorg.errors import RuleBroken
from pestzorg.testing.outcome import agreement_of, agreements_of, reminded

pytestmark = pytest.mark.django_db

SCENARIOS = {"b": b.B, "c": c.C, "d": d.D, "e": e.E}


@pytest.fixture(params=SCENARIOS)
def scenario(request: pytest.FixtureRequest) -> Scenario:
    return SCENARIOS[request.param]


@pytest.fixture
def tell() -> Callable[..., Teller]:
    """The scenario at a school of its own; `tell(B.acts)` lets it happen."""
    return lambda scenario, acts: Teller.at_new_school(scenario, "pestzorg-test").tell(acts)


# letter -> level, score, day by which the first talk is due, grades at the first step and after the last
JUDGED = {
    "b": (3, 14, date(2026, 1, 14), 3, 4),
    "c": (2, 8, date(2025, 10, 9), 5, 6),
    "d": (4, 13, date(2026, 2, 24), 2, 3),
    "e": (2, 10, date(2026, 3, 5), 5, 6),
}


def test_level_first_talk_and_grades_are_as_given(
    scenario: Scenario, tell: Callable[..., Teller]
) -> None:
    told = tell(scenario, scenario.acts)
    case, records = told.the_case(), told.conversation.step_records
    assert JUDGED[scenario.letter] == (
        case.severity,
        case.assessments.last().score,
        case.first_talk_due_on,
        records.get(step=1).answer("safety_score"),
        records.get(step=7).answer("safety_score"),
    )
    assert told.conversation.status == "completed"


AGREED = {
    "b": {
        b.WORDS[0]: ("Ravi", "Dewi", date(2026, 1, 15), False),
        b.WORDS[1]: ("Ravi", "Dewi", date(2026, 1, 16), False),
        b.WORDS[2]: ("Dewi", "Dewi", date(2026, 1, 21), False),
        b.WORDS[3]: ("Theo", "Theo", date(2026, 1, 21), False),
        b.WORDS[4]: ("Irma", "Irma", date(2026, 1, 19), False),
        b.WORDS[5]: ("Theo", "Theo", date(2026, 2, 6), True),
        b.WORDS[6]: ("Dewi", "Dewi", date(2026, 2, 6), False),
        b.WORDS[7]: ("Jesse", "Irma", date(2026, 2, 23), False),
    },
    "c": {
        c.WORDS[0]: ("Wout", "Katrien", date(2025, 10, 7), False),
        c.WORDS[1]: ("Wout", "Katrien", date(2025, 10, 8), False),
        c.WORDS[2]: ("Wout", "Katrien", date(2025, 10, 10), False),
        c.WORDS[3]: ("Bram", "Bram", date(2025, 10, 24), True),
        c.WORDS[4]: ("Katrien", "Katrien", date(2025, 10, 17), False),
        c.WORDS[5]: ("Ilyas", "Katrien", date(2025, 11, 3), False),
    },
    "d": {
        d.WORDS[0]: ("Marc", "Marc", date(2026, 2, 24), False),
        d.WORDS[1]: ("Aylin", "Nele", date(2026, 2, 24), False),
        d.WORDS[2]: ("Murat", "Nele", date(2026, 2, 24), False),
        d.WORDS[3]: ("Aylin", "Nele", date(2026, 2, 25), False),
        d.WORDS[4]: ("Elif", "Nele", date(2026, 2, 25), False),
        d.WORDS[5]: ("Pieter", "Pieter", date(2026, 3, 20), True),
        d.WORDS[6]: ("Sara", "Nele", date(2026, 3, 3), False),
        d.WORDS[7]: ("Lotte", "Lotte", date(2026, 2, 26), False),
        d.WORDS[8]: ("Nele", "Nele", date(2026, 3, 3), False),
    },
    "e": {
        e.WORDS[0]: ("Jip", "Hilde", date(2026, 3, 4), False),
        e.WORDS[1]: ("Wieke", "Hilde", date(2026, 3, 4), False),
        e.WORDS[2]: ("Hilde", "Hilde", date(2026, 3, 11), False),
        e.WORDS[3]: ("Lieuwe", "Lieuwe", date(2026, 3, 5), False),
        e.WORDS[4]: ("Lieuwe", "Lieuwe", date(2026, 3, 12), False),
        e.WORDS[5]: ("Lieuwe", "Lieuwe", date(2026, 5, 4), False),
    },
}


def test_agreements_have_the_given_owners_followers_and_days(
    scenario: Scenario, tell: Callable[..., Teller]
) -> None:
    told = tell(scenario, scenario.acts)
    assert agreements_of(told.the_case()) == AGREED[scenario.letter]


def test_a_deadline_in_the_autumn_holiday_of_flanders_moves_to_the_day_after(
    tell: Callable[..., Teller],
) -> None:
    told = tell(c.C, c.C.until(c.at(21, 8)))
    moved = agreement_of(told.the_case(), c.C6.what)
    assert (moved.deadline_asked, moved.due_on) == (date(2025, 10, 31), date(2025, 11, 3))
    assert reminded(moved) == {
        "upcoming": date(2025, 10, 23),
        "due_today": date(2025, 11, 3),
        "overdue": date(2025, 11, 4),
        "escalation": date(2025, 11, 6),
    }


def test_a_deadline_on_kings_day_moves_past_the_may_holiday_of_the_north(
    tell: Callable[..., Teller],
) -> None:
    told = tell(e.E, e.E.acts)
    moved = agreement_of(told.the_case(), e.E6.what)
    assert (moved.deadline_asked, moved.due_on) == (date(2026, 4, 27), date(2026, 5, 4))
    assert reminded(moved) == {
        "upcoming": date(2026, 4, 23),
        "due_today": date(2026, 5, 4),
        "overdue": date(2026, 5, 6),
        "escalation": date(2026, 5, 8),
    }


def test_a_deadline_in_the_carnival_holiday_of_the_south_may_move_to_the_day_after(
    tell: Callable[..., Teller],
) -> None:
    told = tell(b.B, b.B.acts)
    moved = agreement_of(told.the_case(), b.B8.what)
    assert (moved.deadline_asked, moved.due_on) == (date(2026, 2, 17), date(2026, 2, 23))
    assert reminded(moved) == {
        "upcoming": date(2026, 2, 12),
        "due_today": date(2026, 2, 23),
        "overdue": date(2026, 2, 24),
        "escalation": date(2026, 2, 24),
    }


def test_what_is_agreed_without_an_end_asks_to_look_back(tell: Callable[..., Teller]) -> None:
    told = tell(c.C, c.C.until(c.DECISION))
    standing = agreement_of(told.the_case(), c.WORDS[3])
    assert (standing.deadline, reminded(standing)) == (
        None,
        {"review_due": date(2025, 10, 24), "stayed_open": date(2025, 11, 5)},
    )


def test_a_paused_talk_is_remembered_on_its_day_unless_it_went_on(
    tell: Callable[..., Teller],
) -> None:
    told = tell(b.B, b.B.until(b.SECOND_SITTING))
    conversation = told.conversation
    assert (conversation.status, conversation.resume_by) == ("paused", date(2026, 1, 16))
    assert reminded(conversation) == {
        "resume": date(2026, 1, 16),
        "stayed_open": date(2026, 1, 19),
    }
    told.tell(b.B.between(b.SECOND_SITTING, b.DECISION))
    assert reminded(told.conversation) == {}


# letter -> until when it is told, and which steps the completion still asks for
TOO_EARLY = {
    "b": (b.SECOND_SITTING, {"step_5", "step_6", "step_7", "step_8", "step_9", "step_10"}),
    "c": (c.at(7, 16), {"step_3", "step_8"}),
    "d": (d.SECOND_SITTING, {f"step_{n}" for n in (2, 4, 6, 7, 8, 9, 10)}),
    "e": (e.SECOND_SITTING, {"step_4", "step_6", "step_7", "step_8", "step_9", "step_10"}),
}


def test_it_cannot_be_completed_before_its_time(
    scenario: Scenario, tell: Callable[..., Teller]
) -> None:
    until, missing = TOO_EARLY[scenario.letter]
    told = tell(scenario, scenario.until(until))
    assert told.conversation.status == "paused"
    with pytest.raises(RuleBroken) as refused:
        complete_conversation(told.conversation.lead, told.conversation, now=until)
    assert {problem.field for problem in refused.value.problems} == missing
    assert told.conversation.status == "paused"


# letter -> what was reported outside school, on which day, and what came of it
OUTSIDE = {
    "b": {("platform", date(2026, 1, 14), "removed")},
    "c": set(),
    "d": {
        ("police_notice", date(2026, 2, 24), "pending"),
        ("helpline", date(2026, 2, 24), "pending"),
        ("police_report", date(2026, 2, 25), "pending"),
        ("platform", date(2026, 2, 24), "removed"),
    },
    "e": {("platform", date(2026, 3, 4), "removed")},
}


def test_reports_outside_school_are_kept_with_what_came_of_them(
    scenario: Scenario, tell: Callable[..., Teller]
) -> None:
    told = tell(scenario, scenario.acts)
    reports = told.the_case().external_reports.values_list("kind", "reported_on", "outcome")
    assert set(reports) == OUTSIDE[scenario.letter]


# letter -> until when it is told, and on which day somebody looks what the app did
LOOKED_AT = {
    "b": (b.DECISION, date(2026, 1, 21)),
    "d": (d.SECOND_SITTING, date(2026, 3, 3)),
    "e": (e.at(11, 8), date(2026, 3, 11)),
}


@pytest.mark.parametrize("letter", LOOKED_AT)
def test_an_app_gets_five_school_days(letter: str, tell: Callable[..., Teller]) -> None:
    until, on = LOOKED_AT[letter]
    scenario = SCENARIOS[letter]
    told = tell(scenario, scenario.until(until))
    assert told.the_case().external_reports.get(kind="platform").check_on == on


def test_the_decision_about_the_class_is_taken_twice_and_both_are_kept(
    tell: Callable[..., Teller],
) -> None:
    told = tell(d.D, d.D.acts)
    record = told.conversation.step_records.get(step=8)
    before = record.versions.get()
    assert (before.answers["decision"], record.answer("decision")) == ("not_now", "yes")
    assert before.answers["review_on"] == "2026-03-17"
    assert told.conversation.completed_at == d.at(25, 9, 50)
