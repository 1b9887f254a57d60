"""When a phase or a thermometer asks for a reminder, and who then gets it. Services plan in their own transaction; nothing is sent here."""

from interventions.deadlines.phases import OF_CASE, PhaseSource, plan_phases, tell_new_facilitator
from interventions.deadlines.runs import RunSource, cancel_run, plan_run

__all__ = [
    "OF_CASE",
    "PhaseSource",
    "RunSource",
    "cancel_run",
    "plan_phases",
    "plan_run",
    "tell_new_facilitator",
]
