"""Scenario C in a real browser: one sitting suffices, a not-wish stays in red, a deadline moves past the holiday.

The group without the pupil and its two rounds: test_intervention_c.py. Later work: the printed invitation, the
thermometer, aftercare.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

import pytest
from playwright.sync_api import expect

from pestzorg.demo.scenario import Scenario
from pestzorg.demo.scenario_c import C6, DECISION, SECOND_ROUND, SITTING, WORDS, C, at
from pestzorg.testing.outcome import agreement_of, agreements_of, reminded
from pestzorg.testing.playing import Player

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
]


def day(number: int, month: int = 10) -> date:
    return date(2025, month, number)


def test_one_sitting_and_a_decision_the_next_day_complete_it(
    play: Callable[[Scenario], Player],
) -> None:
    c = play(C)
    c.play(C.until(SITTING))
    assert (c.case.severity, c.case.first_talk_due_on) == (2, day(9))
    c.play(C.between(SITTING, at(7, 13, 50)))
    what_is_missing_is_refused(c)
    c.play(C.between(at(7, 13, 50), at(7, 16)))
    sitting = c.conversation.sittings.get()
    assert (sitting.steps_touched, sitting.safety_score_end) == ([*range(1, 8), 9, 10], 6)
    assert c.conversation.step_records.get(step=1).answer("safety_score") == 5
    nobody_completes_it_yet(c)
    c.play(C.between(at(7, 16), DECISION))
    for step in (7, 8, 9):
        what_he_does_not_want_is_red(c, step)
    c.play(C.between(DECISION, SECOND_ROUND))
    assert c.conversation.status == "completed"
    assert c.conversation.completed_at.astimezone(at(8, 0).tzinfo) >= at(8, 15, 10)
    moved_past_the_holiday(c)
    assert agreements_of(c.case) == {
        WORDS[0]: ("Wout", "Katrien", day(7), False),
        WORDS[1]: ("Wout", "Katrien", day(8), False),
        WORDS[2]: ("Wout", "Katrien", day(10), False),
        WORDS[3]: ("Bram", "Bram", day(24), True),
        WORDS[4]: ("Katrien", "Katrien", day(17), False),
        WORDS[5]: ("Ilyas", "Katrien", day(3, 11), False),
    }
    c.play(C.between(at(20, 12), at(4, 8, month=11)))
    assert {a.status for a in c.case.agreements.all()} == {"done"}


def what_is_missing_is_refused(c: Player) -> None:
    """Measures without an answer, no agreement, no talk with the others and no reason: each step says so."""
    c.be("Katrien", at(7, 13, 45))
    assert "Kies een van de antwoorden" in c.refused(6)
    assert "minstens één afspraak" in c.refused(7)
    complaint = c.refused(9)
    for name in ("Wout", "Senne", "Lowie", "Amber"):
        assert name in complaint or name == "Wout"
    assert "ouders" in complaint


def nobody_completes_it_yet(c: Player) -> None:
    """The page offers no completion, and names what is missing."""
    c.open(c.conversation_url)
    expect(c.page.locator("form[action$='/complete/']")).to_have_count(0)
    missing = c.page.locator("section[aria-labelledby=h-complete]").inner_text()
    assert "3" in missing
    assert "8" in missing


def what_he_does_not_want_is_red(c: Player, step: int) -> None:
    c.open(c.step(step))
    not_wish = c.page.locator(".pz-not-wish")
    expect(not_wish).to_contain_text("niet dat Senne straf krijgt, dan wordt het erger")
    colour = not_wish.evaluate("node => getComputedStyle(node).color")
    red, green, blue = (int(part) for part in re.findall(r"\d+", colour)[:3])
    assert red > 2 * max(green, blue)


def moved_past_the_holiday(c: Player) -> None:
    """C4 has no end, only a day to look back; C6 asked for Fri 31 Oct becomes Mon 3 Nov, and says so."""
    standing = agreement_of(c.case, WORDS[3])
    assert (standing.deadline, reminded(standing)) == (
        None,
        {"review_due": day(24), "stayed_open": day(5, 11)},
    )
    c.play(C.between(SECOND_ROUND, at(20, 12)))
    expect(c.page.locator("main")).to_contain_text("3 nov")
    moved = agreement_of(c.case, C6.what)
    assert (moved.deadline_asked, moved.due_on) == (day(31), day(3, 11))
    assert reminded(moved) == {
        "upcoming": day(23),
        "due_today": day(3, 11),
        "overdue": day(4, 11),
        "escalation": day(6, 11),
    }
