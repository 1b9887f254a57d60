"""Red flags that the conversation tells: they ask for an assessment until somebody makes one."""

from __future__ import annotations

from typing import Any

import pytest

from cases.models import Case
from cases.notices import AlarmSource
from cases.protocol import vocabulary
from cases.queries.judging import HIGHEST, INDICATORS, minimum_of
from cases.queries.signals import FLAG_OF_FORM, signals_of, waiting_signals
from cases.services import items
from cases.services.severity import Choice, confirm_signals, reassess_severity
from cases.services.steps import save_step
from cases.tests.scene import Scene
from pestzorg.errors import RuleBroken
from pestzorg.reminders.models import DueMoment, Kind, Reminder
from pestzorg.reminders.sweep import sweep
from pestzorg.testing.builders import NOW

MILD = dict.fromkeys(INDICATORS, 0)


def say(scene: Scene, step: int, **answers: Any) -> Case:
    save_step(scene.teacher, scene.step(step), answers, now=NOW)
    scene.case.refresh_from_db()
    return scene.case


def tell(scene: Scene, *forms: str) -> Case:
    told = {"description": "Online.", "forms": ["cyber"], "cyber_subforms": list(forms)}
    items.put_incident(scene.teacher, scene.case, None, now=NOW, **told)
    scene.case.refresh_from_db()
    return scene.case


def mailed(case: Case) -> tuple[int, ...]:
    alarm = case.alarm_uuid
    if not DueMoment.objects.filter(source="severity_alarm", source_uuid=alarm).exists():
        return ()
    wanted = AlarmSource().wanted(alarm, Kind.NEEDS_ATTENTION, NOW.date(), NOW)
    return wanted.recipients if wanted else ()


def test_every_form_that_is_critical_by_itself_comes_down_to_a_red_flag() -> None:
    critical = {k for k in vocabulary.keys("cyber_subforms") if minimum_of(k) == HIGHEST}
    assert set(FLAG_OF_FORM) == critical
    assert set(FLAG_OF_FORM.values()) <= vocabulary.keys("red_flags")


@pytest.mark.parametrize("flag", sorted(vocabulary.keys("red_flags")))
def test_a_red_flag_of_step_1_raises_the_alarm(scene: Scene, flag: str) -> None:
    assert say(scene, 1, safety_score=5).alarm_at is None
    assert say(scene, 1, red_flags=[flag]).alarm_at == NOW
    assert signals_of(scene.case) == [flag]


@pytest.mark.parametrize(
    ("impact", "signals"),
    [
        ("sleep", []),
        ("self_harm", ["self_harm_or_suicidal"]),
        ("no_wish_to_live", ["self_harm_or_suicidal"]),
    ],
)
def test_despair_in_step_2_raises_the_alarm(scene: Scene, impact: str, signals: list[str]) -> None:
    case = say(scene, 2, impact_signals=[impact])
    assert (bool(case.alarm_at), signals_of(case)) == (bool(signals), signals)


@pytest.mark.parametrize(("form", "raised"), [("doxing", False), ("sextortion", True)])
def test_a_cyber_form_that_is_acute_raises_the_alarm(scene: Scene, form: str, raised: bool) -> None:
    assert bool(tell(scene, form).alarm_at) is raised


def test_what_was_ticked_by_mistake_takes_the_alarm_away_again(scene: Scene) -> None:
    say(scene, 1, red_flags=["weapon"])
    assert mailed(scene.case) == (scene.coordinator.pk,)
    assert say(scene, 1, red_flags=[]).alarm_at is None
    assert mailed(scene.case) == ()


def test_a_handler_who_writes_it_down_gets_no_mail_about_it(scene: Scene) -> None:
    save_step(scene.coordinator, scene.step(1), {"red_flags": ["weapon"]}, now=NOW)
    scene.case.refresh_from_db()
    assert scene.case.alarm_at == NOW
    assert mailed(scene.case) == ()


def test_confirming_makes_the_case_critical_at_once(scene: Scene) -> None:
    with pytest.raises(RuleBroken):
        confirm_signals(scene.teacher, scene.case, now=NOW)
    say(scene, 1, red_flags=["weapon"])
    tell(scene, "sextortion")
    made = confirm_signals(scene.teacher, scene.case, now=NOW)
    scene.case.refresh_from_db()
    assert (made.level, made.red_flags, made.score) == (HIGHEST, ["weapon", "sextortion"], 8)
    assert (scene.case.severity, scene.case.alarm_at) == (HIGHEST, None)
    assert mailed(scene.case) == ()


def test_an_older_page_does_not_overrule_what_a_colleague_weighed(scene: Scene) -> None:
    case = say(scene, 1, red_flags=["weapon"])
    why = Choice(reason="Het was een speelgoedmes.")
    weighed = reassess_severity(scene.coordinator, case, MILD, [], now=NOW, choice=why)
    with pytest.raises(RuleBroken) as refused:
        confirm_signals(scene.teacher, case, now=NOW)
    assert refused.value.problems[0].code == "state"
    assert case.assessments.last() == weighed
    say(scene, 1, red_flags=["weapon", "home_unsafe"])
    assert confirm_signals(scene.teacher, case, now=NOW).red_flags == ["home_unsafe"]


def test_passing_over_a_signal_needs_a_reason_and_then_asks_no_more(scene: Scene) -> None:
    case = say(scene, 1, red_flags=["weapon"])
    with pytest.raises(RuleBroken) as refused:
        reassess_severity(scene.coordinator, case, MILD, [], now=NOW)
    assert [(p.field, p.code) for p in refused.value.problems] == [("reason", "signals")]
    why = Choice(reason="Het was een speelgoedmes.")
    made = reassess_severity(scene.coordinator, case, MILD, [], now=NOW, choice=why)
    assert (made.level, made.weighed) == (1, ["weapon"])
    assert say(scene, 1, red_flags=["weapon"]).alarm_at is None
    assert waiting_signals(case, made) == []


def test_a_further_signal_raises_the_alarm_again(scene: Scene) -> None:
    say(scene, 1, red_flags=["weapon"])
    confirm_signals(scene.teacher, scene.case, now=NOW)
    case = say(scene, 1, red_flags=["weapon", "home_unsafe"])
    assert case.alarm_at == NOW
    assert waiting_signals(case, case.assessments.last()) == ["home_unsafe"]


def test_the_second_alarm_of_a_day_is_told_too(scene: Scene) -> None:
    say(scene, 1, red_flags=["weapon"])
    sweep(NOW)
    why = Choice(reason="Het was een speelgoedmes.")
    reassess_severity(scene.coordinator, scene.case, MILD, [], now=NOW, choice=why)
    say(scene, 1, red_flags=["weapon", "home_unsafe"])
    sweep(NOW)
    told = Reminder.objects.filter(source="severity_alarm", recipient_id=scene.coordinator.pk)
    assert told.count() == 2
