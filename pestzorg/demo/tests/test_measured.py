"""The class of the demo that answered the thermometer twice."""

from __future__ import annotations

import pytest

from interventions.models import Run
from interventions.queries.thermometer_results import Results
from pestzorg.demo.measured import measure
from pestzorg.demo.people import found
from pestzorg.demo.scenario_a import at
from pestzorg.demo.scenario_c import C

pytestmark = pytest.mark.django_db


def test_the_class_became_warmer_as_the_story_says() -> None:
    place = found(C.school, "pestzorg-test")
    measure(place, "C", before=at(10, 9, 30, month=9), after=at(17, 9, 30, month=10))
    results = Results(Run.objects.latest("opened_on"))
    assert results.why_alone == ""
    assert results.total
    assert results.total.change
    assert results.total.change.label == "clearly_better"
    assert results.shown
    assert (results.shown.respondents, results.shown.class_size) == (20, 21)
