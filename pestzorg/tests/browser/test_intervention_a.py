"""Scenario A, from step 8 to its outcome: the support group. Its pages are those that every other test here trusts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from playwright.sync_api import expect

from interventions.queries.addresses import url_of
from pestzorg.demo.scenario import Discussed
from pestzorg.demo.scenario_a import A, at
from pestzorg.testing.facilitated import Facilitated, Held, Idea
from pestzorg.tests.browser.test_pages import complaints

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
]

DECISION = at(6, 14, 15)
STEP_8 = next(act for act in A.acts if isinstance(act, Discussed) and act.step == 8)
REVIEW = date(2025, 11, 17)
PARTS = {
    **dict.fromkeys(("Lieke", "Tess", "Daan"), "difficult"),
    **dict.fromkeys(("Bo", "Finn"), "around"),
    **dict.fromkeys(("Yara", "Sara"), "friend"),
}
IDEAS = {
    "Yara": "Ik zit naast Noor bij handvaardigheid",
    "Tess": "Ik vraag Noor voor de estafetteploeg",
    "Daan": "Ik zeg stop als er een sticker komt",
    "Lieke": "Ik zet Noor weer in de app",
    "Bo": "Ik doe donderdag tikkertje met haar",
    "Finn": "Ik doe donderdag tikkertje met haar",
    "Sara": "Ik doe donderdag tikkertje met haar",
}
INTERVIEW = Held(
    at(7, 10),
    "Fleur",
    "interview_target",
    {
        "difficult_for_me": "Lieke\nTess\nDaan",
        "around_when_it_happens": "Bo\nFinn",
        "friends_or_wished": "Yara\nSara",
        "happiness_score": 4,
        "consent": True,
    },
)
COMPOSED = Held(at(10, 9), "Fleur", "compose_group", {"parents_informed": True})
FIRST = Held(
    at(10, 10, 30),
    "Fleur",
    "first_meeting",
    {
        "participation_voluntary": True,
        "empathy_moment": "Tess was vorig jaar zelf alleen op kamp.",
    },
)
COLLECTED = Held(
    at(10, 10, 40),
    "Fleur",
    "collect_suggestions",
    ideas=tuple(Idea(who, text, REVIEW) for who, text in IDEAS.items()),
)


def looked_back(day: int, safety: int, better: str, *, again: bool) -> tuple[Held, Held]:
    """First with the pupil, then with the group."""
    with_pupil = {
        "better": better,
        "happiness_score": safety,
        "safety_score": safety,
        "wants_to_continue": again,
    }
    with_group = {
        "what_helped": "Naast elkaar zitten. Zeggen dat het genoeg is.",
        "congratulated": True,
    }
    return (
        Held(at(day, 9), "Fleur", "review_target", with_pupil),
        Held(at(day, 11), "Fleur", "review_group", with_group),
    )


def test_the_support_group_from_the_decision_to_what_came_of_it(
    facilitated: Callable[..., Facilitated],
) -> None:
    a = facilitated(A, DECISION)
    assert "De leerling wil dit niet" in a.without_consent(STEP_8)
    assert not a.player.conversation.step_records.filter(step=8, status="done").exists()
    a.player.play(A.between(DECISION, at(7, 8)))
    wrong = {"start": start(a)}
    a.hold(INTERVIEW)
    wrong["too few"] = four_are_too_few(a)
    a.choose(PARTS)
    wrong["group"] = looked_at(a, "group")
    a.hold(COMPOSED, FIRST, COLLECTED)
    wrong["too soon"] = friday_is_too_soon(a)
    a.hold(*looked_back(17, 6, "Lieke zette mij terug in de app.", again=True))
    a.another_round("Fleur", at(17, 12))
    a.hold(*looked_back(24, 8, "Ik doe weer mee.", again=False))
    a.hold(Held(at(24, 11, 30), "Fleur", "close_group", {"celebration": "Samen tikkertje."}))
    wrong["path"] = looked_at(a, "page")
    wrong["finish"] = looked_at(a, "finish")
    a.finish("Fleur", at(24, 12), {"target_says": "better", "safety_score": 8})
    assert {place: found for place, found in wrong.items() if found} == {}
    seven_ideas_became_agreements(a)
    it_is_told_where_it_stands(a)
    assert a.held == [
        ("interview_target", 1, date(2025, 11, 7)),
        ("compose_group", 1, date(2025, 11, 10)),
        ("first_meeting", 1, date(2025, 11, 10)),
        ("collect_suggestions", 1, date(2025, 11, 10)),
        ("review_target", 1, REVIEW),
        ("review_group", 1, REVIEW),
        ("review_target", 2, date(2025, 11, 24)),
        ("review_group", 2, date(2025, 11, 24)),
        ("close_group", 1, date(2025, 11, 24)),
    ]


def start(a: Facilitated) -> list[str]:
    """Sami begins it; Fleur, who facilitates, is a coordinator of the school. Its page is looked at first."""
    a.player.be("Sami", at(7, 8))
    a.player.open(f"/cases/{a.player.case.uuid}/interventions/new/")
    found = complaints(a.page)
    made = a.begin("Sami", at(7, 8))
    assert (made.method, made.variant, made.consent) == (
        "support_group",
        "without_target",
        "conditional",
    )
    assert made.facilitator == a.player.place.staff["Fleur"]
    return found


def four_are_too_few(a: Facilitated) -> list[str]:
    """The method wants five to eight; what was ticked stays ticked."""
    a.player.be("Fleur", at(10, 8, 30))
    a.choose(dict(list(PARTS.items())[:4]))
    assert "De groep telt 4 mensen. Voor deze aanpak zijn het er 5 tot 8." in a.refused(COMPOSED)
    return complaints(a.page)


def friday_is_too_soon(a: Facilitated) -> list[str]:
    """Looking back asks for five school days in between; what Noor said stays."""
    early, _group = looked_back(14, 6, "Het was een rustige week.", again=True)
    said = a.refused(early)
    assert "Dit is te snel na de vorige fase" in said
    assert "17 november" in said
    return complaints(a.page)


def looked_at(a: Facilitated, name: str) -> list[str]:
    a.player.open(url_of(a.made, name))
    return complaints(a.page)


def seven_ideas_became_agreements(a: Facilitated) -> None:
    found = a.player.case.agreements.filter(source="intervention")
    assert {(one.owner.split()[0], one.what) for one in found} == set(IDEAS.items())
    assert {one.due_on for one in found} == {REVIEW}


def it_is_told_where_it_stands(a: Facilitated) -> None:
    """On the page of the approach, with what Noor asked for, and on the page of the case."""
    a.player.be("Sami", at(24, 13))
    a.player.open(url_of(a.made, "page"))
    main = a.page.locator("main")
    for told in ("Het gaat duidelijk beter", "mijn naam mag, niet wat er op de stickers staat"):
        expect(main).to_contain_text(told)
    a.player.open(f"/cases/{a.player.case.uuid}/")
    expect(a.page.locator("#interventions")).to_contain_text("Steungroepaanpak")
