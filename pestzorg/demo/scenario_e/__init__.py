"""Scenario E, "the gossip account": school, cast, and what happened day by day. All people and schools are made up."""

from pestzorg.demo.scenario_e.acts import FEEDBACK, FIRST_SITTING, SECOND_SITTING, E
from pestzorg.demo.scenario_e.said import AGREEMENTS, E6, SENDER, WORDS
from pestzorg.demo.scenario_e.school import at

__all__ = [
    "AGREEMENTS",
    "E6",
    "FEEDBACK",
    "FIRST_SITTING",
    "SECOND_SITTING",
    "SENDER",
    "WORDS",
    "E",
    "at",
]
