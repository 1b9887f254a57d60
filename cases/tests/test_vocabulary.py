"""The words of the field: what the code lists promise, and what their reader refuses."""

from pathlib import Path

import pytest
from django.utils import translation

from cases.protocol import ProtocolError
from cases.protocol import vocabulary as words

BROKEN_WORDS = [
    ('[a]\nb = { nl = "B" }', "en is missing"),
    ('[a]\nb = { nl = "B", en = "C", more = 1 }', "unknown key more"),
    (
        '[cyber_subforms]\nb = { nl = "B", en = "C" }',
        "minimum_severity, possible_offence is missing",
    ),
    (
        '[cyber_subforms]\nb = { nl = "B", en = "C", minimum_severity = "high", possible_offence = true }',
        "not a whole number",
    ),
    ('[a]\ninclude = "ghost"', "ghost is missing"),
    ('[a]\ninclude = "b"\n[b]\ninclude = "a"', "b includes another list"),
    ('[a]\nc = { nl = "B", en = "C" }\n[b]\ninclude = "a"\nc = { nl = "B", en = "C" }', "already"),
]


def test_labels_follow_the_language_also_in_forms() -> None:
    offered = dict(words.choices("certainties"))
    for language, expected in (("nl", "Zelf gezien"), ("en", "Observed")):
        with translation.override(language):
            assert words.label("certainties", "observed") == expected
            assert str(offered["observed"]) == expected


def test_unknown_lists_and_terms_raise() -> None:
    with pytest.raises(words.UnknownTerm):
        words.terms("planets")
    with pytest.raises(words.UnknownTerm):
        words.label("certainties", "guessed")


def test_keys_are_those_of_the_terms() -> None:
    assert words.keys("audiences") == {"private", "small_group", "class", "school", "public"}


def test_severity_bands_follow_each_other_and_no_score_is_critical() -> None:
    bands = [
        [score for score in range(25) if t.note["min_score"] <= score <= t.note["max_score"]]
        for t in words.terms("severity_levels")
    ]
    assert bands == [list(range(6)), list(range(6, 12)), list(range(12, 25)), []]


def test_eight_indicators_explain_their_four_scores() -> None:
    indicators = words.terms("severity_indicators")
    assert len(indicators) == 8
    assert {len(term.note["options"]) for term in indicators} == {4}


def test_cyber_subforms_that_are_critical_by_themselves() -> None:
    critical = {t.key for t in words.terms("cyber_subforms") if t.note["minimum_severity"] == 4}
    assert critical == {"image_abuse", "sextortion", "grooming", "incitement_self_harm"}


def test_talk_roles_begin_with_the_participant_roles() -> None:
    roles = words.terms("participant_roles")
    assert words.terms("talk_roles")[: len(roles)] == roles
    assert str(roles[1].note["behaviour"]) in {"begint vaak", "often starts it"}


def test_step_states_have_the_words_of_the_screen() -> None:
    assert {term.key: term.label.nl for term in words.terms("step_statuses")} == {
        "not_started": "Nog niet",
        "in_progress": "Later aanvullen",
        "done": "Besproken",
        "skipped": "Niet nodig",
        "reopened": "Opnieuw open",
    }


@pytest.mark.parametrize(("content", "complaint"), BROKEN_WORDS)
def test_vocabulary_refuses_a_broken_file(tmp_path: Path, content: str, complaint: str) -> None:
    file = tmp_path / "vocabulary.toml"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(ProtocolError, match=complaint):
        words.read_vocabulary(file)


def test_facts_of_a_term_cannot_be_changed() -> None:
    note = words.term("cyber_subforms", "doxing").note
    with pytest.raises(TypeError):
        note["minimum_severity"] = 1  # type: ignore[index]
