"""Scenario A, "Groep 7 zonder N": school, cast, and what happened day by day.

The demo stops on Thursday 6 November 2025, 13:30, just before the second sitting; the tests go on to its end.
All people and schools are made up.
"""

from pestzorg.demo.scenario_a.acts import A, first_sitting, report_and_assess, second_sitting
from pestzorg.demo.scenario_a.said import AGREEMENTS, ANSWERS, MEASURES, SEVERITY, WORDS
from pestzorg.demo.scenario_a.school import AMSTERDAM, SchoolA, at, found_school_a

__all__ = [
    "AGREEMENTS",
    "AMSTERDAM",
    "ANSWERS",
    "MEASURES",
    "SEVERITY",
    "WORDS",
    "A",
    "SchoolA",
    "at",
    "first_sitting",
    "found_school_a",
    "report_and_assess",
    "second_sitting",
]
