"""Scenario C, "ro-ro-robot": school, cast, and what happened day by day. All people and schools are made up."""

from pestzorg.demo.scenario_c.acts import DECISION, SECOND_ROUND, SITTING, C
from pestzorg.demo.scenario_c.later import LATER
from pestzorg.demo.scenario_c.said import AGREEMENTS, C6, WORDS
from pestzorg.demo.scenario_c.school import at

__all__ = ["AGREEMENTS", "C6", "DECISION", "LATER", "SECOND_ROUND", "SITTING", "WORDS", "C", "at"]
