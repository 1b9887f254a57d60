"""Finishing a step in tests: everything that is asked, saved, refused for these reasons, or done."""

from __future__ import annotations

from typing import Any

import pytest

from cases.models import StepRecord
from cases.models.step_record import StepStatus
from cases.services import items
from cases.services.steps import complete_step, save_step
from cases.tests.scene import Scene
from pestzorg.demo.course import stored
from pestzorg.demo.people import Place
from pestzorg.demo.scenario_a import ANSWERS
from pestzorg.errors import RuleBroken
from pestzorg.testing.builders import NOW

Problems = set[tuple[str | None, str]]


def full(scene: Scene, number: int) -> dict[str, Any]:
    """Everything that is asked in a step."""
    staff = {"Marit": scene.teacher, "Sami": scene.coordinator, "Fleur": scene.colleague}
    place = Place(scene.school, staff, scene.school_class, {})
    return stored(scene.step(number).definition, ANSWERS.get(number, {}), place)


def save(scene: Scene, number: int, **changes: Any) -> StepRecord:
    given = {**full(scene, number), **changes}
    return save_step(scene.teacher, scene.step(number), given, now=NOW)


def refused(scene: Scene, number: int, **changes: Any) -> Problems:
    """Save what there is, which always works; finishing it does not, for these reasons."""
    record = save(scene, number, **changes)
    with pytest.raises(RuleBroken) as complaint:
        complete_step(scene.teacher, record, now=NOW)
    record.refresh_from_db()
    assert (record.status, record.completed_at) == (StepStatus.IN_PROGRESS, None)
    return {(p.field, p.code) for p in complaint.value.problems}


def done(scene: Scene, number: int, **changes: Any) -> None:
    complete_step(scene.teacher, save(scene, number, **changes), now=NOW)
    record = scene.step(number)
    assert (record.status, record.completed_at, record.completed_by) == (
        StepStatus.DONE,
        NOW,
        scene.teacher,
    )


def incident(scene: Scene) -> None:
    items.put_incident(scene.teacher, scene.case, None, now=NOW, description="Duwde in de gang.")


def tried(scene: Scene, effect: str = "") -> Any:
    return items.put_prior_action(
        scene.teacher, scene.conversation, None, now=NOW, action_type="ignored", effect=effect
    )


def involve(scene: Scene, role: str, **values: Any) -> Any:
    return items.put_participant(
        scene.teacher, scene.case, None, now=NOW, name="Lieke", role=role, **values
    )
