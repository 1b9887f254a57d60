"""What is said to pupils: complete in both languages and in simple words, open for more, and checked when it is read."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from django.core.management import call_command

from cases.protocol import CURRENT_EDITION, ProtocolError, edition, editions
from cases.protocol import vocabulary as vocabulary_lists
from cases.protocol.loader import EDITIONS, read_edition
from cases.protocol.talk import Spoken, Talk, read_talk, talk_of
from cases.protocol.voices import Voice, keys_of, languages_of, read_languages, voice_of
from cases.tests.test_protocol import FORBIDDEN
from cases.web.agreement_forms import AgreementForm
from cases.web.step_rows import IncidentForm, PriorActionForm
from cases.web.support_form import SupportPersonForm
from cases.web.talk_forms import TalkForm

FRENCH = """
language = "Français"
[sentences]
"safe_setting.safety_score" = "Tu te sens en sécurité à l'école ?"
"story_and_patterns.story" = "Que se passe-t-il ? Raconte avec tes mots."
"story_and_patterns.story.junior" = "Que se passe-t-il ?"
"story_and_patterns.feelings.sad" = "Triste"
"""
FORMS_OF_ROWS = {
    "incidents": IncidentForm,
    "prior_actions": PriorActionForm,
    "support_persons": SupportPersonForm,
    "agreements": AgreementForm,
    "talks": TalkForm,
}
ADDED_WHEN_MADE = {"owner_staff", "conductor"}
LONGEST = {"usual": 20, "junior": 16}  # words of a sentence
# What is there to be heard by the child in each step; the rest waits for the writing up.
ASKED = {1: 6, 2: 13, 3: 7, 4: 2, 5: 5, 6: 0, 7: 6, 8: 5, 9: 0, 10: 0}


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    return shutil.copytree(EDITIONS, tmp_path / "editions")


def talk_in(folder: Path) -> Talk:
    return read_talk(folder, read_edition(folder))


def changed(folder: Path, old: str, new: str) -> None:
    file = folder / "prompts/talk.toml"
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


def add_french(folder: Path, text: str = FRENCH) -> Voice:
    (folder / "prompts/fr.toml").write_text(text, encoding="utf-8")
    name, sentences = read_languages(folder)["fr"]
    return Voice("fr", name, sentences)


@pytest.mark.parametrize("key", editions())
def test_an_untouched_copy_says_the_same(copied: Path, key: str) -> None:
    assert talk_in(copied / key) == talk_of(key)


def test_each_step_asks_the_pupil_what_it_should() -> None:
    talk, current = talk_of(CURRENT_EDITION), edition(CURRENT_EDITION)
    assert {s.number: len(talk.questions[s.key]) for s in current.steps} == ASKED
    assert "new_moment_at" not in talk_of("2025-1").questions["safe_setting"]


def test_nothing_for_adults_is_asked_of_the_pupil() -> None:
    talk = talk_of(CURRENT_EDITION)
    asked = {key for step in talk.questions.values() for key in step}
    for private in ("red_flags", "impact_signals", "immediate_danger", "self_blame_plan", "method"):
        assert private not in asked
    assert not {"people", "parent_contacts"} & talk.lists.keys()


def words_of(spoken: Spoken) -> list[tuple[str, str]]:
    return [
        (kind, text)
        for kind, pair in (("usual", spoken.usual), ("junior", spoken.junior))
        for text in (pair.nl, pair.en)
    ]


def test_sentences_for_pupils_are_short_and_name_nobody_by_a_role() -> None:
    talk = talk_of(CURRENT_EDITION)
    measures = {f"measures.{key}.help" for key in talk.measures}
    for key, spoken in keys_of(talk).items():
        for kind, text in words_of(spoken):
            for sentence in re.split(r"[.?!:]\s", text):
                # The usual help of a measure is the protocol's own text.
                assert len(sentence.split()) <= LONGEST[kind] or key in measures, sentence
            assert not any(word in text.lower().split() for word in FORBIDDEN), text


def test_every_choice_of_a_row_can_be_said() -> None:
    for key, rows in talk_of(CURRENT_EDITION).lists.items():
        fields = FORMS_OF_ROWS[key].base_fields
        assert rows.fields.keys() - ADDED_WHEN_MADE <= fields.keys()
        for name, prompt in rows.fields.items():
            if prompt.choices:
                assert {k for k, _label in fields[name].choices} == prompt.choices.keys()  # type: ignore[attr-defined]


def test_the_three_large_choices_are_those_of_the_vocabulary() -> None:
    statuses = talk_of(CURRENT_EDITION).statuses
    assert statuses.keys() == vocabulary_lists.keys("measure_statuses")
    assert statuses["agreed"].usual.nl == "Ga ik doen"


def test_simple_words_are_said_to_young_children() -> None:
    first = talk_of(CURRENT_EDITION).say["praise_and_responsibility"][1]
    said = {
        (language, junior): voice_of(CURRENT_EDITION, language, is_junior=junior).say(first)
        for language in ("nl", "en")
        for junior in (False, True)
    }
    assert said == {
        ("nl", False): "Jij bent niet de oorzaak.",
        ("nl", True): "Het ligt niet aan jou.",
        ("en", False): "You are not the cause.",
        ("en", True): "It is not because of you.",
    }


def test_a_third_language_is_a_file_and_says_in_dutch_what_it_lacks(copied: Path) -> None:
    assert list(languages_of(CURRENT_EDITION)) == ["nl", "en"]
    voice = add_french(copied / CURRENT_EDITION)
    questions = talk_of(CURRENT_EDITION).questions
    score = voice.say(questions["safe_setting"]["safety_score"].ask)
    assert (score, score.lang) == ("Tu te sens en sécurité à l'école ?", "fr")
    lacking = voice.say(questions["story_and_patterns"]["wishes"].ask)
    assert (lacking, lacking.lang) == ("Wat wil je dat er gebeurt?", "nl")
    assert voice.say(questions["story_and_patterns"]["feelings"].choices["sad"]) == "Triste"


def test_in_a_third_language_usual_words_come_before_simple_dutch(copied: Path) -> None:
    usual = add_french(copied / CURRENT_EDITION)
    junior = Voice("fr", usual.name, usual.sentences, is_junior=True)
    questions = talk_of(CURRENT_EDITION).questions
    assert junior.say(questions["story_and_patterns"]["story"].ask) == "Que se passe-t-il ?"
    score = junior.say(questions["safe_setting"]["safety_score"].ask)
    assert (score, score.lang) == ("Tu te sens en sécurité à l'école ?", "fr")


def test_a_newer_edition_takes_the_languages_of_the_older_one_and_adds(copied: Path) -> None:
    add_french(copied / "2025-1")
    own = 'language = "Français"\n[sentences]\n"safe_setting.new_moment_at" = "Quand ?"'
    sentences = add_french(copied / CURRENT_EDITION, own).sentences
    assert sentences["safe_setting.new_moment_at"] == "Quand ?"
    assert sentences["story_and_patterns.feelings.sad"] == "Triste"


def test_a_newer_edition_may_drop_what_the_older_one_asks(copied: Path) -> None:
    step = copied / CURRENT_EDITION / "08-class_intervention.toml"
    text = step.read_text(encoding="utf-8")
    start = text.index('[[fields]]\nkey = "consent_conditions"')
    end = text.index("[[fields]]", start + 1)
    step.write_text(text[:start] + text[end:], encoding="utf-8")
    asked = talk_in(copied / CURRENT_EDITION).questions["class_intervention"]
    assert asked.keys() == {"decision", "target_consent", "may_be_told", "must_not_be_told"}


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ('junior = { nl = "Wat denk jij dan?"', 'junor = { nl = "Wat denk jij dan?"', "junor"),
        (', en = "What happens? Just tell me." }', " }", "en is missing"),
        ("fields.companion]", "fields.companions]", "companions"),
        ("choices.once =", "choices.twice =", "no choice twice"),
        ('choices_from = "channels"', 'choices_from = "rivers"', "no list rivers"),
        ("[measures.use_nickname]", "[measures.use_cape]", "use_cape"),
        ("[lists.talks]", "[lists.gossip]", "gossip"),
        ("fields.decision]", "fields.decision_reason]", "target_consent hangs on decision"),
        ("say_junior = [\n  { nl", "say_junior = [ ]\nsay = [\n  { nl", "unknown key say"),
    ],
)
def test_a_mistake_is_refused_with_its_place(
    copied: Path, old: str, new: str, complaint: str
) -> None:
    changed(copied / "2025-1", old, new)
    with pytest.raises(ProtocolError, match=complaint):
        talk_in(copied / "2025-1")


def test_too_few_simple_sentences_are_refused(copied: Path) -> None:
    line = '  { nl = "Het ligt niet aan jou.", en = "It is not because of you." },\n'
    changed(copied / "2025-1", line, "")
    with pytest.raises(ProtocolError, match="say_junior needs 3 sentences"):
        talk_in(copied / "2025-1")


@pytest.mark.parametrize(
    ("name", "text", "complaint"),
    [
        ("fr", 'language = "Français"\n[sentences]\n"safe_setting.storey" = "Quoi ?"', "storey"),
        ("fr", '[sentences]\n"story_and_patterns.story" = "Quoi ?"', "language is missing"),
        ("nl", FRENCH, "further language"),
        ("Frans", FRENCH, "further language"),
    ],
)
def test_a_wrong_language_file_is_refused(
    copied: Path, name: str, text: str, complaint: str
) -> None:
    (copied / CURRENT_EDITION / f"prompts/{name}.toml").write_text(text, encoding="utf-8")
    with pytest.raises(ProtocolError, match=complaint):
        read_languages(copied / CURRENT_EDITION)


def test_a_translator_gets_the_lines_that_are_missing(
    copied: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    name, sentences = read_languages(copied / CURRENT_EDITION)["nl"]
    monkeypatch.setattr(
        "cases.management.commands.talk_language.languages_of",
        lambda _key: {"fr": ("Français", {"safe_setting.safety_score": "?"})},
    )
    call_command("talk_language", "fr")
    printed = capsys.readouterr().out
    assert '"safe_setting.safety_score" = ""' not in printed
    assert '"safe_setting.safety_score.junior" = ""' in printed
    assert "# Wat gebeurt er? Vertel maar. / What happens? Just tell me." in printed
    assert (name, sentences) == ("Nederlands", {})
