"""When a phase, a thermometer or a class rule asks for a reminder, and who then gets it.

Services plan in their own transaction; nothing is sent here.
"""

from interventions.deadlines.class_rules import ClassRuleSource, plan_rule
from interventions.deadlines.phases import OF_CASE, PhaseSource, plan_phases, tell_new_facilitator
from interventions.deadlines.runs import RunSource, cancel_run, plan_run

__all__ = [
    "OF_CASE",
    "ClassRuleSource",
    "PhaseSource",
    "RunSource",
    "cancel_run",
    "plan_phases",
    "plan_rule",
    "plan_run",
    "tell_new_facilitator",
]
