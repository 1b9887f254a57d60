"""How serious a case is: score bands, the minimum of a cyber form, and red flags."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from cases import events
from cases.models import SeverityAssessment
from cases.models.case import CaseStatus
from cases.protocol import vocabulary
from cases.queries.judging import INDICATORS, band_of, judge, level_of, minimum_of
from cases.services import items
from cases.services.severity import Choice, assess_severity, reassess_severity
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


SCORES = some.integers(0, 24)
FLAGS = some.lists(some.sampled_from(sorted(vocabulary.keys("red_flags"))), max_size=3)
FORMS = some.lists(some.sampled_from(sorted(vocabulary.keys("cyber_subforms"))), max_size=4)


@given(SCORES, FLAGS, FORMS)
def test_the_level_is_the_highest_of_band_form_and_flag(
    score: int, flags: list[str], forms: list[str]
) -> None:
    parts = [band_of(score), *map(minimum_of, forms), *(CRITICAL for _flag in flags)]
    assert level_of(score, flags, forms) == max(parts)


@given(SCORES, FLAGS, FORMS)
def test_a_choice_is_one_away_at_most_and_never_below_what_is_acute(
    score: int, flags: list[str], forms: list[str]
) -> None:
    judged = judge(score, flags, forms)
    assert judged.level in judged.choices
    assert all(MILD <= level <= CRITICAL for level in judged.choices)
    assert all(abs(level - judged.level) <= 1 for level in judged.choices)
    is_acute = bool(flags) or CRITICAL in map(minimum_of, forms)
    assert (list(judged.choices) == [CRITICAL]) == is_acute


@given(SCORES, FLAGS, FORMS, some.sampled_from(sorted(vocabulary.keys("red_flags"))))
def test_worse_answers_never_lower_the_level(
    score: int, flags: list[str], forms: list[str], flag: str
) -> None:
    level = level_of(score, flags, forms)
    assert level_of(min(24, score + 1), flags, forms) >= level
    assert level_of(score, [*flags, flag], forms) >= level
    assert level_of(score, flags, [*forms, "doxing"]) >= level


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


# ── another level than proposed ──────────────────────────────────────────────
def assessed(scene: Scene, points: int, flags: list[str], **chosen: object) -> SeverityAssessment:
    return reassess_severity(
        scene.coordinator,
        scene.case,
        dict.fromkeys(INDICATORS, points),
        flags,
        now=NOW,
        choice=Choice(**chosen),
    )


@pytest.mark.parametrize("level", [MILD, SERIOUS])
def test_another_level_needs_a_reason_and_is_kept_beside_the_proposal(
    scene: Scene, level: int
) -> None:
    with pytest.raises(RuleBroken) as refused:
        assessed(scene, 1, [], level=level)
    assert [p.field for p in refused.value.problems] == ["reason"]
    kept = assessed(scene, 1, [], level=level, reason="De moeder belde vandaag.")
    assert (kept.proposed_level, kept.level, kept.deviates) == (MODERATE, level, True)
    scene.case.refresh_from_db()
    assert scene.case.severity == level


def test_two_levels_away_is_too_far_with_any_reason(scene: Scene) -> None:
    with pytest.raises(RuleBroken) as refused:
        assessed(scene, 0, [], level=SERIOUS, reason="Ik voel het zo.")
    assert [p.field for p in refused.value.problems] == ["level"]
    assert assessed(scene, 0, [], level=MODERATE, reason="Ik voel het zo.").level == MODERATE


def test_nobody_goes_below_a_red_flag(scene: Scene) -> None:
    with pytest.raises(RuleBroken) as refused:
        assessed(scene, 0, ["weapon"], level=SERIOUS, reason="Het was een speelgoedmes.")
    assert [p.field for p in refused.value.problems] == ["level"]
    assert assessed(scene, 0, ["weapon"], level=CRITICAL).level == CRITICAL


@pytest.mark.parametrize(("form", "lowest"), [("doxing", MODERATE), ("grooming", CRITICAL)])
def test_a_cyber_form_leaves_one_level_of_room_unless_it_is_acute(
    scene: Scene, form: str, lowest: int
) -> None:
    told = {"description": "Op Snapchat.", "forms": ["cyber"], "cyber_subforms": [form]}
    items.put_incident(scene.teacher, scene.case, None, now=NOW, **told)
    with pytest.raises(RuleBroken):
        assessed(scene, 0, [], level=lowest - 1, reason="Het is gestopt.")
    assert assessed(scene, 0, [], level=lowest, reason="Het is gestopt.").level == lowest


@pytest.mark.parametrize(
    "status", sorted(set(CaseStatus) - {CaseStatus.ACTIVE, CaseStatus.ON_HOLD})
)
def test_only_a_case_in_progress_is_assessed_again(scene: Scene, status: str) -> None:
    scene.case.status = status
    scene.case.save(update_fields=["status"])
    with pytest.raises(RuleBroken) as refused:
        assessed(scene, 1, [])
    assert refused.value.problems[0].code == "state"
    scene.case.status = CaseStatus.ON_HOLD
    scene.case.save(update_fields=["status"])
    assert assessed(scene, 1, []).level == MODERATE


def test_calm_is_said_of_a_critical_case_only(scene: Scene) -> None:
    assert not assessed(scene, 1, [], stable=True).stable
    assert assessed(scene, 1, ["weapon"], stable=True).stable
