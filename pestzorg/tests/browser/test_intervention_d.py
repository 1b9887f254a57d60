"""Scenario D, from step 8 to its outcome: a restorative conference of eleven, begun on 18 March, when the school may act."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from interventions.queries.situation import Situation
from pestzorg.demo.scenario import Answers
from pestzorg.demo.scenario_d import REVISION, D, at
from pestzorg.testing.facilitated import Facilitated, Held, Idea
from pestzorg.tests.browser.test_pages import complaints

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
]

STEP_8 = D.between(REVISION, at(19, 8, month=3))[0]
PUPILS = {
    **dict.fromkeys(("Robbe", "Niels"), "involved"),
    **dict.fromkeys(("Hanne", "Sam"), "supports_target"),
}
ADULTS = {
    "Aylin, moeder van Elif": "supports_target",
    "Bart, vader van Robbe": "supports_involved",
    "Els, moeder van Niels": "supports_involved",
    "Lotte Maertens": "present",
    "Pieter Vos": "present",
    "Nele Claeys": "present",
}
EVERYBODY = (*PUPILS, *(name.split()[0].rstrip(",") for name in ADULTS))
CONDITIONS = (
    *("voluntary", "needs_repair", "clear_event", "acknowledged"),
    *("impartial_moderator", "support_present", "go"),
)
INTAKE = Held(
    at(18, 11, month=3),
    "Nele",
    "intake_conditions",
    {**dict.fromkeys(CONDITIONS, True), "note": "Elif wil haar moeder erbij."},
)
TALKS = Held(
    at(26, 15, month=3),
    "Nele",
    "preparatory_talks",
    people={
        "Elif": {
            "agrees_to_join": True,
            "support_person": "Mama",
            "expectations": "Dat iedereen het wist en zwijgt.",
            "safety_needs": "Niet naast Robbe zitten, en mogen stoppen.",
        },
        **{who: {"agrees_to_join": True} for who in EVERYBODY},
    },
)
# D10 to D14: who, what, by when.
PLAN = (
    Idea("Robbe", "Een brief met excuses, die Nele eerst leest", date(2026, 4, 3)),
    Idea("Niels", "Iedereen vragen om het te wissen, en de lijst aan Nele geven", date(2026, 4, 3)),
    Idea("Lotte", "Tot de zomer in een andere projectgroep", date(2026, 4, 20)),
    Idea("Robbe", "Met Niels de cursus over toestemming en beelden volgen", date(2026, 4, 24)),
    Idea("Pieter", "Een les over beelden delen, met wat de jongens inbrengen", date(2026, 5, 8)),
)
CIRCLE: tuple[tuple[str, Answers], ...] = (
    (
        "opening",
        {
            "ground_rules": "Eén praat, de anderen luisteren. Stoppen mag altijd.",
            "seating_plan": "Elif tussen haar moeder en Hanne, Robbe aan de overkant.",
        },
    ),
    ("telling", {"minutes": "Robbe en Niels vertelden wat zij deden, daarna Elif."}),
    ("impact", {"impact_notes": "Slecht slapen, een dag thuis, schaamte."}),
    ("needs_and_repair", {"ideas": "Wissen\nExcuses\nAfstand"}),
    ("restoration_plan", {"signed_by": "Elif\nRobbe\nNiels"}),
    ("closing_round", {}),
)


def circle() -> list[Held]:
    """Monday 30 March: six phases in one meeting."""
    out = {"Elif": {"mood_out": "opgelucht"}, "Robbe": {"mood_out": "stil"}}
    return [
        Held(
            *(at(30, 16, month=3), "Nele", key, answers),
            ideas=PLAN if key == "restoration_plan" else (),
            people=out if key == "closing_round" else {},
        )
        for key, answers in CIRCLE
    ]


def followed_up(day: int, safety: int, *, on: date | None = None) -> Held:
    """Elif, and apart from her both boys, who hear what they did well."""
    boys = {"progress": "better", "congratulated": True}
    people = {"Elif": {"progress": "better", "safety_score": safety}, "Robbe": boys, "Niels": boys}
    return Held(at(day, 14, month=4), "Nele", "separate_follow_up", people=people, on=on)


# What the case tells of itself: a red flag still waits, so the check does not advise it, and Nele says why all the same.
TOLD = {"alarm_open", "grave_facts", "possible_offence", "intimate_images", "only_answer"}
ALL_THE_SAME = "De meldingen zijn gedaan. Elif, haar ouders en de begeleider willen het nu."


def test_the_conference_from_the_decision_to_what_came_of_it(
    facilitated: Callable[..., Facilitated],
) -> None:
    d = facilitated(D, REVISION)
    assert d.player.case.status == "active"
    assert "De leerling wil dit niet" in d.without_consent(STEP_8)
    d.player.play([STEP_8])
    made = d.begin("Nele", at(18, 10, 30, month=3), "restorative_circle:hergo", ALL_THE_SAME)
    told = Situation(d.player.case, made.conversation.step_records.get(step=8), made.started_at)
    assert told.facts_for(made.method) == TOLD
    assert (made.advice, made.advice_reason) == ("not_advised", ALL_THE_SAME)
    assert (made.started_at.date(), made.facilitated_by.split(",")[0]) == (
        date(2026, 3, 18),
        "Griet Lemmens",
    )
    who_denies_is_in_no_circle(d)
    d.hold(INTAKE)
    d.choose(PUPILS, ADULTS)
    wrong = {"ten people": nobody_is_forgotten(d)}
    d.hold(TALKS, *circle())
    d.hold(followed_up(1, 5))
    d.another_round("Nele", at(1, 15, month=4))
    wrong["no school"] = not_in_the_holiday(d)
    d.hold(followed_up(20, 6))
    wrong["too soon"] = four_school_weeks_first(d)
    d.hold(evaluated(13))
    d.finish(
        *("Nele", at(19, 12, month=5)),
        {
            "result": "Het beeld is weg en de jongens hielden zich aan het plan.",
            "safety_score": 7,
            "closeness_respected": True,
        },
    )
    assert {place: found for place, found in wrong.items() if found} == {}
    assert d.held == [
        ("intake_conditions", 1, date(2026, 3, 18)),
        ("preparatory_talks", 1, date(2026, 3, 26)),
        *((key, 1, date(2026, 3, 30)) for key, _answers in CIRCLE),
        ("separate_follow_up", 1, date(2026, 4, 1)),
        ("separate_follow_up", 2, date(2026, 4, 20)),
        ("evaluation_circle", 1, date(2026, 5, 13)),
    ]
    five_points_are_agreed(d)


def who_denies_is_in_no_circle(d: Facilitated) -> None:
    """One condition that does not hold is enough; it stands at its question."""
    given = {key: value for key, value in INTAKE.answers.items() if key != "acknowledged"}
    said = d.refused(Held(INTAKE.at, INTAKE.by, INTAKE.key, given))
    assert "Wie het deed erkent dat" in said


def nobody_is_forgotten(d: Facilitated) -> list[str]:
    """Everybody is talked with before the circle, also the tenth."""
    people = {who: said for who, said in TALKS.people.items() if who != "Nele"}
    said = d.refused(Held(TALKS.at, TALKS.by, TALKS.key, people=people))
    assert "Nele Claeys: Wil zelf komen" in said
    return complaints(d.page)


def not_in_the_holiday(d: Facilitated) -> list[str]:
    """A week later lies in the Easter holiday."""
    assert "geen school" in d.refused(followed_up(20, 6, on=date(2026, 4, 8)))
    return complaints(d.page)


def evaluated(day: int) -> Held:
    """The same people look back."""
    return Held(at(day, 16, month=5), "Nele", "evaluation_circle", {"plan_kept": "mostly"})


def four_school_weeks_first(d: Facilitated) -> list[str]:
    """The holiday does not count: 8 May is too soon."""
    said = d.refused(evaluated(8))
    assert "Dit is te snel na de vorige fase" in said
    assert "11 mei" in said
    return complaints(d.page)


def five_points_are_agreed(d: Facilitated) -> None:
    found = d.player.case.agreements.filter(source="intervention")
    assert {(one.owner.split()[0], one.what, one.due_on) for one in found} == {
        (row.who, row.text, row.review_on) for row in PLAN
    }
