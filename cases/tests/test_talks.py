"""Planning, moving and recording follow-up talks; progress is named and congratulated."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from cases import events
from cases.access import can_see_content
from cases.models import Case, FollowUpTalk
from cases.services.talks import change_talk, record_talk
from cases.tests.scene import Scene
from pestzorg.audit.models import AuditEvent
from pestzorg.errors import RuleBroken
from pestzorg.reminders.models import DueMoment, Kind
from pestzorg.reminders.sources import registry
from pestzorg.testing.builders import NOW, make_case_active, make_pupil, make_talk

TOMORROW = NOW + timedelta(days=1)
SAID: dict[str, Any] = {"progress": "same", "new_incident": False, "safety_score": 5}
HELD = {**SAID, "no_next_talk": True}
BETTER: dict[str, Any] = {
    **HELD,
    "progress": "better",
    "progress_examples": "Ze speelt weer mee.",
    "congratulated": True,
}


def codes(refused: pytest.ExceptionInfo[RuleBroken]) -> list[tuple[str | None, str]]:
    return [(p.field, p.code) for p in refused.value.problems]


# ── planning ─────────────────────────────────────────────────────────────────
def test_a_talk_is_with_somebody(scene: Scene) -> None:
    with pytest.raises(RuleBroken) as refused:
        make_talk(scene.teacher, scene.case, with_participant=None)
    assert codes(refused) == [("with_whom", "required")]
    karin = make_talk(
        scene.teacher, scene.case, with_participant=None, with_name="Karin", with_role="parent"
    )
    assert karin.with_whom == "Karin"
    assert make_talk(scene.teacher, scene.case).with_whom == "Noor"


def test_a_talk_is_with_somebody_of_this_case(scene: Scene) -> None:
    other = make_case_active(
        scene.coordinator, scene.teacher, scene.school, make_pupil(scene.school_class, "Kees")
    )
    with pytest.raises(RuleBroken) as refused:
        make_talk(scene.teacher, scene.case, with_participant=other.target)
    assert codes(refused) == [("with_whom", "foreign")]


@pytest.mark.parametrize(
    ("moment", "code"),
    [
        (NOW - timedelta(seconds=1), "past"),
        (datetime(2025, 11, 8, 9, tzinfo=UTC), "no_school"),
        (datetime(2025, 12, 24, 9, tzinfo=UTC), "no_school"),
        (datetime(2030, 1, 7, 9, tzinfo=UTC), "calendar"),
    ],
)
def test_a_talk_is_planned_on_a_school_day_to_come(
    scene: Scene, moment: datetime, code: str
) -> None:
    with pytest.raises(RuleBroken) as refused:
        make_talk(scene.teacher, scene.case, planned_at=moment)
    assert codes(refused) == [("planned_at", code)]
    assert not scene.case.talks.exists()


@pytest.mark.parametrize(
    ("field", "value"), [("with_role", "victim"), ("purposes", ["chat"]), ("with_role", "")]
)
def test_role_and_purpose_are_words_of_the_field(scene: Scene, field: str, value: Any) -> None:
    with pytest.raises(RuleBroken) as refused:
        make_talk(scene.teacher, scene.case, **{field: value})
    assert [p.field for p in refused.value.problems] == [field]


def test_a_conductor_without_access_is_let_in_only_when_asked(scene: Scene) -> None:
    with pytest.raises(RuleBroken) as refused:
        make_talk(scene.teacher, scene.case, conductor=scene.colleague)
    assert codes(refused) == [("share_ok", "share")]
    make_talk(scene.teacher, scene.case, conductor=scene.colleague, share_ok=True)
    assert can_see_content(scene.colleague, scene.case, NOW)


# ── moving ───────────────────────────────────────────────────────────────────
def test_a_talk_can_be_given_to_somebody_else(scene: Scene) -> None:
    talk = make_talk(scene.teacher, scene.case, conductor=scene.colleague, share_ok=True)
    change_talk(scene.teacher, talk, conductor=scene.teacher, now=NOW)
    assert FollowUpTalk.objects.get().conductor == scene.teacher
    assert not can_see_content(scene.colleague, scene.case, NOW)


def test_moving_follows_the_same_rules(scene: Scene) -> None:
    talk = make_talk(scene.teacher, scene.case)
    with pytest.raises(RuleBroken):
        change_talk(scene.teacher, talk, planned_at=datetime(2025, 11, 8, 9, tzinfo=UTC), now=NOW)
    talk.refresh_from_db()
    assert talk.planned_at == TOMORROW


def test_a_talk_that_is_over_cannot_be_moved(scene: Scene) -> None:
    talk = make_talk(scene.teacher, scene.case)
    record_talk(scene.teacher, talk, status="no_show", now=TOMORROW)
    with pytest.raises(RuleBroken) as refused:
        change_talk(scene.teacher, talk, planned_at=TOMORROW + timedelta(days=1), now=TOMORROW)
    assert codes(refused) == [(None, "over")]


# ── recording ────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("status", ["planned", "moved", "", "gone"])
def test_a_talk_was_held_missed_or_cancelled(scene: Scene, status: str) -> None:
    talk = make_talk(scene.teacher, scene.case)
    with pytest.raises(RuleBroken) as refused:
        record_talk(scene.teacher, talk, status=status, now=TOMORROW)
    assert codes(refused) == [("status", "status")]


@pytest.mark.parametrize("key", SAID)
def test_a_held_talk_says_how_it_goes(scene: Scene, key: str) -> None:
    talk = make_talk(scene.teacher, scene.case)
    without = {k: v for k, v in HELD.items() if k != key}
    with pytest.raises(RuleBroken) as refused:
        record_talk(scene.teacher, talk, status="held", now=TOMORROW, **without)
    assert codes(refused) == [(key, "required")]
    assert FollowUpTalk.objects.get().status == "planned"
    record_talk(scene.teacher, talk, status="held", now=TOMORROW, **HELD)
    talk.refresh_from_db()
    assert (talk.status, talk.held_on) == ("held", date(2025, 11, 4))


NEW = {**HELD, "new_incident": True}


def review_of(case: Case) -> tuple[date | None, list[date]]:
    case.refresh_from_db()
    planned = DueMoment.objects.filter(source_uuid=case.uuid, kind=Kind.REVIEW_DUE)
    return case.next_review_on, list(planned.values_list("due_on", flat=True))


def test_something_new_asks_for_an_assessment_on_the_same_day(scene: Scene) -> None:
    before = review_of(scene.case)
    record_talk(scene.teacher, make_talk(scene.teacher, scene.case), status="held", now=NOW, **HELD)
    assert review_of(scene.case) == before
    talk = make_talk(scene.teacher, scene.case)
    record_talk(scene.teacher, talk, status="held", now=TOMORROW, **NEW)
    assert review_of(scene.case) == (TOMORROW.date(), [TOMORROW.date()])
    wanted = registry["severity_review"].wanted(
        scene.case.uuid, Kind.REVIEW_DUE, TOMORROW.date(), TOMORROW
    )
    assert wanted is not None
    assert wanted.recipients == (scene.coordinator.pk,)


@pytest.mark.parametrize("values", [{"next_review_on": NOW.date()}, {"status": "aftercare"}])
def test_something_new_moves_no_review_that_is_late_and_plans_none_in_aftercare(
    scene: Scene, values: dict[str, Any]
) -> None:
    talk = make_talk(scene.teacher, scene.case)
    Case.objects.filter(pk=scene.case.pk).update(**values)
    before = review_of(scene.case)
    record_talk(scene.teacher, talk, status="held", now=TOMORROW, **NEW)
    assert review_of(scene.case) == before


def test_a_safety_score_of_zero_is_an_answer(scene: Scene) -> None:
    talk = make_talk(scene.teacher, scene.case)
    record_talk(scene.teacher, talk, status="held", now=TOMORROW, **{**HELD, "safety_score": 0})
    assert FollowUpTalk.objects.get().safety_score == 0


def test_only_the_pupil_is_asked_how_safe_it_is(scene: Scene) -> None:
    talk = make_talk(
        scene.teacher, scene.case, with_role="parent", with_participant=None, with_name="Karin"
    )
    record_talk(
        scene.teacher,
        talk,
        status="held",
        now=TOMORROW,
        progress="same",
        new_incident=False,
        no_next_talk=True,
    )
    assert FollowUpTalk.objects.get().status == "held"


@pytest.mark.parametrize("progress", ["better", "much_better"])
@pytest.mark.parametrize("key", ["progress_examples", "congratulated"])
def test_progress_is_named_and_congratulated(scene: Scene, progress: str, key: str) -> None:
    talk = make_talk(scene.teacher, scene.case)
    outcome = {**BETTER, "progress": progress}
    without = {k: v for k, v in outcome.items() if k != key}
    with pytest.raises(RuleBroken) as refused:
        record_talk(scene.teacher, talk, status="held", now=TOMORROW, **without)
    assert codes(refused) == [(key, "required")]
    record_talk(scene.teacher, talk, status="held", now=TOMORROW, **outcome)
    assert FollowUpTalk.objects.get().progress_examples == "Ze speelt weer mee."


def test_not_congratulated_is_an_honest_answer(scene: Scene) -> None:
    talk = make_talk(scene.teacher, scene.case)
    record_talk(
        scene.teacher, talk, status="held", now=TOMORROW, **{**BETTER, "congratulated": False}
    )
    assert FollowUpTalk.objects.get().congratulated is False


@pytest.mark.parametrize("progress", ["same", "worse"])
def test_without_progress_nothing_is_congratulated(scene: Scene, progress: str) -> None:
    talk = make_talk(scene.teacher, scene.case)
    record_talk(scene.teacher, talk, status="held", now=TOMORROW, **{**HELD, "progress": progress})
    assert FollowUpTalk.objects.get().status == "held"


@pytest.mark.parametrize("status", ["no_show", "cancelled"])
def test_a_missed_talk_asks_nothing_more(scene: Scene, status: str) -> None:
    talk = make_talk(scene.teacher, scene.case)
    record_talk(scene.teacher, talk, status=status, now=TOMORROW)
    talk.refresh_from_db()
    assert (talk.status, talk.held_on) == (status, None)


def test_every_verb_is_in_the_log_and_no_word_of_the_talk(scene: Scene) -> None:
    AuditEvent.objects.all().delete()
    talk = make_talk(scene.teacher, scene.case)
    change_talk(scene.teacher, talk, planned_at=TOMORROW + timedelta(days=1), now=NOW)
    record_talk(scene.teacher, talk, status="held", now=TOMORROW + timedelta(days=1), **BETTER)
    logged = list(AuditEvent.objects.order_by("pk"))
    assert [(event.verb, event.facts) for event in logged] == [
        (events.TALK_PLANNED, {}),
        (events.TALK_CHANGED, {}),
        (events.TALK_RECORDED, {"status": "held"}),
    ]
