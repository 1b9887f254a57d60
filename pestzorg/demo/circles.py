"""A class without a case: a weekly circle in groep 7, held once and planned again."""

from __future__ import annotations

from interventions.services.phases import hold_phase, plan_phase, save_phase
from interventions.services.rounds import add_round
from interventions.services.starting import start_preventive
from pestzorg.demo.people import Place
from pestzorg.demo.scenario_a.school import at

BEGUN, HELD = at(3, 8, 15), at(3, 8, 50)
SAID = {"theme": "Hoe was je weekend?", "number_present": "24", "mood": "calm"}


def weekly_circle(place: Place) -> None:
    """Mon 3 Nov: Marit begins with circles; the first one is held at once, the next is a week later."""
    marit = place.staff["Marit"]
    circle = start_preventive(
        marit,
        place.school_class,
        method="restorative_circle",
        variant="proactive_circle",
        planned_start=BEGUN.date(),
        now=BEGUN,
    )
    record = circle.phases.get()
    record.intervention = circle
    save_phase(marit, record, {**SAID, "next_on": at(10, 8, 15).date().isoformat()}, now=HELD)
    hold_phase(marit, record, HELD.date(), now=HELD)
    (again,) = add_round(marit, circle, "proactive_circle", now=HELD)
    plan_phase(marit, again, at(10, 8, 15).date(), now=HELD)
