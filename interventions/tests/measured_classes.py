"""Many measured classes of one school, written as the services leave them."""

from __future__ import annotations

from datetime import date
from typing import Any

from interventions.models import AnswerBox, Run
from interventions.tests.classes import lines_of
from interventions.thermometer.box import empty_box, put_in
from interventions.thermometer.questionnaire import FULL, version
from pestzorg.testing.builders import make_class
from schools.models import School

MEASURED = date(2026, 5, 12)
LINES = lines_of("A before")[:10]


def measured(school: School, name: str, lines: tuple[str, ...] = LINES, **fields: Any) -> Run:
    """A closed run of a class of its own; written as the services leave it."""
    given = {"opened_on": MEASURED, "closed_on": MEASURED, "planned_on": MEASURED, **fields}
    run = Run.objects.create(
        school=school,
        school_class=make_class(school, name),
        state=Run.State.CLOSED,
        class_size=24,
        **given,
    )
    AnswerBox.objects.create(run=run, answers=box_of(lines))
    return run


def box_of(lines: tuple[str, ...]) -> str:
    box = empty_box(version(FULL), 24)
    for line in lines:
        box = put_in(box, line) or box
    return box
