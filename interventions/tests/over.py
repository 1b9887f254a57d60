"""Approaches that are over, many at once and without holding each phase; for what is counted of them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from interventions.models import Intervention, InterventionStatus
from interventions.protocol import current
from interventions.tests.running import MONDAY, Run
from pestzorg.testing.builders import NOW


def over(run: Run, count: int, method: str = "support_group", **changes: Any) -> list[Intervention]:
    """So many of the case, finished one minute after the other; `outcome` and `status` as named."""
    found, begun = current(method), Intervention.objects.count()
    usual: dict[str, Any] = {
        "school": run.scene.school,
        "case": run.scene.case,
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
    if usual["case"] is None:
        usual |= {"conversation": None, "consent": ""}
    rows = []
    for one in range(count):
        ended_at = {"ended_at": NOW + timedelta(minutes=begun + one)}
        rows.append(Intervention.objects.create(**(ended_at | usual)))
    return rows
