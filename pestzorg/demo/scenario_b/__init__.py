"""Scenario B, "the rating account": school, cast, and what happened day by day.

In the demo it happens ten weeks earlier, so that it is in progress when the demo clock starts. All people and
schools are made up.
"""

from pestzorg.demo.scenario_b.acts import DECISION, FIRST_SITTING, RESUME_BY, SECOND_SITTING, B
from pestzorg.demo.scenario_b.said import AGREEMENTS, B8, WORDS
from pestzorg.demo.scenario_b.school import at

__all__ = [
    "AGREEMENTS",
    "B8",
    "DECISION",
    "FIRST_SITTING",
    "RESUME_BY",
    "SECOND_SITTING",
    "WORDS",
    "B",
    "at",
]
