"""How serious a case is: score bands, the minimum of a cyber form, and red flags."""

from __future__ import annotations

import pytest

from cases import events
from cases.models import SeverityAssessment
from cases.protocol import vocabulary
from cases.services import items
from cases.services.severity import INDICATORS, assess_severity, level_of
from cases.tests.scene import Scene
from pestzorg.audit.models import AuditEvent
from pestzorg.errors import RuleBroken
from pestzorg.testing.builders import NOW

MILD, MODERATE, SERIOUS, CRITICAL = 1, 2, 3, 4
NOTHING = dict.fromkeys(INDICATORS, 0)


@pytest.mark.parametrize(
    ("score", "level"),
    [(0, MILD), (5, MILD), (6, MODERATE), (11, MODERATE), (12, SERIOUS), (24, SERIOUS)],
)
def test_the_score_decides_the_band(score: int, level: int) -> None:
    assert level_of(score, [], []) == level


@pytest.mark.parametrize("flag", sorted(vocabulary.keys("red_flags")))
def test_any_red_flag_is_critical_at_once(flag: str) -> None:
    assert level_of(0, [flag], []) == CRITICAL


@pytest.mark.parametrize(
    ("subforms", "level"),
    [
        (["harassment"], MILD),
        (["denigration"], MODERATE),
        (["exclusion", "impersonation"], MODERATE),
    ],
)
def test_a_cyber_form_has_a_lowest_level(subforms: list[str], level: int) -> None:
    assert level_of(0, [], subforms) == level


def test_a_cyber_form_never_lowers_the_score() -> None:
    assert level_of(24, [], ["harassment"]) == SERIOUS


def test_some_cyber_forms_are_critical_by_themselves() -> None:
    critical = [
        t.key for t in vocabulary.terms("cyber_subforms") if t.note["minimum_severity"] == 4
    ]
    assert critical
    assert {level_of(0, [], [key]) for key in critical} == {CRITICAL}


def test_incidents_of_the_case_count(scene: Scene) -> None:
    items.put_incident(
        scene.teacher,
        scene.case,
        None,
        now=NOW,
        description="Er is een nepprofiel.",
        forms=["cyber"],
        cyber_subforms=["impersonation"],
    )
    assessment = assess_severity(scene.coordinator, scene.case, NOTHING, [], now=NOW)
    assert (assessment.score, assessment.level) == (0, MODERATE)


@pytest.mark.parametrize("key", INDICATORS)
def test_every_indicator_must_be_judged(scene: Scene, key: str) -> None:
    for wrong in (None, 4, -1):
        with pytest.raises(RuleBroken) as refused:
            assess_severity(scene.coordinator, scene.case, {**NOTHING, key: wrong}, [], now=NOW)
        assert [p.field for p in refused.value.problems] == [key]
    assess_severity(scene.coordinator, scene.case, {**NOTHING, key: 3}, [], now=NOW)


def test_every_judgement_is_kept_and_the_last_one_counts(scene: Scene) -> None:
    assess_severity(scene.coordinator, scene.case, NOTHING, ["weapon"], now=NOW)
    assess_severity(scene.coordinator, scene.case, NOTHING, [], now=NOW)
    levels = SeverityAssessment.objects.filter(case=scene.case).values_list("level", flat=True)
    assert list(levels) == [MODERATE, CRITICAL, MILD]
    scene.case.refresh_from_db()
    assert scene.case.severity == MILD


def test_the_log_holds_the_level_and_no_red_flag(scene: Scene) -> None:
    assess_severity(scene.coordinator, scene.case, NOTHING, ["weapon"], now=NOW)
    event = AuditEvent.objects.filter(verb=events.SEVERITY_ASSESSED).last()
    assert event.facts == {"level": CRITICAL}
