"""When a phase asks for a reminder, and who then gets it. Services plan in their own transaction; nothing is sent here."""

from interventions.deadlines.phases import PhaseSource, plan_phases

__all__ = ["PhaseSource", "plan_phases"]
