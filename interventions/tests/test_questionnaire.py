"""The questions of the thermometer, and what their file refuses."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from cases.protocol.definition import ProtocolError
from interventions.thermometer.questionnaire import (
    FILE,
    FULL,
    JUNIOR,
    questionnaire,
    read_questionnaire,
    version,
)

REVERSED = {"S3", "B3", "P1", "P2", "P3", "C1", "C2", "C3", "O3"}


def test_eighteen_questions_in_their_order() -> None:
    codes = [item.code for item in version(FULL).items]
    assert " ".join(codes) == "S1 S2 S3 B1 B2 B3 T1 T2 T3 P1 P2 P3 C1 C2 C3 O1 O2 O3"


def test_nine_of_them_for_the_youngest_with_three_faces() -> None:
    items = version(JUNIOR).items
    assert " ".join(item.code for item in items) == "S1 S3 B1 B3 T1 T2 P1 P2 O2"
    assert {len(item.answers) for item in items} == {3}
    assert [item.score(1) for item in items if item.code in {"S1", "S3"}] == [0, 100]


def test_all_nine_that_ask_the_other_way_round_are_turned() -> None:
    assert {item.code for item in version(FULL).items if item.reverse} == REVERSED


def test_what_is_sensitive_and_what_is_counted() -> None:
    items = version(FULL).items
    assert {item.code for item in items if item.sensitive} == {"P1", "P3", "C1"}
    assert {item.code: item.prevalence for item in items if item.prevalence} == {
        "P1": "victimised",
        "C1": "cyber_victimised",
    }


def test_what_bullying_is_stands_above_the_questions_about_it() -> None:
    about = {item.code for item in version(FULL).items if item.about_bullying}
    assert about == {"P1", "P2", "P3", "C1", "C2", "C3"}
    assert "steeds opnieuw" in questionnaire().texts["definition"].nl


def test_no_question_asks_for_words() -> None:
    assert all(item.answers for key in (FULL, JUNIOR) for item in version(key).items)


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (lambda text: text.replace('code = "S2"', 'code = "S1"'), "S1 twice"),
        (lambda text: text.replace('key = "safety"', 'key = "feeling"'), "feeling"),
        (lambda text: text.replace("from = 75", "from = 50"), "warmest"),
        (lambda text: text.replace("from = 0", "from = 10"), "warmest"),
        (lambda text: text.replace("sensitive =", "secret ="), "unknown key secret"),
        (lambda text: text.replace('scale = "frequency"', 'scale = "often"'), "often is missing"),
        (lambda text: text.replace('skip = { nl = "', 'skip = { fr = "'), "unknown key fr"),
        (lambda text: text + '\n[[items]]\ncode = "X1"\n', "X1|missing"),
    ],
)
def test_a_mistake_in_the_file_stops_the_program(
    tmp_path: Path, spoil: Callable[[str], str], told: str
) -> None:
    file = tmp_path / "questionnaire.toml"
    file.write_text(spoil(FILE.read_text(encoding="utf-8")), encoding="utf-8")
    with pytest.raises(ProtocolError, match=told):
        read_questionnaire(file)
