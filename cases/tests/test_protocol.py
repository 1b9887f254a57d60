"""The ten steps and the vocabulary: what the files promise, and what the readers refuse."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils import translation

from cases.protocol import CURRENT_EDITION, ProtocolError, UnknownEdition, edition, editions
from cases.protocol import vocabulary as words
from cases.protocol.definition import Field, Step, Text
from cases.protocol.loader import EDITIONS, read_edition

STEPS = [
    ("safe_setting", "Een rustig moment", "A quiet moment"),
    ("story_and_patterns", "Luisteren", "Listening"),
    ("concern_and_approach", "Zo pakken wij het aan", "What we will do"),
    ("prior_actions_review", "Wat is al geprobeerd", "What you tried"),
    ("praise_and_responsibility", "Goed dat je het vertelt", "Glad you told"),
    ("self_protection", "Jezelf beschermen", "Protecting yourself"),
    ("close_and_agree", "Afspraken maken", "Agreements"),
    ("class_intervention", "De groep erbij", "The group"),
    ("follow_up_talks", "Vervolggesprekken", "Follow-up"),
    ("support_persons", "Steunfiguren", "People who help"),
]
DO_AND_DONT = [(3, 3), (3, 3), (3, 2), (2, 2), (2, 2), (3, 3), (3, 2), (3, 2), (3, 2), (3, 2)]
REQUIRED = {
    1: "planned_at planned_by location_type consent_to_talk safety_promise_given "
    "confidentiality_explained safety_score immediate_danger",
    2: "story started_period frequency feelings wishes not_wishes",
    3: "concern_voiced parents_status approach_explained contact_person first_feedback_on",
    5: "praise_given standing_up_discussed not_your_fault_said responsibility_named",
    7: "recap_read_aloud pupil_agrees safety_score next_contact_at",
    8: "decision decision_reason",
}
CONDITIONS = {
    (1, "safety_not_asked_reason"): ("safety_not_asked", ("true",)),
    (1, "immediate_measures"): ("immediate_danger", ("true",)),
    (3, "parents_objection_note"): ("parents_status", ("pupil_objects",)),
    (3, "leadership_decision"): ("parents_status", ("pupil_objects",)),
    (3, "leadership_by"): ("parents_status", ("pupil_objects",)),
    (3, "leadership_on"): ("parents_status", ("pupil_objects",)),
    (3, "leadership_reason"): ("parents_status", ("pupil_objects",)),
    (3, "parents_skip_reason"): ("parents_part_skipped", ("true",)),
    (3, "parents_skip_note"): ("parents_skip_reason", ("other",)),
    (5, "self_blame_plan"): ("self_blame", ("strong",)),
    (7, "not_agreed_points"): ("pupil_agrees", ("partly", "no")),
    (7, "safety_not_asked_reason"): ("safety_not_asked", ("true",)),
    (8, "review_on"): ("decision", ("not_now",)),
    (8, "method"): ("decision", ("yes",)),
    (8, "method_other"): ("method", ("other",)),
    (8, "target_consent"): ("decision", ("yes",)),
    (8, "consent_conditions"): ("target_consent", ("conditional",)),
    (8, "protection_note"): ("target_consent", ("withheld",)),
    (8, "facilitator"): ("decision", ("yes",)),
    (8, "facilitator_name"): ("facilitator_is_external", ("true",)),
    (8, "class_group"): ("decision", ("yes",)),
    (8, "planned_start"): ("decision", ("yes",)),
}
EXCUSES = {
    (1, "safety_score"): "safety_not_asked",
    (2, "wishes"): "does_not_know_yet",
    (2, "not_wishes"): "nothing_named",
    (3, "parents_status"): "parents_part_skipped",
    (7, "safety_score"): "safety_not_asked",
    (8, "facilitator"): "facilitator_is_external",
}
# asked only when another answer is given, and never needed by itself
SHOWN = {
    (1, "new_moment_at"): ("consent_to_talk", ("not_now", "no")),
    (3, "objection_reviewed_on"): ("parents_status", ("pupil_objects",)),
    (8, "facilitator_is_external"): ("decision", ("yes",)),
    (8, "other_classes"): ("decision", ("yes",)),
    (8, "may_be_told"): ("decision", ("yes",)),
    (8, "must_not_be_told"): ("decision", ("yes",)),
}
CRITICAL_ONLY = {
    *((3, f"leadership_{key}") for key in ("decision", "by", "on", "reason")),
    (6, "postponed_to"),
    (6, "postponed_reason"),
}
STEP_LISTS = {
    2: ("incidents", "evidence", "people", "prior_actions"),
    3: ("parent_contacts",),
    4: ("prior_actions",),
    6: ("measures",),
    7: ("agreements",),
    9: ("talks", "people"),
    10: ("support_persons",),
}
# key, days until the suggested date (None: a habit), always discussed in a critical case
MEASURES = [
    ("assertive_message", 3, False),
    ("change_password", 1, False),
    ("unfriend_block", 1, False),
    ("use_nickname", None, False),
    ("no_retaliation", None, False),
    ("collect_evidence", 0, True),
    ("seek_support", 2, True),
    ("file_complaint", 1, True),
    ("report_to_platform", 1, False),
]
FORBIDDEN = ("slachtoffer", "dader", "incident", "ticket", "registreren", "dossier")
PROPER_NAMES = {
    "WhatsApp",
    "Snapchat",
    "Instagram",
    "TikTok",
    "YouTube",
    "Discord",
    "X",
    "Telegram",
    "Signal",
    "BeReal",
    "Website",
    "Grooming",
}
BROKEN = [
    ("01-safe_setting.toml", 'key = "companion"', 'key = "companion"\ncolour = "red"', "colour"),
    ("01-safe_setting.toml", "number = 1\n", "number = 1\ndoos = 1\n", "unknown key doos"),
    ("01-safe_setting.toml", ', en = "Invited by" }', " }", "en is missing"),
    ("01-safe_setting.toml", 'nl = "Gepland op"', 'nl = " "', "nl is missing or empty"),
    ("01-safe_setting.toml", 'kind = "score"', 'kind = "stars"', "unknown kind stars"),
    ("01-safe_setting.toml", 'field = "immediate_danger"', 'field = "ghost"', "ghost"),
    ("01-safe_setting.toml", 'values = ["true"]', 'values = ["maybe"]', "can never be maybe"),
    ("01-safe_setting.toml", 'unless = "safety_not_asked"', 'unless = "companion"', "no bool"),
    ("01-safe_setting.toml", 'key = "companion"', 'key = "planned_by"', "planned_by twice"),
    ("01-safe_setting.toml", '"location_types"', '"planets"', "no list planets"),
    ("01-safe_setting.toml", '["pupil", "file"]', '["pupil", "press"]', "unknown press"),
    ("01-safe_setting.toml", "number = 1\n", "number = 2\n", "do not match the file's name"),
    ("01-safe_setting.toml", 'kind = "dont"', 'kind = "perhaps"', "neither do nor dont"),
    ("01-safe_setting.toml", "number = 1\n", "number = \n", "Invalid value"),
    ("01-safe_setting.toml", 'printed = ["pupil", "file"]', "at_severity = [5]", "from 1 to 4"),
    ("02-story_and_patterns.toml", '"prior_actions"]', '"gossip"]', "unknown gossip"),
    ("02-story_and_patterns.toml", '{ key = "angry"', '{ key = "sad"', "sad twice"),
    ("03-concern_and_approach.toml", '"timing"]', '"wishful"]', "at_least has unknown wishful"),
    ("05-praise_and_responsibility.toml", "required = true\n", "", "must be true is required"),
    ("10-support_persons.toml", '["pupil_declined"]', '["too_busy"]', "unknown too_busy"),
    ("measures.toml", 'key = "no_retaliation"', 'key = "use_nickname"', "use_nickname twice"),
    ("measures.toml", "due_in_school_days = 3", "", "exactly when has_deadline"),
    ("measures.toml", 'owner_type = "parent"', 'owner_type = "dog"', "neither target nor parent"),
]


def steps() -> tuple[Step, ...]:
    return edition(CURRENT_EDITION).steps


def fields() -> dict[tuple[int, str], Field]:
    return {(step.number, field.key): field for step in steps() for field in step.fields}


def texts_in(value: object) -> Iterator[Text]:
    """Every Text anywhere inside a definition."""
    if isinstance(value, Text):
        yield value
    elif isinstance(value, tuple | list):
        for part in value:
            yield from texts_in(part)
    elif hasattr(value, "__dataclass_fields__"):
        for name in value.__dataclass_fields__:
            yield from texts_in(getattr(value, name))
    elif hasattr(value, "values"):
        yield from texts_in(list(value.values()))


def all_texts() -> list[Text]:
    vocabulary = [words.terms(name) for name in words.names()]
    return [*texts_in([edition(key) for key in editions()]), *texts_in(vocabulary)]


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """A complete edition to break."""
    return shutil.copytree(EDITIONS / "2025-1", tmp_path / "2025-1")


def test_the_ten_steps_stand_in_order_with_their_titles() -> None:
    assert [(s.key, s.title.nl, s.title.en) for s in steps()] == STEPS
    assert [step.number for step in steps()] == list(range(1, 11))


def test_guidance_has_every_do_and_dont() -> None:
    counted = [
        tuple(sum(g.kind == kind for g in step.guidance) for kind in ("do", "dont"))
        for step in steps()
    ]
    assert counted == DO_AND_DONT


@pytest.mark.parametrize("number", range(1, 11))
def test_required_fields_are_exactly_those_of_the_method(number: int) -> None:
    step = edition(CURRENT_EDITION).step(number)
    assert {field.key for field in step.fields if field.required} == set(
        REQUIRED.get(number, "").split()
    )


def test_conditions_and_excuses_are_exactly_those_of_the_method() -> None:
    conditions = {
        place: (field.required_if.field, field.required_if.values)
        for place, field in fields().items()
        if field.required_if
    }
    assert conditions == CONDITIONS
    assert {place: f.unless for place, f in fields().items() if f.unless} == EXCUSES
    shown = {p: (f.shown_if.field, f.shown_if.values) for p, f in fields().items() if f.shown_if}
    assert shown == SHOWN


def test_some_questions_are_for_critical_cases_only() -> None:
    bound = {place: field for place, field in fields().items() if field.at_severity}
    assert bound.keys() == CRITICAL_ONLY
    for field in bound.values():
        assert [field.is_for(level) for level in (None, 1, 3, 4)] == [False, False, False, True]


def test_intervention_and_responsibility_have_a_minimum() -> None:
    minimum = {place: field.at_least for place, field in fields().items() if field.at_least}
    assert minimum == {
        (3, "approach_explained"): ("procedure", "approach", "methods", "timing"),
        (5, "responsibility_named"): ("alleged_bullies", "bystanders"),
    }


def test_a_pupil_may_keep_feelings_to_themselves() -> None:
    assert "prefers_not_to_say" in {choice.key for choice in fields()[2, "feelings"].choices}


def test_each_step_shows_its_lists() -> None:
    assert {step.number: step.lists for step in steps() if step.lists} == STEP_LISTS


def test_only_the_support_persons_can_be_skipped() -> None:
    skippable = {step.key: step.skip_reasons for step in steps() if step.skip_reasons}
    assert skippable == {"support_persons": ("pupil_declined",)}


def test_signs_of_danger_are_printed_in_the_file_alone() -> None:
    private = {"immediate_danger", "red_flags", "impact_signals", "self_blame", "self_blame_plan"}
    found = {field.key: field.printed for field in fields().values() if field.key in private}
    assert found == dict.fromkeys(private, frozenset({"file"}))


def test_parents_read_nothing_that_the_pupil_may_not_read() -> None:
    assert not [key for key, field in fields().items() if field.printed == {"parents", "file"}]


def test_text_fields_have_room_and_other_fields_have_none() -> None:
    assert {field.max_length for field in fields().values() if field.kind == "text"} == {2000}
    assert {field.max_length for field in fields().values() if field.kind == "char"} == {200}
    assert fields()[1, "planned_at"].max_length == 0


def test_the_nine_measures_stand_in_order() -> None:
    found = [
        (m.key, m.due_in_school_days, m.always_discussed_when_critical)
        for m in edition(CURRENT_EDITION).measures
    ]
    assert found == MEASURES


def test_what_was_tried_before_begins_with_the_nine_measures() -> None:
    tried = [term.key for term in words.terms("prior_action_types")]
    assert tried[:9] == [key for key, _, _ in MEASURES]


def test_step_and_measure_are_found_by_name_or_refused() -> None:
    current = edition(CURRENT_EDITION)
    assert current.step(7).key == "close_and_agree"
    assert current.measure("seek_support").due_in_school_days == 2
    with pytest.raises(KeyError):
        current.step(11)
    with pytest.raises(KeyError):
        current.measure("ignore_it")


def test_an_edition_is_read_once() -> None:
    assert edition(CURRENT_EDITION) is edition(CURRENT_EDITION)
    assert CURRENT_EDITION in editions()


@pytest.mark.parametrize("key", ["1999-1", "", "../editions/2025-1"])
def test_an_unknown_edition_raises(key: str) -> None:
    with pytest.raises(UnknownEdition):
        edition(key)


@pytest.mark.parametrize(("name", "old", "new", "complaint"), BROKEN)
def test_loader_refuses_a_broken_file(
    copied: Path, name: str, old: str, new: str, complaint: str
) -> None:
    file = copied / name
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ProtocolError, match=complaint) as refused:
        read_edition(copied)
    assert refused.value.file == file


def test_loader_refuses_an_edition_without_a_step(copied: Path) -> None:
    (copied / "05-praise_and_responsibility.toml").unlink()
    with pytest.raises(ProtocolError, match="not numbered 1 to 10"):
        read_edition(copied)


def test_loader_refuses_an_edition_without_measures(copied: Path) -> None:
    (copied / "measures.toml").unlink()
    with pytest.raises(ProtocolError, match=r"measures\.toml"):
        read_edition(copied)


def test_a_text_speaks_the_active_language() -> None:
    text = Text(nl="Luisteren", en="Listening")
    for language, expected in (("nl", text.nl), ("nl-be", text.nl), ("en", text.en)):
        with translation.override(language):
            assert str(text) == expected


def test_every_text_exists_twice_and_differs() -> None:
    same = {text.nl for text in all_texts() if text.nl == text.en}
    assert same == PROPER_NAMES


@pytest.mark.parametrize("word", FORBIDDEN)
def test_no_dutch_text_uses_a_forbidden_word(word: str) -> None:
    assert not [text.nl for text in all_texts() if word in text.nl.lower()]


def test_texts_are_found_at_every_depth() -> None:
    found = {text.nl for text in all_texts()}
    assert {"begint vaak", "Eén of twee medestanders", "Zegt dit liever niet"} <= found
