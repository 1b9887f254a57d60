"""What follows from the answers: the worked scenarios, the edges of each verdict, and files that are refused."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cases.protocol.definition import ProtocolError
from interventions.protocol import methods
from interventions.suitability import Given, Verdict, advise, newest
from interventions.suitability.loader import EDITIONS, read_edition
from interventions.tests.answers import points_to
from pestzorg.demo.checked import checked

FITS, POSSIBLE, NOT = Verdict.FITS, Verdict.POSSIBLE, Verdict.NOT_ADVISED
EDITION = newest()
KEYS = [one.key for one in EDITION.indicators]
METHODS = methods()
FOLDER = EDITIONS / EDITION.key

# The method that a story chose: what its case tells, and what is expected of that method and of others.
STORIES: dict[str, tuple[set[str], dict[str, Verdict]]] = {
    "support_group": (
        set(),
        {"support_group": FITS, "no_blame": FITS, "restorative_circle": POSSIBLE},
    ),
    "shared_concern": (
        set(),
        {"shared_concern": FITS, "no_blame": POSSIBLE, "restorative_circle": POSSIBLE},
    ),
    "no_blame": (
        set(),
        {"no_blame": FITS, "support_group": FITS, "shared_concern": POSSIBLE},
    ),
    "restorative_circle": (
        {"grave_facts", "intimate_images"},
        {
            "restorative_circle": POSSIBLE,
            **dict.fromkeys(("no_blame", "support_group", "shared_concern"), NOT),
        },
    ),
    "class_thermometer": (
        set(),
        {"class_thermometer": FITS, "no_blame": POSSIBLE, "shared_concern": POSSIBLE},
    ),
}


def verdict_on(method: str, answers: dict[str, str], *told: str) -> Verdict:
    return advise(EDITION, method, Given(answers, frozenset(told))).verdict


@pytest.mark.parametrize("chosen", STORIES)
def test_what_was_chosen_in_a_story_is_not_advised_against(chosen: str) -> None:
    told, expected = STORIES[chosen]
    answers = checked(chosen)
    assert {method: verdict_on(method, answers, *told) for method in expected} == expected


# ── the edges of each verdict ────────────────────────────────────────────────
@pytest.mark.parametrize("method", METHODS)
def test_every_answer_that_points_to_a_method_makes_it_fit(method: str) -> None:
    assert verdict_on(method, points_to(method)) == FITS


@pytest.mark.parametrize("method", METHODS)
def test_half_of_what_it_names_is_possible_and_one_more_fits(method: str) -> None:
    row, answers = EDITION.row(method), points_to(method)
    neutral = dict.fromkeys(row.speaks_for, "")
    kept = list(row.speaks_for)
    half = len(kept) // 2
    few = {**answers, **neutral, **{key: answers[key] for key in kept[-half:]}}
    assert verdict_on(method, few) != FITS
    enough = {**answers, **neutral, **{key: answers[key] for key in kept[-half - 1 :]}}
    # A method that needs acknowledgment, or consent, is kept from fitting while nobody asked.
    careful = advise(EDITION, method, Given(enough)).careful
    assert verdict_on(method, enough) == (POSSIBLE if careful else FITS)


def test_one_answer_against_still_fits_and_two_do_not() -> None:
    one = points_to("no_blame") | {"age": "long"}
    assert verdict_on("no_blame", one) == FITS
    assert verdict_on("no_blame", one | {"speed": "now"}) == POSSIBLE


def test_more_against_than_for_is_not_advised() -> None:
    against = {key: answers[0] for key, answers in EDITION.row("no_blame").speaks_against.items()}
    even = {**against, "staff": "unclear"}
    for key in ("position", "consent"):
        even[key] = points_to("no_blame")[key]
    assert verdict_on("no_blame", even) == NOT
    just = {"age": "long", "seriousness": "grave", "position": "allies", "consent": "given"}
    assert verdict_on("no_blame", just) == POSSIBLE
    assert verdict_on("no_blame", just | {"speed": "now"}) == NOT


@pytest.mark.parametrize(
    ("method", "expected"),
    [
        ("no_blame", NOT),
        ("support_group", NOT),
        ("restorative_circle", NOT),
        ("shared_concern", POSSIBLE),
        ("class_thermometer", POSSIBLE),
    ],
)
def test_without_consent(method: str, expected: Verdict) -> None:
    assert verdict_on(method, points_to(method) | {"consent": "withheld"}) == expected


@pytest.mark.parametrize(
    ("answer", "expected"),
    [("yes", FITS), ("partly", POSSIBLE), ("unclear", POSSIBLE), ("no", NOT)],
)
def test_a_circle_needs_acknowledgment(answer: str, expected: Verdict) -> None:
    answers = points_to("restorative_circle") | {"acknowledgment": answer}
    assert verdict_on("restorative_circle", answers) == expected


def test_denial_rules_out_no_blame_only_together_with_broad_backing() -> None:
    answers = points_to("no_blame") | {"acknowledgment": "no"}
    assert verdict_on("no_blame", answers) == FITS
    assert verdict_on("no_blame", answers | {"backing": "broad"}) == NOT


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("one", [c.key for c in EDITION.circumstances if c.every_method])
def test_general_contra_indications_rule_out_every_method(method: str, one: str) -> None:
    assert verdict_on(method, points_to(method), one) == NOT


@pytest.mark.parametrize(
    ("told", "not_advised", "only_possible"),
    [
        ("punishment", {"no_blame", "support_group", "shared_concern"}, set()),
        ("parents_against", {"no_blame", "support_group"}, set()),
        ("private_matters", {"support_group"}, set()),
        ("reprisal", {"restorative_circle"}, set()),
        ("no_circles_yet", {"restorative_circle"}, set()),
        ("grave_facts", {"no_blame", "support_group", "shared_concern"}, set()),
        ("intimate_images", set(), {"restorative_circle"}),
        ("teaches_class", {"shared_concern"}, {"restorative_circle"}),
        ("only_answer", {"class_thermometer"}, set()),
    ],
)
def test_what_a_method_names_itself(told: str, not_advised: set, only_possible: set) -> None:
    found = {method: verdict_on(method, points_to(method), told) for method in METHODS}
    assert {method for method, one in found.items() if one == NOT} == not_advised
    assert {method for method, one in found.items() if one == POSSIBLE} == only_possible


def test_method_without_a_row_is_possible_until_something_general_rules_it_out() -> None:
    assert verdict_on("listening_hour", points_to("no_blame")) == POSSIBLE
    assert verdict_on("listening_hour", points_to("no_blame"), "alarm_open") == NOT


def test_reasons_are_words_and_say_what_the_case_told() -> None:
    answers = points_to("no_blame") | {"age": "long"}
    told = Given(answers, frozenset({"punishment", "holiday_near"}), frozenset({"consent"}))
    found = advise(EDITION, "no_blame", told)
    assert "Hoe lang: al heel lang" in [str(one) for one in found.speaks_against]
    assert {(str(one)[:12], one.of_case) for one in found.stops} == {
        ("Er is al str", False),
        ("Er zijn geen", True),
    }
    of_case = [str(one.name) for one in found.speaks_for if one.of_case]
    assert of_case == ["Toestemming van de leerling"]


# ── whatever is answered ─────────────────────────────────────────────────────
ANSWERS = st.fixed_dictionaries(
    {one.key: st.sampled_from([c.key for c in one.choices]) for one in EDITION.indicators}
)
TOLD = st.frozensets(st.sampled_from([one.key for one in EDITION.circumstances]))
WORSE = [FITS, POSSIBLE, NOT]


@given(ANSWERS, TOLD, st.sampled_from(METHODS))
@settings(max_examples=100, deadline=None)
def test_one_circumstance_more_never_makes_a_method_fit_better(
    answers: dict[str, str], told: frozenset[str], method: str
) -> None:
    with_all = WORSE.index(verdict_on(method, answers, *told))
    for one in told:
        assert WORSE.index(verdict_on(method, answers, *(told - {one}))) <= with_all


@given(ANSWERS, TOLD, st.sampled_from(METHODS))
@settings(max_examples=100, deadline=None)
def test_no_verdict_without_a_reason(
    answers: dict[str, str], told: frozenset[str], method: str
) -> None:
    found = advise(EDITION, method, Given(answers, told))
    if found.verdict == NOT:
        assert found.stops or found.speaks_against
    if found.verdict == FITS:
        assert found.speaks_for
        assert not found.stops
        assert not found.careful


# ── the files ────────────────────────────────────────────────────────────────
def test_every_method_has_a_row_and_every_question_matters_to_somebody() -> None:
    assert set(EDITION.rows) == set(METHODS)
    assert len(EDITION.indicators) == 9
    named = {key for row in EDITION.rows.values() for key in (*row.speaks_for, *row.speaks_against)}
    assert named == set(KEYS)


def copied(tmp_path: Path, file: str, old: str, new: str) -> Path:
    folder = tmp_path / "2026-1"
    shutil.copytree(FOLDER, folder)
    text = (folder / file).read_text(encoding="utf-8")
    assert old in text
    (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("file", "old", "new", "complaint"),
    [
        ("no_blame.toml", 'age = ["recent"]', 'age = ["soon"]', "names no question"),
        ("no_blame.toml", 'age = ["recent"]', "age = []", "names no question"),
        ("no_blame.toml", 'age = ["recent"]', 'ages = ["recent"]', "names no question"),
        ("no_blame.toml", 'age = ["long"]', 'age = ["recent"]', "for and against"),
        ("no_blame.toml", '"punishment"', '"punished"', "no circumstance"),
        ("no_blame.toml", 'method = "no_blame"', 'method = "blame"', "name of the file"),
        ("no_blame.toml", 'when = { consent = ["withheld"] }', "when = {}", "missing or empty"),
        ("no_blame.toml", "stopped_by", "stoped_by", "unknown key"),
        ("questions.toml", 'key = "recent"', 'key = "unclear"', "three rows"),
        ("questions.toml", 'key = "months"', 'key = "recent"', "twice"),
        ("questions.toml", 'key = "alarm_open"', 'key = "alarm"', "must be exactly"),
        ("questions.toml", 'known_from = "target_consent"', 'known_from = "consent"', "step 8"),
        ("questions.toml", 'key = "seriousness"', 'key = "age"', "twice"),
    ],
)
def test_wrong_file_says_what_to_mend(
    tmp_path: Path, file: str, old: str, new: str, complaint: str
) -> None:
    with pytest.raises(ProtocolError, match=re.escape(complaint)):
        read_edition(copied(tmp_path, file, old, new))


def test_sixth_method_brings_a_file_and_no_code(tmp_path: Path) -> None:
    folder = copied(tmp_path, "questions.toml", "# Choosing", "# Choosing")
    row = 'method = "listening_hour"\n[speaks_for]\nposition = ["several"]\n'
    (folder / "listening_hour.toml").write_text(row, encoding="utf-8")
    found: Any = advise(read_edition(folder), "listening_hour", Given({"position": "several"}))
    assert found.verdict == FITS
