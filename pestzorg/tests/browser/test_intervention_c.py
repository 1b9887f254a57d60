"""Scenario C, from step 8 to its outcome: No Blame, with a second round because online nothing had changed yet."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from playwright.sync_api import expect

from interventions.queries.addresses import url_of
from pestzorg.demo.scenario import Answers, Discussed
from pestzorg.demo.scenario_c import DECISION, C, at
from pestzorg.testing.facilitated import Facilitated, Held, Idea
from pestzorg.tests.browser.test_pages import complaints

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
]

STEP_8 = next(act for act in C.acts if isinstance(act, Discussed) and act.step == 8)
PARTS = {
    "Senne": "involved",
    **dict.fromkeys(("Lowie", "Amber"), "follower"),
    **dict.fromkeys(("Nore", "Jules"), "neutral"),
    **dict.fromkeys(("Ilyas", "Mats"), "supporter"),
}
PROPOSED = {
    "Senne": "Ik stop met nadoen",
    "Lowie": "Ik kies Wout in mijn ploeg",
    "Amber": "Ik lach niet mee",
    "Nore": "Ik vraag hem mee aan de pingpongtafel",
    "Jules": "Ik zeg er iets van",
    "Ilyas": "Ik nodig hem uit in de server",
    "Mats": "Ik blijf bij hem",
}
ONLINE = {
    "Senne": "Ik zet niemand meer uit de server",
    "Ilyas": "Ik maak met Senne een regel voor de moderator",
}
WITH_WOUT = Held(
    at(9, 10, 40),
    "Katrien",
    "talk_with_target",
    {
        "feelings_expression": ["drawing", "spoken"],
        "consent": True,
        "may_be_told": "hij durft niet meer voor te lezen en speelt alleen",
        "must_not_be_told": "dat ik naar logopedie ga",
        "proposed_members": "Senne\nMats\nIlyas",
    },
)
INVITED = Held(at(10, 9), "Katrien", "convene_group", {"invited_on": date(2025, 10, 10)})


def together(day: int, ideas: dict[str, str], review: int) -> tuple[Held, ...]:
    """One meeting of four phases: how it feels, nobody is punished, what each will do, and trust."""
    back = date(2025, 10, review)
    said: list[tuple[str, Answers]] = [
        ("explain_problem", {"feeling_shared": "Hij voelt zich alleen.", "medium_used": "drawing"}),
        ("share_responsibility", {"said_no_blame": True, "reactions": "Stil, en dan instemmend."}),
        ("collect_ideas", {}),
        ("leave_to_group", {"trust_expressed": True, "individual_talks_on": back}),
    ]
    proposed = tuple(Idea(w, text, back, {"realistic": "true"}) for w, text in ideas.items())
    return tuple(
        Held(at(day, 11, 30), "Katrien", key, answers, ideas=proposed if not answers else ())
        for key, answers in said
    )


def apart(day: int, wout: Answers, *, again: bool, on: date | None = None) -> Held:
    """First Wout, then each of the seven."""
    each = {"progress": "better", "did_own_proposal": "yes", "congratulated": True}
    people = {"Wout": wout, **dict.fromkeys(PARTS, each)}
    return Held(
        *(at(day, 14), "Katrien", "meet_again", {"second_round_needed": again}),
        people=people,
        on=on,
    )


BETTER = {"progress": "better", "safety_score": 6}
MUCH_BETTER = {"progress": "much_better", "safety_score": 8, "congratulated": True}


def test_no_blame_from_the_decision_to_what_came_of_it_in_two_rounds(
    facilitated: Callable[..., Facilitated],
) -> None:
    c = facilitated(C, DECISION)
    assert "De leerling wil dit niet" in c.without_consent(STEP_8)
    c.player.play(C.between(DECISION, at(8, 16)))
    c.begin("Katrien", at(8, 16))
    c.hold(WITH_WOUT)
    wout_is_in_no_list(c)
    five_are_too_few(c)
    c.choose(PARTS)
    c.hold(INVITED, *together(10, PROPOSED, review=17))
    wrong = {"too soon": thursday_is_too_soon(c)}
    c.hold(apart(17, BETTER, again=True))
    c.another_round("Katrien", at(17, 15))
    c.hold(*together(20, ONLINE, review=24))
    c.hold(apart(24, MUCH_BETTER, again=False))
    a_third_round_is_not_offered(c)
    c.finish("Katrien", at(24, 15), {"target_says": "stopped", "safety_score": 8})
    assert {place: found for place, found in wrong.items() if found} == {}
    meeting = ("explain_problem", "share_responsibility", "collect_ideas", "leave_to_group")
    assert c.held == [
        ("talk_with_target", 1, date(2025, 10, 9)),
        ("convene_group", 1, date(2025, 10, 10)),
        *((key, 1, date(2025, 10, 10)) for key in meeting),
        ("meet_again", 1, date(2025, 10, 17)),
        *((key, 2, date(2025, 10, 20)) for key in meeting),
        ("meet_again", 2, date(2025, 10, 24)),
    ]
    proposed = c.player.case.agreements.filter(source="intervention")
    assert {one.what for one in proposed} == {*PROPOSED.values(), *ONLINE.values()}


def wout_is_in_no_list(c: Facilitated) -> None:
    """The pupil it is about cannot be chosen, and what the group must not hear stands above the list."""
    c.player.open(url_of(c.made, "group"))
    labels = c.page.locator("form[data-autosave] label").all_inner_texts()
    assert "Senne" in " ".join(labels)
    assert "Wout" not in " ".join(labels)
    expect(c.page.locator("main")).to_contain_text("dat ik naar logopedie ga")


def five_are_too_few(c: Facilitated) -> None:
    c.player.be("Katrien", at(10, 8, 45))
    c.choose(dict(list(PARTS.items())[:5]))
    assert "De groep telt 5 mensen. Voor deze aanpak zijn het er 6 tot 8." in c.refused(INVITED)


def thursday_is_too_soon(c: Facilitated) -> list[str]:
    """Talks one by one come a week later; what all eight said stays on the page."""
    said = c.refused(apart(16, BETTER, again=True))
    assert "Dit is te snel na de vorige fase" in said
    assert "17 oktober" in said
    return complaints(c.page)


def a_third_round_is_not_offered(c: Facilitated) -> None:
    """After two rounds another approach fits."""
    c.player.be("Katrien", at(24, 14, 30))
    c.player.open(url_of(c.made, "page"))
    expect(c.page.locator("form[action$='/round/']")).to_have_count(0)
