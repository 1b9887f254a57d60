"""Scenario B, from step 8 to its outcome: shared concern. Two colleagues talk apart, one pupil sees nothing at first."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from interventions.models import PersonNote
from pestzorg.demo.scenario_b import DECISION, B, at
from pestzorg.testing.facilitated import Facilitated, Held, Idea
from pestzorg.tests.browser.test_pages import complaints

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
]

AFTER_HOLIDAY = date(2026, 2, 23)
FOUR = ("Jesse", "Kaan", "Mick", "Femke")
PARTS = {"Jesse": "first", **dict.fromkeys(FOUR[1:], "involved")}
TEAM = Held(
    at(16, 15, 30),
    "Dewi",
    "team_decision",
    {"suited": True, "interviewer_group": "Irma", "interviewer_target": "Dewi"},
)
FIRST_DAY = Held(
    at(19, 12),
    "Irma",
    "individual_talks",
    people={
        "Jesse": {"acknowledged": "partly"},
        "Kaan": {"acknowledged": "yes"},
        "Mick": {"acknowledged": "yes"},
        "Femke": {"acknowledged": "no"},
    },
)
SECOND_DAY = Held(
    at(20, 10, 10), "Irma", "individual_talks", people={"Femke": {"acknowledged": "yes"}}
)
WITH_RAVI = Held(
    at(20, 10, 45),
    "Dewi",
    "talk_with_target",
    {
        "feels_supported": "yes",
        "wishes": "Dat ze niet meer lachen bij gym.",
        "safety_score": 4,
    },
)
FOLLOWED_UP = Held(
    at(27, 12),
    "Irma",
    "individual_follow_up",
    people={
        "Ravi": {"progress": "better"},
        "Jesse": {"did_it": "partly", "progress": "better"},
        **{who: {"did_it": "yes", "progress": "better", "congratulated": True} for who in FOUR[1:]},
    },
)
PREPARED = Held(
    at(2, 11, month=2),
    "Irma",
    "preparatory_group_meeting",
    {
        "positive_statements": "Dat hij bij gym weer meedoet.",
        "offers": "De schermafdrukken wissen en niets meer over elkaar plaatsen.",
    },
)
SUMMIT = Held(
    at(5, 11, month=2),
    "Irma",
    "summit_meeting",
    {"target_consents": True},
    ideas=(Idea("Jesse", "Schermafdrukken wissen en niets over elkaar plaatsen", AFTER_HOLIDAY),),
)
CONGRATULATED = {"progress": "much_better", "congratulated": True}


def asked_again(on: date | None = None) -> Held:
    """How it goes with each, after the holiday; `on` another day."""
    ravi = {"Ravi": {"progress": "much_better", "safety_score": 7}}
    people = {**ravi, **dict.fromkeys(FOUR, CONGRATULATED)}
    return Held(at(23, 14, month=2), "Irma", "monitoring", people=people, on=on)


def test_shared_concern_from_the_decision_to_what_came_of_it(
    facilitated: Callable[..., Facilitated],
) -> None:
    b = facilitated(B, DECISION)
    b.player.play(B.between(DECISION, at(17, 8)))
    made = b.begin("Dewi", at(16, 15, 15), "shared_concern:group_first")
    assert (made.facilitator, made.consent) == (b.player.place.staff["Irma"], "given")
    b.choose({"Jesse": "first"})
    b.hold(TEAM)
    b.choose(PARTS)
    wrong = {"one by one": femke_denies_at_first(b)}
    b.hold(SECOND_DAY, WITH_RAVI, FOLLOWED_UP)
    alone_is_no_group(b)
    b.hold(PREPARED, SUMMIT)
    wrong["too soon"] = before_the_holiday_is_too_soon(b)
    b.hold(asked_again())
    b.finish("Irma", at(23, 15, month=2), {"target_says": "stopped", "safety_score": 7})
    assert {place: found for place, found in wrong.items() if found} == {}
    assert b.held == [
        ("team_decision", 1, date(2026, 1, 16)),
        ("individual_talks", 1, date(2026, 1, 20)),
        ("talk_with_target", 1, date(2026, 1, 20)),
        ("individual_follow_up", 1, date(2026, 1, 27)),
        ("preparatory_group_meeting", 1, date(2026, 2, 2)),
        ("summit_meeting", 1, date(2026, 2, 5)),
        ("monitoring", 1, AFTER_HOLIDAY),
    ]
    agreed = b.player.case.agreements.get(source="intervention")
    assert (agreed.owner, agreed.due_on) == ("Jesse", AFTER_HOLIDAY)


def femke_denies_at_first(b: Facilitated) -> list[str]:
    """On Monday she sees nothing and the talk ends kindly: it is written down, and the phase goes on for a day."""
    b.save(FIRST_DAY)
    notes = {note.member.name: note.answers for note in PersonNote.objects.all()}
    assert {name: answers["acknowledged"] for name, answers in notes.items()} == {
        "Jesse": "partly",
        "Kaan": "yes",
        "Mick": "yes",
        "Femke": "no",
    }
    return complaints(b.page)


def alone_is_no_group(b: Facilitated) -> None:
    """A meeting of one is none: two to eight come together."""
    b.player.be("Irma", at(2, 10, month=2))
    b.choose({"Jesse": "first"}, said_no=FOUR[1:])
    assert "De groep telt 1 persoon. Voor deze aanpak zijn het er 2 tot 8." in b.refused(PREPARED)
    b.choose(PARTS)


def before_the_holiday_is_too_soon(b: Facilitated) -> list[str]:
    """Two weeks after the summit lies in the carnival holiday; the Friday before it does not count."""
    b.player.be("Irma", at(13, 10, month=2))
    said = b.refused(asked_again(date(2026, 2, 13)))
    assert "Dit is te snel na de vorige fase" in said
    assert "23 februari" in said
    return complaints(b.page)
