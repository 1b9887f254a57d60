"""An approach that measures a class: begun, held phase by phase, up to the second thermometer."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from interventions.models import Intervention, PhaseRecord
from interventions.services.class_rules import Wording, adopt_rule
from interventions.services.phases import hold_phase, save_phase
from interventions.services.starting import start_preventive
from interventions.tests import running
from interventions.tests.classes import lines_of
from interventions.tests.measuring import LATER, Measured
from interventions.tests.running import full
from pestzorg.testing.builders import NOW

TODAY = NOW.date()


def begun(group: Measured, method: str = "class_thermometer", way: str = "usual") -> Intervention:
    given = {"method": method, "variant": way, "planned_start": TODAY, "now": NOW}
    return start_preventive(group.teacher, group.school_class, **given)


def circle(group: Measured) -> Intervention:
    return begun(group, "restorative_circle", "proactive_circle")


def phase(made: Intervention, key: str) -> PhaseRecord:
    return PhaseRecord.objects.get(intervention=made, key=key)


def agree(group: Measured, made: Intervention) -> None:
    words, days = Wording("Iedereen speelt mee", "together"), {"adopted_on": TODAY}
    later = TODAY + timedelta(weeks=8)
    adopt_rule(
        group.teacher, made.class_group, words, intervention=made, review_on=later, now=NOW, **days
    )


def hold(group: Measured, made: Intervention, key: str, day: date, **changes: Any) -> None:
    if key == "class_rules":
        agree(group, made)
    record, now = phase(made, key), running.at(day)
    answers = {**full(record.definition.fields, group.teacher), **changes}
    save_phase(group.teacher, record, answers, now=now)
    hold_phase(group.teacher, record, day, now=now)


def up_to_repeat(
    group: Measured, focus: list[str], before: str = "A before", after: str = "A after"
) -> Intervention:
    """The whole of the method up to the second measurement."""
    made = begun(group)
    hold(group, made, "prepare", TODAY)
    group.measure(lines_of(before))
    hold(group, made, "baseline", TODAY)
    hold(group, made, "team_look", TODAY, focus_dimensions=focus)
    for key in ("class_talk", "class_rules", "action_weeks"):
        hold(group, made, key, TODAY)
    group.measure(lines_of(after), now=LATER)
    hold(group, made, "repeat", LATER.date())
    return Intervention.objects.get(pk=made.pk)
