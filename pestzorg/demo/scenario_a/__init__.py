"""Scenario A, "Groep 7 zonder N": school, cast, and what happened day by day, told through the services.

The demo stops on Thursday 6 November 2025, 13:30, just before the second sitting; the tests go on to its end.
All people and schools are made up.
"""

from pestzorg.demo.scenario_a.acts import first_sitting, report_and_assess, second_sitting
from pestzorg.demo.scenario_a.said import MEASURES, SEVERITY, WORDS, agreements_of_step_7, answers
from pestzorg.demo.scenario_a.school import AMSTERDAM, SchoolA, at, found_school_a

__all__ = [
    "AMSTERDAM",
    "MEASURES",
    "SEVERITY",
    "WORDS",
    "SchoolA",
    "agreements_of_step_7",
    "answers",
    "at",
    "first_sitting",
    "found_school_a",
    "report_and_assess",
    "second_sitting",
]
