"""Sentences that promise something, and sentences that only sound like it. Said on Thursday 6 November 2025."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.promises import promises_in
from cases.promises.words import LANGUAGES, words
from schools.calendar import SchoolCalendar
from schools.models.school import ZONES, Country

TODAY = date(2025, 11, 6)
CALENDAR = SchoolCalendar(
    [(date(2025, 12, 20), date(2026, 1, 4)), (date(2026, 2, 14), date(2026, 2, 22))],
    date(2025, 8, 1),
    date(2026, 7, 31),
    ZONES[Country.NETHERLANDS],
)
NAMES = {"tom": "tom", "tom bakker": "tom", "de vries": "els", "els": "els", "noor": "noor"}


def heard(text: str) -> list[tuple[str, str, date | None]]:
    return [
        (p.who, p.what, p.when.on(TODAY, CALENDAR) if p.when else None)
        for p in promises_in(text, NAMES)
    ]


def day(number: int, month: int = 11, year: int = 2025) -> date:
    return date(year, month, number)


PROMISES = {
    "Meester Tom belt de ouders tegen vrijdag.": ("tom", "Belt de ouders", day(7)),
    "de mentor belt de ouders tegen vrijdag": ("class_teacher", "Belt de ouders", day(7)),
    "Vrijdag belt de mentor de ouders.": ("class_teacher", "Belt de ouders", day(7)),
    "Ik ga vrijdag de ouders bellen.": ("me", "De ouders bellen", day(7)),
    "Ik bel de moeder van Noor": ("me", "Bel de moeder van Noor", None),
    "Ik bel morgen even de moeder.": ("me", "Bel de moeder", day(7)),
    "Mevrouw De Vries stuurt uiterlijk 14 november een mail": ("els", "Stuurt een mail", day(14)),
    "Els plant op 18/2 een gesprek": ("els", "Plant een gesprek", day(23, 2, 2026)),
    "Els plant op 5-1-2026 een gesprek": ("els", "Plant een gesprek", day(5, 1, 2026)),
    "Ik regel binnen drie schooldagen een gesprek": ("me", "Regel een gesprek", day(11)),
    "Ik regel over 2 weken een gesprek": ("me", "Regel een gesprek", day(20)),
    "Tom Bakker zal volgende week dinsdag met de klas praten": (
        "tom",
        "Met de klas praten",
        day(11),
    ),
    "Noor stuurt volgende week een bericht": ("noor", "Stuurt een bericht", day(14)),
    "Papa blokkeert het account voor het weekend": ("parent", "Blokkeert het account", day(7)),
    "De klas maakt deze week nieuwe regels": ("class", "Maakt nieuwe regels", day(7)),
    "Tom belt voor dinsdag de ouders": ("tom", "Belt de ouders", day(10)),
    "Tom belt zaterdag de ouders": ("tom", "Belt de ouders", day(10)),
    "Tom belt donderdag de ouders": ("tom", "Belt de ouders", day(13)),
    "Tom belt op 22 december de ouders": ("tom", "Belt de ouders", day(5, 1, 2026)),
    "The mentor calls the parents by Friday": ("class_teacher", "Calls the parents", day(7)),
    "I will call the parents tomorrow": ("me", "Call the parents", day(7)),
    "Tom is going to talk to the class before Tuesday.": ("tom", "Talk the class", day(10)),
}


@pytest.mark.parametrize("text", PROMISES)
def test_a_promise_is_heard_with_who_what_and_day(text: str) -> None:
    assert heard(text) == [PROMISES[text]]


def test_two_promises_in_one_sentence_are_two() -> None:
    text = "De mentor belt de ouders tegen vrijdag en ik praat morgen met Noor."
    assert heard(text) == [
        ("class_teacher", "Belt de ouders", day(7)),
        ("me", "Praat met Noor", day(7)),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "Noor kijkt vaak weg.",
        "Ze lachten me uit op vrijdag.",
        "Els praat vrijdag niet met de klas.",
        "Wie belt de ouders vrijdag?",
        "Belt Tom vrijdag de ouders?",
        "Misschien belt Tom vrijdag de ouders.",
        "Vrijdag zat Noor alleen in de pauze en niemand hielp.",
        "Iemand belt vrijdag de ouders.",
        "Tom belt.",
        "Ik bel.",
        "",
    ],
)
def test_a_story_a_question_and_a_denial_promise_nothing(text: str) -> None:
    assert heard(text) == []


@pytest.mark.parametrize(
    "text", ["Tom belt op 31 februari de ouders", "Tom belt 3-11-2025 de ouders"]
)
def test_a_day_that_is_none_or_gone_is_left_open(text: str) -> None:
    assert heard(text) == [("tom", "Belt de ouders", None)]


def test_at_most_five_are_offered_and_none_is_longer_than_an_agreement() -> None:
    assert len(heard("Ik bel morgen de ouders. " * 9)) == 5
    assert len(heard(f"Ik bel morgen {'x' * 900} en nog wat")[0][1]) == 200


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_words_of_a_language_are_complete_and_in_lower_case(language: str) -> None:
    known = words(language)
    assert len(known.weekdays) == 7
    assert set(known.months.values()) == set(range(1, 13))
    everything = [*known.verbs, *known.roles, *known.days, *known.months, *known.weekdays]
    assert everything == [word.lower() for word in everything]


@given(st.text(max_size=300))
def test_any_text_is_read_without_an_error(text: str) -> None:
    for promise in promises_in(text, NAMES):
        assert promise.what.strip()
