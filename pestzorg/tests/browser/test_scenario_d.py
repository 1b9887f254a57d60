"""Scenario D in a real browser: red flags, danger that is answered the same day, reports outside school, a decision twice.

The restorative circle with its plan (D10 to D14): test_intervention_d.py. Later work: on hold and what it stops, the
thermometer, two signatures for closing, the summer in aftercare.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from playwright.sync_api import expect

from pestzorg.demo.scenario import Scenario
from pestzorg.demo.scenario_d import REVISION, SECOND_SITTING, WORDS, D, at
from pestzorg.testing.outcome import agreement_of, agreements_of, reminded
from pestzorg.testing.playing import Player

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
]


def day(number: int, month: int = 2) -> date:
    return date(2026, month, number)


def test_who_is_in_danger_is_safe_the_same_day_and_the_rest_follows(
    play: Callable[[Scenario], Player],
) -> None:
    d = play(D)
    d.play(D.until(at(24, 10, 26)))
    assessment = d.case.assessments.get()
    assert (assessment.score, d.case.severity, d.case.first_talk_due_on) == (13, 4, day(24))
    danger_asks_for_an_agreement_today(d)
    d.play(D.between(at(24, 10, 26), at(24, 10, 45)))
    no_image_is_kept(d)
    d.play(D.between(at(24, 10, 45), SECOND_SITTING))
    first = d.conversation.sittings.get()
    assert ("companion", "Pieter Vos") in first.attendees.values_list("kind", "name")
    assert (first.safety_score_end, first.ended_because) == (2, "urgent_action")
    assert {a.status for a in d.case.agreements.all()} == {"done"}
    d.play(D.between(SECOND_SITTING, at(25, 9, 47)))
    not_now_asks_when_to_look_again(d)
    d.play(D.between(at(25, 9, 47), REVISION))
    assert d.conversation.status == "completed"
    assert d.conversation.step_records.get(step=7).answer("safety_score") == 3
    assert agreements_of(d.case) == {
        WORDS[0]: ("Marc", "Marc", day(24), False),
        WORDS[1]: ("Aylin", "Nele", day(24), False),
        WORDS[2]: ("Murat", "Nele", day(24), False),
        WORDS[3]: ("Aylin", "Nele", day(25), False),
        WORDS[4]: ("Elif", "Nele", day(25), False),
        WORDS[5]: ("Pieter", "Pieter", day(20, 3), True),
        WORDS[6]: ("Sara", "Nele", day(3, 3), False),
        WORDS[7]: ("Lotte", "Lotte", day(26), False),
        WORDS[8]: ("Nele", "Nele", day(3, 3), False),
    }
    assert reminded(agreement_of(d.case, WORDS[8])) == {
        "upcoming": day(27),
        "due_today": day(3, 3),
        "overdue": day(4, 3),
        "escalation": day(4, 3),
    }
    four_reports_went_outside(d)
    d.play(D.between(REVISION, at(19, 8, month=3)))
    both_decisions_are_kept(d)


def danger_asks_for_an_agreement_today(d: Player) -> None:
    """Step 1 is not done while nobody has promised anything for today; red flags and a companion are written down."""
    assert "minstens één afspraak voor vandaag" in d.refused(1)
    step = d.conversation.step_records.get(step=1)
    assert step.answer("companion") == "Pieter Vos"
    assert set(step.answer("red_flags")) == {"intimate_image_minor", "sextortion"}


def no_image_is_kept(d: Player) -> None:
    """Measure 6 says what is never saved, no page takes a file, and step 6 is not done with what is urgent alone."""
    d.be("Nele", at(24, 10, 46))
    complaint = d.refused(6)
    assert "Kies een van de antwoorden" in complaint
    evidence = d.page.locator("#measure-collect_evidence")
    expect(evidence).to_contain_text("nooit gekopieerd, bewaard, doorgestuurd of geüpload")
    for step in range(1, 11):
        d.open(d.step(step))
        expect(d.page.locator("input[type=file]")).to_have_count(0)


def not_now_asks_when_to_look_again(d: Player) -> None:
    """Step 8 may wait, with a reason and a day."""
    d.be("Nele", at(25, 9, 47))
    d.open(d.step(8))
    d.hand.fill("decision", "not_now")
    d.hand.press("done")
    complaint = " ".join(d.page.locator("[data-error-summary] li").all_inner_texts())
    assert "Waarom" in complaint
    assert "Opnieuw bekijken op" in complaint


def four_reports_went_outside(d: Player) -> None:
    """Police and Child Focus for advice, the complaint of the parents, and the app, which took it down."""
    reports = d.case.external_reports.values_list("kind", "reported_on", "outcome")
    assert set(reports) == {
        ("police_notice", day(24), "pending"),
        ("helpline", day(24), "pending"),
        ("police_report", day(25), "pending"),
        ("platform", day(24), "removed"),
    }


def both_decisions_are_kept(d: Player) -> None:
    """On 18 March the same step says yes; what it said before stays readable, and the conversation is completed."""
    step = d.conversation.step_records.get(step=8)
    assert (step.answer("decision"), step.answer("method")) == ("yes", "restorative_circle")
    assert step.answer("consent_conditions").startswith("met mijn moeder erbij")
    d.open(f"{d.conversation_url}8/versions/")
    page = d.page.locator("main")
    for said in ("Nu nog niet", "De politie onderzoekt het eerst.", "Herstelcirkel of HERGO"):
        expect(page).to_contain_text(said)
    assert d.conversation.status == "completed"
