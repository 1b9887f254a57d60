"""A sixth method, from a folder: it runs through services and pages without a line of code."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

import pytest
from django.urls import reverse

from interventions.models import Intervention
from interventions.protocol import current
from interventions.queries.addresses import url_of
from interventions.services.adapting import adapt_method
from interventions.tests.running import MONDAY, Run, begin_freely, decide, fresh, phase, weigh
from interventions.tests.running import at as moment_of
from pestzorg.testing.builders import NOW
from pestzorg.testing.clients import signed_in, text_of


@pytest.fixture(autouse=True)
def _now(at: Callable[[datetime], None]) -> None:
    at(NOW)


def test_sixth_method_runs_from_start_to_end_without_a_line_of_code(
    run: Run, sixth: str, at: Callable[[datetime], None]
) -> None:
    client = signed_in(run.scene.teacher)
    form = {
        "class_group": str(run.scene.school_class.uuid),
        "way": f"{sixth}:usual",
        "facilitator": str(run.scene.teacher.uuid),
        "planned_start": "2025-11-03",
    }
    client.post(reverse("interventions:new"), form)
    made = Intervention.objects.get()
    steps: list[tuple[str, dict[str, str], date]] = [
        ("listen", {"heard": "Het is druk"}, MONDAY),
        ("promise", {"proposal-text": "We zijn stil", "proposal-review_on": "2025-11-10"}, MONDAY),
        ("look_back", {"worked": "true"}, date(2025, 11, 10)),
    ]
    for key, given, day in steps:
        at(moment_of(day))
        client = signed_in(run.scene.teacher)
        sent = {**given, "held_on": day.isoformat(), "action": "hold"}
        answer = client.post(url_of(made, "phase", phase(made, key).uuid), sent)
        assert answer.status_code == 302, text_of(answer)
    assert phase(made, "promise").proposals.get().review_on == date(2025, 11, 10)
    client.post(url_of(made, "finish"), {"result": "Een rustige klas"})
    finished = fresh(made)
    assert (finished.status, finished.outcome) == ("finished", {"result": "Een rustige klas"})
    assert "Een rustige klas" in text_of(client.get(url_of(made, "page")))


def test_own_method_of_the_school_begins_out_of_step_8(run: Run, sixth: str) -> None:
    decide(run, method="other", method_other="Luisteruur")
    weigh(run)
    client = signed_in(run.actor)
    new = reverse("interventions:case-new", args=[run.case.uuid])
    client.post(new, {"variant": f"{sixth}:usual", "share_ok": "on"})
    made = Intervention.objects.get()
    assert made.definition == current(sixth)
    # It brought no row for the check, which then only looks for what holds for every method.
    assert made.advice == "possible"


def test_school_puts_a_sixth_method_in_its_own_words_too(run: Run, sixth: str) -> None:
    school = run.scene.school
    adapted = {"label": "Luisterkring", "phases-look_back-gap": [6, 10]}
    adapt_method(run.actor, school, sixth, adapted, now=NOW)
    made = begin_freely(run, sixth, "usual")
    assert str(fresh(made).definition.label) == "Luisterkring"
    text = text_of(signed_in(run.scene.teacher).get(url_of(made, "page")))
    assert "Luisterkring" in text
    assert "Luisteruur" not in text
