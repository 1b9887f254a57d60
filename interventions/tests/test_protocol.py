"""The methods as data: what each of them does, what it leaves out on purpose, and what the reader refuses."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.utils import translation

from cases.protocol import ProtocolError, vocabulary
from interventions.protocol import UnknownMethod, current, method, methods
from interventions.protocol.definition import Gap, Method, Phase
from interventions.protocol.loader import EDITIONS, read_method
from interventions.tests.methods import SIXTH

FIVE = [
    "class_thermometer",
    "no_blame",
    "restorative_circle",
    "shared_concern",
    "support_group",
]
WAYS = [(key, variant.key) for key in FIVE for variant in current(key).variants]
CIRCLE = "opening telling impact needs_and_repair"

PHASES = {
    ("no_blame", "usual"): "talk_with_target convene_group explain_problem share_responsibility "
    "collect_ideas leave_to_group meet_again",
    ("support_group", "without_target"): "interview_target compose_group first_meeting "
    "collect_suggestions review_target review_group close_group",
    ("restorative_circle", "hergo"): f"intake_conditions preparatory_talks {CIRCLE} "
    "restoration_plan closing_round separate_follow_up evaluation_circle",
    ("restorative_circle", "responsive_circle"): f"short_check preparatory_talks {CIRCLE} "
    "circle_agreements closing_round separate_follow_up evaluation_circle",
    ("restorative_circle", "proactive_circle"): "proactive_circle",
    ("shared_concern", "group_first"): "team_decision individual_talks talk_with_target "
    "individual_follow_up preparatory_group_meeting summit_meeting monitoring",
    ("shared_concern", "target_first"): "team_decision talk_with_target individual_talks "
    "individual_follow_up preparatory_group_meeting summit_meeting monitoring",
    ("class_thermometer", "usual"): "prepare baseline team_look class_talk class_rules "
    "action_weeks repeat feedback",
}
SAME_MEETING = {
    "no_blame": {"share_responsibility", "collect_ideas", "leave_to_group"},
    "support_group": {"collect_suggestions"},
    "restorative_circle": {
        *("telling", "impact", "needs_and_repair"),
        *("restoration_plan", "circle_agreements", "closing_round"),
    },
    "shared_concern": set(),
    "class_thermometer": set(),
}
# method, phase -> unit, least, most, after
GAPS = {
    ("no_blame", "convene_group"): ("school_days", 0, 1, None),
    ("no_blame", "explain_problem"): ("school_days", 0, 1, None),
    ("no_blame", "meet_again"): ("school_days", 5, 7, None),
    ("support_group", "compose_group"): ("school_days", 0, 2, None),
    ("support_group", "first_meeting"): ("school_days", 0, 1, None),
    ("support_group", "review_target"): ("school_days", 5, 7, None),
    ("support_group", "review_group"): ("school_days", 0, 0, None),
    ("restorative_circle", "preparatory_talks"): ("school_days", 0, 8, None),
    ("restorative_circle", "opening"): ("school_days", 0, 5, None),
    ("restorative_circle", "separate_follow_up"): ("school_days", 1, 2, None),
    ("restorative_circle", "evaluation_circle"): ("school_weeks", 4, 6, "closing_round"),
    ("shared_concern", "individual_talks"): ("school_days", 0, 2, None),
    ("shared_concern", "talk_with_target"): ("school_days", 0, 1, None),
    ("shared_concern", "individual_follow_up"): ("school_days", 5, 7, "individual_talks"),
    ("shared_concern", "preparatory_group_meeting"): ("school_days", 0, 15, None),
    ("shared_concern", "summit_meeting"): ("school_days", 1, 5, None),
    ("shared_concern", "monitoring"): ("weeks", 2, 2, None),
    ("class_thermometer", "baseline"): ("school_days", 0, 3, None),
    ("class_thermometer", "team_look"): ("school_days", 0, 3, None),
    ("class_thermometer", "class_talk"): ("school_days", 0, 5, "baseline"),
    ("class_thermometer", "class_rules"): ("school_days", 0, 8, None),
    ("class_thermometer", "action_weeks"): ("school_days", 0, 7, None),
    ("class_thermometer", "repeat"): ("school_weeks", 4, 6, "baseline"),
    ("class_thermometer", "feedback"): ("school_days", 0, 3, None),
}
AGAIN = {
    ("no_blame", "meet_again"): ("school_days", 3, 7, None),
    ("support_group", "review_target"): ("school_days", 5, 7, "review_group"),
    ("restorative_circle", "separate_follow_up"): ("weeks", 1, 2, "separate_follow_up"),
    ("shared_concern", "individual_follow_up"): ("school_days", 5, 7, "individual_follow_up"),
}
GROUP_SIZES = {
    ("no_blame", "convene_group"): (6, 8),
    ("no_blame", "explain_problem"): (6, 8),
    ("support_group", "compose_group"): (5, 8),
    ("support_group", "first_meeting"): (5, 8),
    ("support_group", "review_group"): (5, 8),
    ("restorative_circle", "opening"): (6, 14),
    ("shared_concern", "preparatory_group_meeting"): (2, 8),
    ("shared_concern", "summit_meeting"): (3, 9),
}
MINUTES = {
    ("no_blame", "talk_with_target"): (20, 40),
    ("no_blame", "explain_problem"): (30, 45),
    ("support_group", "first_meeting"): (20, 30),
    ("restorative_circle", "opening"): (60, 120),
    ("shared_concern", "individual_talks"): (5, 15),
    ("class_thermometer", "class_talk"): (40, 50),
}


def usual(key: str) -> tuple[Method, tuple[Phase, ...]]:
    found = current(key)
    return found, found.phases_of(found.variants[0].key)


def phase(key: str, name: str) -> Phase:
    return next(found for found in usual(key)[1] if found.key == name)


def keys_of(found: Phase) -> set[str]:
    persons = (field.key for people in found.persons for field in people.fields)
    return {*(field.key for field in found.fields), *persons}


def told(gap: Gap | None) -> tuple[str, int, int, str | None] | None:
    return None if gap is None else (gap.unit, gap.least, gap.most, gap.after)


def test_five_methods_are_there() -> None:
    assert methods() == FIVE


def test_step_8_knows_the_same_methods_and_which_need_consent() -> None:
    terms = {term.key: term for term in vocabulary.terms("class_methods") if term.key != "other"}
    assert set(terms) == set(FIVE)
    for key, term in terms.items():
        assert current(key).variants[0].needs_consent == term.note["needs_consent"], key


@pytest.mark.parametrize(("key", "variant"), PHASES)
def test_phases_are_in_their_order(key: str, variant: str) -> None:
    found = [phase.key for phase in current(key).phases_of(variant)]
    assert found == PHASES[key, variant].split()


def test_target_may_join_the_support_group_and_is_kept_out_of_no_blame() -> None:
    present = {
        (key, way.key) for key in FIVE for way in current(key).variants if way.target_present
    }
    assert present == {
        ("support_group", "target_joins"),
        ("restorative_circle", "hergo"),
        ("restorative_circle", "responsive_circle"),
    }


def test_only_what_happens_in_peacetime_runs_without_a_case() -> None:
    free = {(key, way.key) for key in FIVE for way in current(key).variants if way.without_case}
    assert free == {("restorative_circle", "proactive_circle"), ("class_thermometer", "usual")}


@pytest.mark.parametrize("key", FIVE)
def test_gaps_between_the_phases(key: str) -> None:
    found = {(key, p.key): told(p.gap) for p in usual(key)[1] if p.gap}
    assert found == {at: gap for at, gap in GAPS.items() if at[0] == key}


@pytest.mark.parametrize(("key", "name"), AGAIN)
def test_a_later_round_has_its_own_gap(key: str, name: str) -> None:
    assert told(phase(key, name).gap_in(2)) == AGAIN[key, name]


@pytest.mark.parametrize("key", FIVE)
def test_what_belongs_to_one_meeting(key: str) -> None:
    assert {p.key for p in current(key).phases if p.same_meeting} == SAME_MEETING[key]


def test_size_of_the_group() -> None:
    found = {
        (key, p.key): p.size for key in FIVE for p in usual(key)[1] if p.needs_group and p.size
    }
    assert found == GROUP_SIZES


@pytest.mark.parametrize(("key", "name"), MINUTES)
def test_how_long_it_takes(key: str, name: str) -> None:
    assert phase(key, name).minutes == MINUTES[key, name]


def test_only_two_meetings_of_shared_concern_may_be_left_out() -> None:
    found = {(key, p.key) for key in FIVE for p in current(key).phases if p.may_skip}
    assert found == {
        ("shared_concern", "preparatory_group_meeting"),
        ("shared_concern", "summit_meeting"),
    }


def test_how_often_phases_are_run_again() -> None:
    found = {(key, loop.first, loop.last): loop.most for key in FIVE for loop in current(key).loops}
    assert found == {
        ("no_blame", "explain_problem", "meet_again"): 2,
        ("support_group", "review_target", "review_group"): 0,
        ("restorative_circle", "separate_follow_up", "separate_follow_up"): 2,
        ("restorative_circle", "proactive_circle", "proactive_circle"): 0,
        ("shared_concern", "individual_follow_up", "individual_follow_up"): 0,
        ("shared_concern", "monitoring", "monitoring"): 0,
        ("class_thermometer", "action_weeks", "action_weeks"): 0,
    }


def test_group_is_thanked_after_two_reviews() -> None:
    assert phase("support_group", "close_group").needs_rounds == 2


# ── what a method leaves out on purpose ──────────────────────────────────────
FORBIDDEN = {
    # Not about feelings or facts, and nobody promises anything.
    "support_group": {
        *("feeling_shared", "feelings_expression", "medium_used", "reactions"),
        *("acknowledged", "minutes", "impact_notes", "signed_by", "own_share"),
    },
    # Not who did what, no punishment, nothing signed.
    "no_blame": {"acknowledged", "minutes", "impact_notes", "signed_by", "own_share"},
    # Nobody confesses before others, and nothing is signed.
    "shared_concern": {"minutes", "impact_notes", "signed_by", "feeling_shared"},
    "restorative_circle": {"said_no_blame", "happiness_score", "difficult_for_me"},
    "class_thermometer": {"acknowledged", "minutes", "signed_by", "safety_score"},
}


@pytest.mark.parametrize("key", FIVE)
def test_what_a_method_does_not_ask_does_not_exist_in_it(key: str) -> None:
    asked = {field for p in current(key).phases for field in keys_of(p)}
    assert asked
    assert not asked & FORBIDDEN[key]


def test_circle_in_peacetime_keeps_no_word_of_what_was_said() -> None:
    (found,) = current("restorative_circle").phases_of("proactive_circle")
    assert keys_of(found) == {"theme", "number_present", "mood", "next_on"}
    assert found.proposals is None
    assert not found.persons


def test_responsive_circle_is_not_signed() -> None:
    found = current("restorative_circle").phases_of("responsive_circle")
    assert not any(p.field("signed_by") for p in found)


def test_conference_asks_six_conditions_before_it_goes_ahead() -> None:
    fields = phase("restorative_circle", "intake_conditions").fields
    must = [field.key for field in fields if field.kind == "must_be_true"]
    assert len(must) == len({*must} | {"go"}) == 7


@pytest.mark.parametrize("key", FIVE)
def test_own_sentences_avoid_the_words_of_the_method(key: str) -> None:
    found = current(key)
    said = [str(sentence).casefold() for p in found.phases for sentence in p.say]
    assert not [word.nl for word in found.avoid for line in said if word.nl in line]


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("key", FIVE)
def test_every_text_is_there_in_both_languages(key: str, language: str) -> None:
    with translation.override(language):
        found = current(key)
        texts = [found.label, found.purpose, *(p.label for p in found.phases)]
        assert all(str(text).strip() for text in texts)


# ── what the reader refuses ──────────────────────────────────────────────────
def test_unknown_method_and_version_are_refused() -> None:
    with pytest.raises(UnknownMethod):
        current("lecture")
    with pytest.raises(UnknownMethod):
        current("../no_blame")
    with pytest.raises(UnknownMethod):
        method("no_blame", "1999-1")


LISTEN = 'key = "listen"\n'
MISTAKES = [
    ('family = "climate"', 'famly = "climate"', "unknown key famly"),
    ('version = "2026-1"', 'version = "2026-2"', "file's place"),
    ('people = "class"\nsay', 'people = "crowd"\nsay', "people is crowd"),
    ("least = 5, most = 10", "least = 11, most = 10", "least is more than most"),
    ('unit = "school_days"', 'unit = "moons"', "unit is moons"),
    ("least = 5, most = 10", 'least = 5, most = 10, after = "party"', "which is no earlier phase"),
    ("Vertel maar.", "Wie is er aan het pesten?", "which this method avoids"),
    (LISTEN, f"{LISTEN}same_meeting = true\n", "no meeting to belong to"),
    (LISTEN, f"{LISTEN}size = [4, 2]\n", "not a pair of least and most"),
    (LISTEN, f"{LISTEN}feelings = true\n", "unknown key feelings"),
    ('key = "promise"', 'key = "listen"', "twice"),
    (
        'kind = "text"\nlabel = { nl = "Wat hoorde',
        'kind = "poem"\nlabel = { nl = "Wat hoorde',
        "kind",
    ),
    ("least = 1\n", 'least = 1\nreviewed_in = "listen"\n', "no later phase"),
    ('people = "class"\nsay', 'people = "members"\nsay', "group is missing"),
    ('kind = "dont"', 'kind = "do"', "at least one do and one dont"),
    (LISTEN, f'{LISTEN}record = "after_run"\n', "first baseline_run"),
    (LISTEN, f'{LISTEN}record = "photo"\n', "record is photo"),
    ('family = "climate"', 'family = "climate"\nfocus = "heard"', "no phase asks it as a multi"),
    ('[[variants]]\nkey = "usual"', '[[variants]]\nkey = "usual"\norder = ["listen"]', "order of"),
]


@pytest.mark.parametrize(("right", "wrong", "told"), MISTAKES)
def test_mistake_stops_with_its_place(tmp_path: Path, right: str, wrong: str, told: str) -> None:
    file = tmp_path / "listening_hour" / "2026-1.toml"
    file.parent.mkdir()
    assert right in SIXTH
    file.write_text(SIXTH.replace(right, wrong, 1), encoding="utf-8")
    with pytest.raises(ProtocolError, match=told):
        read_method(file)


@pytest.mark.parametrize("key", FIVE)
def test_every_file_teaches_how_to_read_it(key: str) -> None:
    text = next((EDITIONS / key).glob("*.toml")).read_text(encoding="utf-8")
    header = text.partition("\nkey = ")[0]
    assert "How to read it" in header
    assert "same_meeting" in header
