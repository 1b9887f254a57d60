"""The case of the demo whose approach with the class runs."""

from __future__ import annotations

from datetime import date

import pytest

from cases.access import Who
from interventions.queries.team import team_of
from pestzorg.demo.intervention import thermometer_of_case
from pestzorg.demo.scenario import moved
from pestzorg.demo.scenario_e import E
from pestzorg.demo.story import BEGINS_AT, so_far
from pestzorg.demo.telling import Teller


@pytest.mark.django_db
def test_the_class_is_asked_on_monday() -> None:
    told = Teller.at_new_school(E, "pestzorg-test").tell(so_far(moved(E.acts, weeks=-17)))
    made = thermometer_of_case(told.place, told.conversation)
    assert (made.case, made.status) == (told.case, "running")
    found = [(record.key, record.held_on) for record in made.phases.all()[:2]]
    assert found == [("prepare", date(2025, 11, 6)), ("baseline", None)]
    (team,) = team_of(Who(told.place.staff["Hilde"], BEGINS_AT), [told.place.school])
    (line,) = team.running
    assert (line.intervention, line.due_on) == (made, date(2025, 11, 10))
