"""A phase that was held is corrected with a reason, and what it said before stays readable."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from interventions.models import Intervention, PhaseRecord, PhaseVersion
from interventions.queries.phase_versions import versions_of
from interventions.services.phases import hold_phase, save_phase
from interventions.tests.running import MONDAY, Run, begin_freely, phase
from pestzorg.errors import RuleBroken
from pestzorg.testing.builders import NOW
from pestzorg.testing.posted import fields_of

KEY = "proactive_circle"
BEFORE = {"theme": "Het weekend", "number_present": "24", "mood": "calm"}
AFTER = BEFORE | {"number_present": "23"}


@pytest.fixture
def circle(run: Run) -> Intervention:
    made = begin_freely(run, "restorative_circle", KEY)
    record = phase(made, KEY)
    save_phase(run.scene.teacher, record, BEFORE, now=NOW)
    hold_phase(run.scene.teacher, record, MONDAY, now=NOW)
    return made


def correct(run: Run, made: Intervention, answers: dict[str, Any], **given: Any) -> PhaseRecord:
    return save_phase(run.scene.teacher, phase(made, KEY), answers, now=NOW, **given)


def test_what_was_said_before_is_kept_with_the_reason(run: Run, circle: Intervention) -> None:
    record = correct(run, circle, AFTER, reason=" Ik telde verkeerd. ")
    version = PhaseVersion.objects.get()
    assert (version.number, version.reason) == (1, "Ik telde verkeerd.")
    assert (version.answers, record.answers) == (BEFORE, AFTER)
    assert version.replaced_by == run.scene.teacher
    correct(run, circle, BEFORE, reason="Toch niet.")
    assert [one.version.number for one in versions_of(record, [])] == [2, 1]


@pytest.mark.parametrize("reason", ["", "  ", "x" * 501])
def test_without_a_reason_nothing_changes(run: Run, circle: Intervention, reason: str) -> None:
    with pytest.raises(RuleBroken) as refused:
        correct(run, circle, AFTER, reason=reason)
    assert refused.value.problems[0].field == "reason"
    assert phase(circle, KEY).answers == BEFORE
    assert not PhaseVersion.objects.exists()


def test_what_was_needed_to_hold_it_stays_answered(run: Run, circle: Intervention) -> None:
    with pytest.raises(RuleBroken) as refused:
        correct(run, circle, {"mood": "calm"}, reason="Ik twijfel.")
    taken = {(problem.field, problem.code) for problem in refused.value.problems}
    assert taken == {("theme", "required"), ("number_present", "required")}
    assert phase(circle, KEY).answers == BEFORE
    assert not PhaseVersion.objects.exists()


def test_saving_the_same_once_more_is_no_correction(run: Run, circle: Intervention) -> None:
    correct(run, circle, BEFORE | {"theme": "Het weekend\r\n"})
    assert not PhaseVersion.objects.exists()


def test_what_is_not_held_yet_needs_no_reason(run: Run) -> None:
    made = begin_freely(run, "restorative_circle", KEY)
    correct(run, made, BEFORE)
    correct(run, made, AFTER)
    assert not PhaseVersion.objects.exists()


def test_the_page_asks_for_the_reason_and_shows_what_it_said(
    run: Run, circle: Intervention, at: Any
) -> None:
    at(NOW)
    client = Client()
    client.force_login(run.scene.teacher)
    url = f"/interventions/{circle.uuid}/phases/{phase(circle, KEY).uuid}/"
    form = fields_of(client.get(url).content.decode(), "data-autosave")
    form |= {"number_present": "23", "action": "save"}
    assert client.post(url, form).status_code == 422
    assert client.post(url, form | {"reason": "Ik telde verkeerd."}).status_code == 302
    text = client.get(url).content.decode()
    assert "Ik telde verkeerd." in text
    assert run.scene.teacher.full_name in text
    assert "24" in text
