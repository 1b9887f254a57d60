"""Scenario E in a real browser: nobody knows who did it, nothing was tried, and the confidential counsellor stays out.

The class thermometer: test_intervention_e.py. Later work: its labels, class rules, aftercare with an agreement carried over.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from playwright.sync_api import expect

from pestzorg.demo.scenario import Scenario
from pestzorg.demo.scenario_e import (
    AGREEMENTS,
    E6,
    FEEDBACK,
    SENDER,
    WORDS,
    E,
    at,
)
from pestzorg.testing.outcome import agreement_of, agreements_of, reminded
from pestzorg.testing.playing import Player
from pestzorg.testing.rows import agreement_row

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
]


def day(number: int, month: int = 3) -> date:
    return date(2026, month, number)


def test_it_is_completed_in_two_sittings_without_knowing_who_did_it(
    play: Callable[[Scenario], Player],
) -> None:
    e = play(E)
    e.play(E.until(at(3, 12, 20)))
    assert (e.case.severity, e.case.first_talk_due_on) == (2, day(5))
    story_is_asked_for(e)
    e.play(E.between(at(3, 12, 20), at(4, 11, 12)))
    scores = [(s.safety_score_start, s.safety_score_end) for s in e.conversation.sittings.all()]
    assert scores == [(None, 5), (5, None)]
    assert e.conversation.step_records.get(step=4).status == "done"
    no_search_in_the_class(e)
    e.play(E.between(at(4, 11, 12), at(4, 11, 22)))
    sender_needs_a_reason(e)
    e.play(E.between(at(4, 11, 22), FEEDBACK))
    assert e.conversation.status == "completed"
    assert e.case.participants.get(name=SENDER).without_talk == "unknown"
    talks = e.case.talks.values_list("with_participant__name", "with_name")
    assert {participant or name for participant, name in talks} == {"Jip", "Anouk", "Sem", "Wieke"}
    assert agreements_of(e.case) == {
        WORDS[0]: ("Jip", "Hilde", day(4), False),
        WORDS[1]: ("Wieke", "Hilde", day(4), False),
        WORDS[2]: ("Hilde", "Hilde", day(11), False),
        WORDS[3]: ("Lieuwe", "Lieuwe", day(5), False),
        WORDS[4]: ("Lieuwe", "Lieuwe", day(12), False),
    }
    reports = e.case.external_reports.values_list("kind", "reported_on", "outcome")
    assert list(reports) == [("platform", day(4), "removed")]
    after_the_may_holiday(e)
    counsellor_sees_nothing(e)


def story_is_asked_for(e: Player) -> None:
    """Step 2 asks for something that happened, and for what was tried until "nothing" is ticked."""
    complaint = e.refused(2)
    assert "minstens één voorval" in complaint
    assert "dat er niets geprobeerd is" in complaint


def no_search_in_the_class(e: Player) -> None:
    """What Jip does not want is in the way of a plan with the class, until somebody says why."""
    e.be("Lieuwe", at(4, 11, 14))
    e.open(e.step(7))
    plan = next(row for row in AGREEMENTS if row.what == WORDS[3])
    e.hand.fill_row("agreements-new", agreement_row(e, plan))
    e.hand.press("add-agreements")
    refused = " ".join(e.page.locator(".pz-err").all_inner_texts())
    assert "geen zoektocht naar wie het was in de klas" in refused
    assert not e.case.agreements.exists()


def sender_needs_a_reason(e: Player) -> None:
    """Step 9 wants a talk or a reason also for somebody unknown, and for the parents."""
    complaint = e.refused(9)
    assert SENDER in complaint
    assert "ouders" in complaint


def after_the_may_holiday(e: Player) -> None:
    """E6 asked for King's Day becomes Mon 4 May; 5 May is closed, so it is late on the 6th."""
    e.play(E.between(FEEDBACK, at(21, 8, month=4)))
    expect(e.page.locator("main")).to_contain_text("4 mei")
    moved = agreement_of(e.case, E6.what)
    assert (moved.deadline_asked, moved.due_on) == (day(27, 4), day(4, 5))
    assert moved.against_wish
    assert reminded(moved) == {
        "upcoming": day(23, 4),
        "due_today": day(4, 5),
        "overdue": day(6, 5),
        "escalation": day(8, 5),
    }


def counsellor_sees_nothing(e: Player) -> None:
    """The confidential counsellor has a silo of her own: every page of the case is absent for her."""
    agreement = agreement_of(e.case, WORDS[2])
    e.sign_in("Aafke", at(20, 12, month=4))
    for path in (
        f"/cases/{e.case.uuid}/",
        e.conversation_url,
        e.step(2),
        f"/agreements/{agreement.uuid}/",
    ):
        answer = e.page.goto(e.url + path)
        assert answer is not None
        assert answer.status == 404
        expect(e.page.locator("body")).not_to_contain_text("Jip")
