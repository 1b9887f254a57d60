"""Which answers fit a step: known questions, known choices, sensible lengths, people and classes of this school."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from cases.services.answers import check_answers
from cases.services.steps import save_step
from cases.tests.scene import Scene
from pestzorg.errors import RuleBroken
from pestzorg.testing.builders import NOW, make_class, make_person, make_school
from schools.roles import Role

# step, question, answers that fit, answers that do not
FITS: list[tuple[int, str, list[Any], list[Any]]] = [
    (
        1,
        "planned_at",
        ["2025-11-04T10:15"],
        ["tomorrow", "2025-13-01T10:00", "2025-11-04T10:15Z", 5],
    ),
    (1, "immediate_danger", [True, False], ["true", 1, ["x"]]),
    (1, "safety_promise_given", [True, False], ["yes", 1]),
    (1, "safety_score", [0, 5, 10], [-1, 11, "5", True, 4.5]),
    (1, "location_type", ["walk"], ["attic", 3, ["walk"]]),
    (1, "red_flags", [["weapon"], ["weapon", "sextortion"]], ["weapon", ["gun"], 4, [["weapon"]]]),
    (1, "companion", ["Mila", "x" * 200], ["x" * 201, 7, ["Mila"]]),
    (2, "story", ["x" * 2000], ["x" * 2001, {}]),
    (3, "first_feedback_on", ["2025-11-14"], ["14-11-2025", "2025-02-30", 20251114]),
]


@pytest.mark.parametrize(("step", "key", "fitting", "others"), FITS)
def test_an_answer_fits_its_question(
    scene: Scene, step: int, key: str, fitting: list[Any], others: list[Any]
) -> None:
    record = scene.step(step)
    for value in fitting:
        assert check_answers(record, {key: value}) == []
    for value in others:
        problems = check_answers(record, {key: value})
        assert [p.field for p in problems] == [key], value


@pytest.mark.parametrize("empty", [None, "", []])
def test_an_empty_answer_always_fits(scene: Scene, empty: Any) -> None:
    record = scene.step(1)
    keys = [field.key for field in record.definition.fields]
    assert check_answers(record, dict.fromkeys(keys, empty)) == []


def test_a_question_of_another_step_is_unknown(scene: Scene) -> None:
    problems = check_answers(scene.step(1), {"story": "x", "safety_score": 4})
    assert [(p.field, p.code) for p in problems] == [("story", "unknown")]


def test_too_long_says_how_long_it_may_be(scene: Scene) -> None:
    (problem,) = check_answers(scene.step(2), {"story": "x" * 2001})
    assert "2000" in str(problem.message)


def test_staff_and_classes_are_those_of_this_school(scene: Scene) -> None:
    elsewhere = make_school("De Brug", "de-brug")
    stranger, other_class = make_person(Role.TEACHER, elsewhere), make_class(elsewhere)
    record = scene.step(8)
    own = {"facilitator": str(scene.colleague.uuid), "class_group": str(scene.school_class.uuid)}
    assert check_answers(record, own) == []
    for key, wrong in (
        ("facilitator", [str(stranger.uuid), str(uuid4()), "Fleur", str(scene.school_class.uuid)]),
        ("class_group", [str(other_class.uuid), str(uuid4()), "groep 7"]),
    ):
        for value in wrong:
            assert [p.field for p in check_answers(record, {key: value})] == [key]


def test_answers_that_do_not_fit_are_not_saved_and_lose_nothing(scene: Scene) -> None:
    save_step(scene.teacher, scene.step(1), {"safety_score": 4}, now=NOW)
    with pytest.raises(RuleBroken) as refused:
        save_step(scene.teacher, scene.step(1), {"safety_score": 40, "mood": "sad"}, now=NOW)
    assert {p.field for p in refused.value.problems} == {"safety_score", "mood"}
    assert scene.step(1).answers == {"safety_score": 4}
