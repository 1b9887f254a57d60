"""Scenario D, "the fake image": school, cast, and what happened day by day. All people and schools are made up."""

from pestzorg.demo.scenario_d.acts import FIRST_SITTING, REVISION, SECOND_SITTING, D
from pestzorg.demo.scenario_d.agreed import WORDS
from pestzorg.demo.scenario_d.school import at

__all__ = ["FIRST_SITTING", "REVISION", "SECOND_SITTING", "WORDS", "D", "at"]
