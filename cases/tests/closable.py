"""A case in which every closing criterion is met, and the way from there into aftercare, for tests."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from cases.models import AftercareCheck, Case, Closing, FollowUpTalk
from cases.services.closing import decide_closing, propose_closing, record_check
from cases.services.steps import save_step
from cases.services.talks import record_talk
from cases.tests.scene import Scene
from pestzorg.testing.builders import NOW, make_talk

# A month after the case began, so that what was new is new no more: Friday 12 December 2025, eleven o'clock.
CLOSING_AT = datetime(2025, 12, 12, 10, 0, tzinfo=UTC)
AGREES: dict[str, Any] = {"pupil_agrees": True, "parents_agree": "not_involved"}
GOOD: dict[str, Any] = {
    "safety_score": 8,
    "new_incident": False,
    "compared": "better",
    "helpers_active": "yes",
    "class_teacher_signal": "Doet weer mee.",
    "parents_contacted": True,
    "verdict": "ok",
}


def make_closable(scene: Scene) -> Case:
    """The first round of talks was held, and the pupil gave an 8."""
    save_step(scene.teacher, scene.step(9), {"parents_without_talk": "Weten ervan."}, now=NOW)
    hold_talk(scene, NOW)
    return scene.case


def hold_talk(scene: Scene, now: datetime, **outcome: Any) -> FollowUpTalk:
    """A talk with the pupil that was planned and held."""
    talk = make_talk(scene.coordinator, scene.case, now=now - timedelta(days=1), planned_at=now)
    usual = {
        "safety_score": 8,
        "progress": "same",
        "new_incident": False,
        "no_next_talk": True,
    }
    return record_talk(scene.coordinator, talk, status="held", now=now, **{**usual, **outcome})


def propose(scene: Scene, now: datetime = CLOSING_AT, **changes: Any) -> Closing:
    """Somebody proposes to close, and pupil and parents agree."""
    return propose_closing(scene.coordinator, scene.case, now=now, **{**AGREES, **changes})


def enter(scene: Scene, now: datetime = CLOSING_AT, **changes: Any) -> Closing:
    """The case comes into aftercare."""
    closing = decide_closing(scene.coordinator, propose(scene, now, **changes), now=now)
    scene.case.refresh_from_db()
    return closing


def checks_of(case: Case) -> list[AftercareCheck]:
    """The ladder, by its days."""
    return list(case.aftercare_checks.select_related("case__school", "closing"))


def days_of(case: Case) -> list[date]:
    """The days that are still to come."""
    return [check.due_on for check in checks_of(case) if check.is_planned]


def at_noon(day: date) -> datetime:
    """A moment of that day, at school."""
    return datetime.combine(day, time(11, 0), UTC)


def hold_next(scene: Scene, **changes: Any) -> AftercareCheck:
    """The talk that is due next is held on its day."""
    check = next(check for check in checks_of(scene.case) if check.is_planned)
    given = {**GOOD, **changes}
    held = record_check(scene.coordinator, check, now=at_noon(check.due_on), **given)
    scene.case.refresh_from_db()
    return held
