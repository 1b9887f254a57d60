"""What the class thermometer makes of known answers: every figure was worked out beside this program."""

from __future__ import annotations

from fractions import Fraction

import pytest
from django.utils import translation

from interventions.tests.classes import VECTOR, lines_of, scores_of, sheets, table
from interventions.thermometer.compare import Change, Label
from interventions.thermometer.publish import changes, publish, share_text
from interventions.thermometer.questionnaire import FULL, JUNIOR, version
from interventions.thermometer.scoring import (
    Figure,
    Share,
    class_scores,
    dimension_score,
    half_up,
    total,
)
from interventions.thermometer.sheets import sheet_of

BY_HAND = {
    "safety": ("100 75 16.7 66.7 91.7 50 75 91.7", 8, "70.8", "27.1"),
    "belonging": ("100 83.3 33.3 75 100 58.3 75 91.7", 8, "77.1", "22.6"),
    "teacher_support": ("83.3 75 50 - 100 58.3 66.7 83.3", 7, "73.8", "17.0"),
    "bullying": ("91.7 83.3 50 75 100 75 91.7 87.5", 8, "81.8", "15.4"),
    "cyberbullying": ("91.7 75 33.3 83.3 100 58.3 83.3 -", 7, "75.0", "22.6"),
    "bystander": ("91.7 66.7 41.7 58.3 100 50 66.7 75", 8, "68.8", "19.8"),
}


def one(value: Fraction | float | None) -> str:
    return "-" if value is None else str(half_up(value, 1))


def figures_of(run: str) -> dict[str, Figure]:
    scores = scores_of(lines_of(run))
    assert scores.total
    return {**scores.dimensions, "total": scores.total}


@pytest.mark.parametrize("subject", BY_HAND)
def test_the_eight_pupils_worked_out_by_hand(subject: str) -> None:
    pupils, n, mean, sd = BY_HAND[subject]
    found = [dimension_score(sheet, version(FULL), subject) for sheet in sheets(VECTOR)]
    assert " ".join(one(score).removesuffix(".0") for score in found) == pupils
    figure = scores_of(VECTOR).dimensions[subject]
    assert (figure.n, one(figure.mean), one(figure.sd)) == (n, mean, sd)


def test_their_total_and_temperature() -> None:
    scores = scores_of(VECTOR)
    assert scores.total
    assert scores.temperature
    assert (scores.total.n, one(scores.total.mean), one(scores.total.sd)) == (8, "74.7", "19.6")
    assert one(scores.temperature.mean) == "6.6"
    assert scores.prevalence["victimised"] == Share(1, 8)


def test_who_answered_too_little_of_a_subject_has_no_score_and_may_still_have_a_total() -> None:
    fourth = sheets(VECTOR)[3]
    assert dimension_score(fourth, version(FULL), "teacher_support") is None
    assert total(fourth, version(FULL)) is not None
    two_subjects_short = sheet_of("432442000132000343/6", version(FULL))
    assert total(two_subjects_short, version(FULL)) is None


@pytest.mark.parametrize("row", table("figures.csv"), ids=lambda row: row["class"] + row["subject"])
def test_every_figure_of_the_five_stories(row: dict[str, str]) -> None:
    before = figures_of(f"{row['class']} before")[row["subject"]]
    after = figures_of(f"{row['class']} after")[row["subject"]]
    change = Change(before, after)
    assert (one(before.mean), one(before.sd), str(before.n)) == (
        *(row["before"], row["before_sd"]),
        row["before_n"],
    )
    assert (one(after.mean), one(after.sd), str(after.n)) == (
        *(row["after"], row["after_sd"]),
        row["after_n"],
    )
    assert change.g is not None
    assert f"{half_up(change.difference, 1):+}" == row["difference"]
    assert f"{half_up(change.g, 2):+}" == row["g"]
    assert change.label == row["label"]


@pytest.mark.parametrize("row", table("shares.csv"), ids=lambda row: row["run"])
def test_response_temperature_and_who_is_bullied_in_the_five_stories(row: dict[str, str]) -> None:
    scores = scores_of(lines_of(row["run"]))
    shown = publish(scores, version(FULL), class_size=int(row["class_size"]))
    assert shown
    assert shown.temperature
    assert str(shown.respondents) == row["respondents"]
    assert str(half_up(shown.response * 100, 0)) == row["response"]
    assert one(shown.temperature.mean) == row["temperature"]
    with translation.override("en"):
        words = {name: share_text(share) for name, share in shown.prevalence.items()}
    assert words == {name: row[name] for name in ("victimised", "cyber_victimised")}


def test_both_runs_of_a_story_compare_in_every_subject() -> None:
    before, after = (
        publish(scores_of(lines_of(f"A {when}")), version(FULL), class_size=24)
        for when in ("before", "after")
    )
    assert len(changes(before, after)) == 7


def test_a_difference_is_taken_before_it_is_rounded() -> None:
    change = Change(
        figures_of("A before")["teacher_support"], figures_of("A after")["teacher_support"]
    )
    rounded = half_up(change.after.mean, 1) - half_up(change.before.mean, 1)
    assert one(change.difference) == "6.6"
    assert str(rounded) == "6.5"


@pytest.mark.parametrize(
    ("before", "after", "label"),
    [
        (50, Fraction(5499, 100), Label.NO_CLEAR_CHANGE),
        (50, 55, Label.SLIGHTLY_BETTER),
        (50, Fraction(5999, 100), Label.SLIGHTLY_BETTER),
        (50, 60, Label.CLEARLY_BETTER),
        (55, 50, Label.SLIGHTLY_WORSE),
        (60, 50, Label.CLEARLY_WORSE),
        (50, Fraction(4501, 100) + Fraction(2), Label.NO_CLEAR_CHANGE),
    ],
)
def test_where_a_word_begins(before: Fraction, after: Fraction, label: Label) -> None:
    change = Change(Figure(20, Fraction(before), 10.0), Figure(20, Fraction(after), 10.0))
    assert change.label == label


def test_a_difference_that_drowns_in_the_spread_is_no_clear_change() -> None:
    change = Change(Figure(10, Fraction(50), 40.0), Figure(10, Fraction(57), 40.0))
    assert change.g is not None
    assert change.g < 0.20
    assert change.label == Label.NO_CLEAR_CHANGE


def test_a_class_that_agrees_about_everything_has_no_g_and_still_a_word() -> None:
    change = Change(Figure(10, Fraction(50), 0.0), Figure(10, Fraction(75), 0.0))
    assert change.g is None
    assert change.label == Label.CLEARLY_BETTER


def test_the_youngest_have_a_total_and_a_temperature_and_nothing_else() -> None:
    # S1 S3 B1 B3 T1 T2 P1 P2 O2: everything favourable, everything in the middle, too little answered
    lines = ["313133113/10", "222222222/5", "300000000/2"]
    scores = class_scores([sheet_of(line, version(JUNIOR)) for line in lines], version(JUNIOR))
    assert scores.total == Figure(2, Fraction(75), pytest.approx(35.3553, abs=1e-4))
    assert scores.temperature
    assert scores.temperature.n == 3
    assert (scores.dimensions, scores.prevalence, scores.spread) == ({}, {}, {})


@pytest.mark.parametrize(
    ("value", "decimals", "shown"),
    [
        (Fraction(625, 100), 1, "6.3"),
        (Fraction(-145, 100), 1, "-1.5"),
        (Fraction(1, 3), 1, "0.3"),
        (Fraction(745, 10), 0, "75"),
        (Fraction(-1, 100), 1, "0.0"),
    ],
)
def test_half_goes_up(value: Fraction, decimals: int, shown: str) -> None:
    assert str(half_up(value, decimals)) == shown
