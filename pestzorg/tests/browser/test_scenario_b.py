"""Scenario B in a real browser: a pupil who has had enough, news that asks for an assessment, a deadline in a holiday.

The talks of Shared Concern: test_intervention_b.py. Later work: the thermometer and how it shows one or two pupils,
attention in aftercare and the extra check of 8 May.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from playwright.sync_api import expect

from pestzorg.demo.scenario import AssessedAgain, Scenario, Stopped
from pestzorg.demo.scenario_b import (
    B8,
    DECISION,
    RESUME_BY,
    SECOND_SITTING,
    WORDS,
    B,
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

BEFORE, AFTER = date(2026, 2, 13), date(2026, 2, 23)


def day(number: int, month: int = 1) -> date:
    return date(2026, month, number)


def test_it_pauses_until_friday_and_is_completed_after_the_decision_of_the_team(
    play: Callable[[Scenario], Player],
) -> None:
    b = play(B)
    b.play(B.until(at(14, 11, 22)))
    assert (b.case.severity, b.case.first_talk_due_on) == (3, day(14))
    nothing_before_step_1(b)
    b.play(B.between(at(14, 11, 22), at(14, 11, 55)))
    later_than_tomorrow_needs_a_reason(b)
    b.play(B.between(at(14, 11, 55), SECOND_SITTING))
    done = b.conversation.step_records.filter(status="done").values_list("step", flat=True)
    assert sorted(done) == [1, 2, 3, 4]
    assert reminded(b.conversation) == {"resume": RESUME_BY, "stayed_open": day(19)}
    go_on(b)
    b.play(B.between(at(15, 9, 34), DECISION))
    scores = [(s.safety_score_start, s.safety_score_end) for s in b.conversation.sittings.all()]
    assert scores == [(None, 3), (3, 4)]
    assert (b.conversation.status, reminded(b.conversation)) == ("in_progress", {})
    only_the_decision_is_missing(b)
    b.play(B.between(DECISION, at(17, 8)))
    assert b.conversation.status == "completed"
    assert b.conversation.step_records.get(step=8).answer("method") == "shared_concern"
    both_days_are_offered(b)
    assert agreements_of(b.case) == {
        WORDS[0]: ("Ravi", "Dewi", day(15), False),
        WORDS[1]: ("Ravi", "Dewi", day(16), False),
        WORDS[2]: ("Dewi", "Dewi", day(21), False),
        WORDS[3]: ("Theo", "Theo", day(21), False),
        WORDS[4]: ("Irma", "Irma", day(19), False),
        WORDS[5]: ("Theo", "Theo", day(6, 2), True),
        WORDS[6]: ("Dewi", "Dewi", day(6, 2), False),
        B8.what: ("Jesse", "Irma", AFTER, False),
    }


def nothing_before_step_1(b: Player) -> None:
    """Any other step is refused while step 1 is not done."""
    assert "stap 1" in b.refused(5)


def later_than_tomorrow_needs_a_reason(b: Player) -> None:
    """It is serious: going on on Friday and not on Thursday asks why. Nothing has ended yet."""
    b.be("Dewi", at(14, 11, 54))
    stop = next(act for act in B.acts if isinstance(act, Stopped))
    b.open(f"{b.conversation_url}end/")
    b.fill_in(stop.answers)
    b.hand.submit("main form[method=post]")
    expect(b.page.locator("[name=later_reason]")).to_be_visible()
    assert b.conversation.sittings.filter(ended_at=None).exists()


def go_on(b: Player) -> None:
    """The page says until when it waits. The news of the resume check asks for an assessment; it stays level 3."""
    b.be("Dewi", at(15, 9, 28))
    b.open(b.conversation_url)
    expect(b.page.locator("main")).to_contain_text("vrijdag 16 januari")
    b.hand.submit("form[action$='/begin/']")
    assert b.page.locator(".pz-err").count() > 0
    assert b.conversation.status == "paused"
    again = next(act for act in B.acts if isinstance(act, AssessedAgain))
    b.play(B.between(SECOND_SITTING, again.at))
    assert b.conversation.status == "in_progress"
    assert "hoe ernstig" in b.refused(5)
    b.play([again])
    assert (b.case.severity, b.case.assessments.count()) == (3, 2)


def only_the_decision_is_missing(b: Player) -> None:
    b.open(b.conversation_url)
    expect(b.page.locator("form[action$='/complete/']")).to_have_count(0)
    missing = b.page.locator("section[aria-labelledby=h-complete] a").all_inner_texts()
    assert len(missing) == 1
    assert "8" in missing[0]


def both_days_are_offered(b: Player) -> None:
    """Tue 17 Feb lies in the holiday: Fri 13 Feb is proposed, Irma chooses Mon 23 Feb."""
    b.be("Irma", at(5, 13, 55, month=2))
    b.open(f"/cases/{b.case.uuid}/agreements/new/")
    b.fill_in(agreement_row(b, B8))
    b.hand.submit("main form[method=post]")
    chips = b.page.locator("[name=due]")
    assert [chip.get_attribute("value") for chip in chips.all()] == [
        BEFORE.isoformat(),
        AFTER.isoformat(),
    ]
    expect(chips.first).to_be_checked()
    b.play(B.between(at(5, 14, month=2), at(6, 8, month=2)))
    moved = agreement_of(b.case, B8.what)
    assert (moved.deadline_asked, moved.due_on) == (day(17, 2), AFTER)
    assert reminded(moved) == {
        "upcoming": day(12, 2),
        "due_today": AFTER,
        "overdue": day(24, 2),
        "escalation": day(24, 2),
    }
