"""Approaches that are over, many at once and without holding each phase; for what is counted of them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

from cases.models import Case
from cases.models.case import new_reference
from interventions.models import Intervention, InterventionStatus
from interventions.protocol import current
from interventions.tests.running import MONDAY, Run
from pestzorg.testing.builders import NOW


def over(run: Run, count: int, method: str = "support_group", **changes: Any) -> list[Intervention]:
    """So many, each of a case of its own, finished one minute after the other; `outcome` and `status` as named."""
    found, begun = current(method), Intervention.objects.count()
    usual: dict[str, Any] = {
        "school": run.scene.school,
        "conversation": run.scene.conversation,
        "class_group": run.scene.school_class,
        "method": method,
        "edition": found.version,
        "variant": found.variants[0].key,
        "facilitator": run.scene.colleague,
        "status": InterventionStatus.FINISHED,
        "planned_start": MONDAY,
        "consent": "given",
        "outcome": {"target_says": "better"},
        "started_by": run.actor,
        "started_at": NOW,
        "ended_by": run.actor,
    } | changes
    if "case" in usual and usual["case"] is None:
        usual |= {"conversation": None, "consent": ""}
    rows = []
    for one in range(count):
        row = {"ended_at": NOW + timedelta(minutes=begun + one), "case": usual.get("case")}
        if "case" not in usual:
            row["case"] = another(run.scene.case)
        rows.append(Intervention.objects.create(**(row | usual)))
    return rows


def another(case: Case) -> Case:
    """A case like this one, of somebody else."""
    made = Case.objects.get(pk=case.pk)
    made.pk, made.uuid, made.reference = None, uuid4(), new_reference()
    made._state.adding = True
    made.save()
    return made
