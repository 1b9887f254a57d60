"""What of a run may be seen: nothing that a single pupil could be found in."""

from __future__ import annotations

from fractions import Fraction

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from interventions.tests.classes import VECTOR, lines_of, scores_of
from interventions.thermometer.compare import Change, Label
from interventions.thermometer.publish import (
    Limits,
    Published,
    band_of,
    changes,
    count_text,
    publish,
    share_text,
)
from interventions.thermometer.questionnaire import FULL, JUNIOR, version
from interventions.thermometer.scoring import Figure, Share, class_scores
from interventions.thermometer.sheets import Sheet, WrongSheet, sheet_from, sheet_of

ITEMS = version(FULL).items


def shown(lines: list[str] | tuple[str, ...], minimum: int = 8) -> Published | None:
    return publish(scores_of(lines), version(FULL), class_size=24, limits=Limits(minimum))


@st.composite
def some_sheets(draw: st.DrawFn, least: int = 0, most: int = 30) -> list[Sheet]:
    marks = st.tuples(*(st.integers(0, 5) for _item in ITEMS))
    temperature = st.none() | st.integers(0, 10)
    sheet = st.builds(Sheet, marks=marks, temperature=temperature)
    return draw(st.lists(sheet, min_size=least, max_size=most))


def published(sheets: list[Sheet], minimum: int = 8) -> Published | None:
    return publish(
        class_scores(sheets, version(FULL)), version(FULL), class_size=30, limits=Limits(minimum)
    )


def test_eight_pupils_show_subjects_and_no_counts() -> None:
    found = shown(VECTOR)
    assert found
    # Two subjects rest on seven pupils only: one of them answered too little of it.
    assert set(found.figures) == {"safety", "belonging", "bullying", "bystander", "total"}
    assert found.prevalence == found.spread == {}


def test_one_pupil_less_and_nothing_is_shown() -> None:
    assert shown(VECTOR[:-1]) is None


def test_ten_pupils_show_counts_but_never_of_what_is_sensitive() -> None:
    found = shown(lines_of("A before"))
    assert found
    assert set(found.prevalence) == {"victimised", "cyber_victimised"}
    assert set(found.spread) == {item.code for item in ITEMS} - {"P1", "P3", "C1"}


def test_a_school_raises_the_minimum_and_never_lowers_it() -> None:
    assert shown(lines_of("A before")[:12], minimum=13) is None
    assert shown(lines_of("A before")[:12], minimum=12) is not None
    assert shown(VECTOR[:-1], minimum=1) is None
    raised = shown(lines_of("A before")[:12], minimum=12)
    assert raised
    assert all(sum(counts) >= 12 for counts in raised.spread.values())


@pytest.mark.parametrize(("size", "is_low"), [(32, False), (33, True)])
def test_less_than_seventy_percent_is_a_low_response(size: int, is_low: bool) -> None:
    found = publish(scores_of(lines_of("A before")), version(FULL), class_size=size)
    assert found
    assert found.has_low_response == is_low


def test_nothing_is_compared_when_one_of_the_runs_is_too_small() -> None:
    large, small = shown(lines_of("A before")), shown(VECTOR[:-1])
    assert changes(large, small) == changes(small, large) == {}


def test_only_what_both_runs_show_is_compared() -> None:
    assert "teacher_support" not in changes(shown(lines_of("A before")), shown(VECTOR))


def test_the_youngest_show_a_total_and_a_temperature() -> None:
    sheets = [sheet_of("313133113/10", version(JUNIOR))] * 12
    scores = class_scores(sheets, version(JUNIOR))
    found = publish(scores, version(JUNIOR), class_size=12)
    assert found
    assert (set(found.figures), found.prevalence, found.spread) == ({"total"}, {}, {})


@pytest.mark.parametrize(
    ("count", "n", "text"),
    [
        (0, 22, "0 pupils"),
        (1, 22, "1 or 2 pupils"),
        (2, 22, "1 or 2 pupils"),
        (3, 23, "13%"),
        (5, 26, "19%"),
        (23, 23, "100%"),
    ],
)
def test_one_and_two_pupils_are_not_told_apart(count: int, n: int, text: str) -> None:
    with translation.override("en"):
        assert share_text(Share(count, n)) == text


def test_a_count_of_one_or_two_is_not_told_either() -> None:
    with translation.override("en"):
        assert [count_text(n) for n in (0, 1, 2, 3)] == [
            *("0 pupils", "1 or 2 pupils", "1 or 2 pupils"),
            "3 pupils",
        ]


@pytest.mark.parametrize(
    ("mean", "band"),
    [
        (100, "warm"),
        (75, "warm"),
        (Fraction(7499, 100), "lukewarm"),
        (60, "lukewarm"),
        (Fraction(5999, 100), "cool"),
        (45, "cool"),
        (Fraction(4499, 100), "cold"),
        (0, "cold"),
    ],
)
def test_a_band_begins_at_its_unrounded_value(mean: Fraction, band: str) -> None:
    assert band_of(Fraction(mean)).key == band


@given(st.data())
def test_the_order_of_the_pupils_says_nothing(data: st.DataObject) -> None:
    sheets = data.draw(some_sheets())
    shuffled = data.draw(st.permutations(sheets))
    assert class_scores(sheets, version(FULL)) == class_scores(shuffled, version(FULL))


@given(some_sheets(least=1))
def test_every_figure_stays_within_its_scale(sheets: list[Sheet]) -> None:
    scores = class_scores(sheets, version(FULL))
    figures = [*scores.dimensions.values(), *([scores.total] if scores.total else [])]
    assert all(0 <= figure.mean <= 100 for figure in figures)
    assert all(figure.n <= scores.respondents for figure in figures)
    assert all(share.count <= share.n for share in scores.prevalence.values())


@given(st.integers(1, 5), st.sampled_from(ITEMS))
def test_turning_a_question_round_mirrors_its_score(mark: int, item: object) -> None:
    assert item.score(mark) + item.score(6 - mark) == 100  # type: ignore[attr-defined]


@given(some_sheets(most=7), st.integers(0, 8))
def test_below_the_minimum_nothing_is_ever_shown(sheets: list[Sheet], minimum: int) -> None:
    assert published(sheets, minimum) is None


@given(some_sheets(), st.integers(0, 30))
def test_every_figure_that_is_shown_rests_on_enough_pupils(
    sheets: list[Sheet], minimum: int
) -> None:
    found = published(sheets, minimum)
    if found is None:
        assert len(sheets) < max(minimum, 8)
        return
    assert all(figure.n >= max(minimum, 8) for figure in found.figures.values())
    assert all(share.n >= max(minimum, 10) for share in found.prevalence.values())
    assert all(sum(counts) >= max(minimum, 10) for counts in found.spread.values())
    assert not {"P1", "P3", "C1"} & set(found.spread)


FIGURES = st.builds(
    Figure,
    n=st.integers(8, 35),
    mean=st.fractions(0, 100, max_denominator=1200),
    sd=st.floats(0, 50),
)


@given(FIGURES, FIGURES)
def test_back_again_is_the_opposite_change(before: Figure, after: Figure) -> None:
    there, back = Change(before, after), Change(after, before)
    assert there.difference == -back.difference
    worse = {"better": "worse", "worse": "better"}
    start, _underscore, end = there.label.partition("_")
    expected = f"{start}_{worse[end]}" if end in worse else Label.NO_CLEAR_CHANGE
    assert back.label == expected


@given(some_sheets(least=1, most=1))
def test_a_kept_line_gives_the_same_sheet_back(sheets: list[Sheet]) -> None:
    assert sheet_of(sheets[0].line, version(FULL)) == sheets[0]


@pytest.mark.parametrize(
    "line", ["", "55155145412112145/8", "551551454121121456/8", "551551454121121451/11",
             "551551454121121451/", "551551454121121451", "5515514541211214x1/8"],
)  # fmt: skip
def test_a_line_that_fits_no_question_is_refused(line: str) -> None:
    with pytest.raises(WrongSheet):
        sheet_of(line, version(FULL))


def test_what_was_not_asked_or_skipped_is_no_answer() -> None:
    sheet = sheet_from({"S1": 5, "S2": None, "XX": 3}, None, version(FULL))
    assert sheet.line == "5" + 17 * "0" + "/-"
    with pytest.raises(WrongSheet, match="S1"):
        sheet_from({"S1": 6}, None, version(FULL))
