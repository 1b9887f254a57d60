"""The class without a case: one circle was held, and the next has its day."""

from __future__ import annotations

from datetime import date

import pytest

from interventions.models import Intervention
from pestzorg.demo.circles import weekly_circle
from pestzorg.demo.scenario_a.school import found_school_a


@pytest.mark.django_db
def test_one_circle_was_held_and_the_next_is_planned() -> None:
    school = found_school_a("pestzorg-test")
    weekly_circle(school)
    circle = Intervention.objects.get()
    assert (circle.case, circle.facilitated_by) == (None, school.marit.full_name)
    found = [(r.round, r.held_on, r.planned_on) for r in circle.phases.all()]
    assert found == [(1, date(2025, 11, 3), date(2025, 11, 3)), (2, None, date(2025, 11, 10))]
