"""The ladder of aftercare: held in order, moved and never dropped; attention adds one, relapse opens the case."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from cases.access import can
from cases.models import Agreement, Case
from cases.models.access import Access
from cases.queries.judging import INDICATORS
from cases.services.agreements import settle_agreement
from cases.services.closing import (
    close_case,
    move_check,
    record_check,
    reopen_case,
)
from cases.services.severity import reassess_severity
from cases.services.talks import record_talk
from cases.tasks import run_school_lists
from cases.tests.closable import (
    CLOSING_AT,
    GOOD,
    at_noon,
    checks_of,
    days_of,
    enter,
    hold_next,
    make_closable,
    propose,
)
from cases.tests.scene import Scene
from cases.tests.test_closing import codes
from pestzorg.errors import RuleBroken
from pestzorg.reminders.models import DueMoment
from pestzorg.reminders.sources import registry
from pestzorg.testing.builders import NOW, make_agreement, make_person, make_talk
from schools.queries.calendars import calendar_for
from schools.roles import Role
from schools.services.places import open_school_year

WEEK_2, WEEK_6, WEEK_12 = date(2026, 1, 9), date(2026, 2, 6), date(2026, 3, 27)


@pytest.fixture
def after(scene: Scene) -> Scene:
    make_closable(scene)
    enter(scene)
    return scene


def refusal(scene: Scene, **changes: Any) -> set[tuple[str | None, str]]:
    """What the first talk says is missing; nothing is kept."""
    check = checks_of(scene.case)[0]
    with pytest.raises(RuleBroken) as refused:
        record_check(scene.coordinator, check, now=at_noon(check.due_on), **{**GOOD, **changes})
    check.refresh_from_db()
    assert (check.status, check.held_on) == ("planned", None)
    return codes(refused)


def test_three_good_talks_and_the_coordinator_closes(after: Scene) -> None:
    for _ in range(3):
        assert after.case.status == "aftercare"
        hold_next(after)
    closed = close_case(after.coordinator, after.case, now=at_noon(WEEK_12))
    assert (closed.status, closed.closed_on) == ("closed", WEEK_12)
    assert not Access.objects.filter(case=after.case, is_open=True).exists()


def test_it_does_not_close_while_a_talk_is_to_be_held(after: Scene) -> None:
    hold_next(after)
    hold_next(after)
    with pytest.raises(RuleBroken) as refused:
        close_case(after.coordinator, after.case, now=at_noon(WEEK_12))
    assert codes(refused) == {(None, "checks")}


def test_it_does_not_close_over_a_red_flag_that_waits(after: Scene) -> None:
    for _weeks in range(3):
        hold_next(after)
    Case.objects.filter(pk=after.case.pk).update(alarm_at=at_noon(WEEK_12))
    with pytest.raises(RuleBroken) as refused:
        close_case(after.coordinator, after.case, now=at_noon(WEEK_12))
    assert codes(refused) == {(None, "assess")}


def test_only_who_decides_closes_for_good(after: Scene) -> None:
    for _ in range(3):
        hold_next(after)
    with pytest.raises(RuleBroken) as refused:
        close_case(after.teacher, after.case, now=at_noon(WEEK_12))
    assert codes(refused) == {(None, "not_allowed")}
    assert close_case(after.coordinator, after.case, now=at_noon(WEEK_12)).status == "closed"


def test_a_case_in_progress_does_not_close_for_good(scene: Scene) -> None:
    with pytest.raises(RuleBroken) as refused:
        close_case(scene.coordinator, scene.case, now=CLOSING_AT)
    assert codes(refused) == {(None, "state")}


def test_what_was_carried_over_is_settled_before_the_end(scene: Scene) -> None:
    make_closable(scene)
    agreement = make_agreement(scene.coordinator, scene.case, NOW)
    enter(scene, carries_over=[agreement])
    for _ in range(3):
        hold_next(scene, agreements_reviewed=[agreement])
    talk = make_talk(
        scene.coordinator, scene.case, at_noon(WEEK_12), planned_at=at_noon(date(2026, 3, 30))
    )
    with pytest.raises(RuleBroken) as refused:
        close_case(scene.coordinator, scene.case, now=at_noon(WEEK_12))
    assert codes(refused) == {(None, "agreements"), (None, "talks")}
    carried = Agreement.objects.get(pk=agreement.pk)
    settle_agreement(scene.coordinator, carried, "done", now=at_noon(WEEK_12))
    record_talk(scene.coordinator, talk, status="cancelled", now=at_noon(WEEK_12))
    assert close_case(scene.coordinator, scene.case, now=at_noon(WEEK_12)).status == "closed"


ASKED = {
    "safety_score": None,
    "new_incident": None,
    "compared": "",
    "helpers_active": "",
    "class_teacher_signal": "",
    "parents_contacted": None,
    "verdict": "",
}


@pytest.mark.parametrize("name", ASKED)
def test_each_question_is_asked(after: Scene, name: str) -> None:
    assert refusal(after, **{name: ASKED[name]}) == {(name, "required")}


def test_open_agreements_are_gone_through(scene: Scene) -> None:
    make_closable(scene)
    agreement = make_agreement(scene.coordinator, scene.case, NOW)
    enter(scene, carries_over=[agreement])
    assert refusal(scene) == {("agreements_reviewed", "required")}
    assert list(hold_next(scene, agreements_reviewed=[agreement]).agreements_reviewed.all()) == [
        agreement
    ]


def test_at_six_weeks_the_parents_hear_or_somebody_says_why_not(after: Scene) -> None:
    hold_next(after, parents_contacted=False)
    six = checks_of(after.case)[1]
    without = {**GOOD, "parents_contacted": False}
    with pytest.raises(RuleBroken) as refused:
        record_check(after.coordinator, six, now=at_noon(six.due_on), **without)
    assert codes(refused) == {("parents_reason", "required")}
    held = hold_next(after, parents_contacted=False, parents_reason="Op vraag van de leerling.")
    assert (held.weeks, held.status) == (6, "held")


@pytest.mark.parametrize("doubt", [{"new_incident": True}, {"safety_score": 6}])
def test_a_good_verdict_with_doubtful_answers_says_why(after: Scene, doubt: dict[str, Any]) -> None:
    assert refusal(after, **doubt) == {("note", "doubt")}
    assert hold_next(after, **doubt, note="Was snel bijgelegd.").verdict == "ok"


@pytest.mark.parametrize("verdict", ["ok", "attention"])
def test_when_the_pupil_says_worse_it_is_a_relapse(after: Scene, verdict: str) -> None:
    assert refusal(after, compared="worse", verdict=verdict) == {("verdict", "worse")}
    hold_next(after, compared="worse", verdict="relapse", note="Weer uit de groep gezet.")
    assert after.case.status == "active"


def test_a_relapse_says_what_happened(after: Scene) -> None:
    assert refusal(after, verdict="relapse") == {("note", "required")}


def test_a_talk_may_be_held_from_five_school_days_before_its_day(after: Scene) -> None:
    first = checks_of(after.case)[0]
    # Between 12 December and 9 January lie two weeks without school: 18 December is the sixth school day before.
    with pytest.raises(RuleBroken) as refused:
        record_check(after.coordinator, first, now=at_noon(date(2025, 12, 18)), **GOOD)
    assert codes(refused) == {(None, "early")}
    held = record_check(after.coordinator, first, now=at_noon(date(2025, 12, 19)), **GOOD)
    assert held.held_on == date(2025, 12, 19)


def test_talks_are_held_in_their_order(after: Scene) -> None:
    second = checks_of(after.case)[1]
    with pytest.raises(RuleBroken) as refused:
        record_check(after.coordinator, second, now=at_noon(WEEK_6), **GOOD)
    assert codes(refused) == {(None, "order")}


def test_a_talk_is_held_once(after: Scene) -> None:
    first = checks_of(after.case)[0]
    hold_next(after)
    with pytest.raises(RuleBroken) as refused:
        record_check(after.coordinator, first, now=at_noon(WEEK_2), **GOOD)
    assert codes(refused) == {(None, "over")}


def test_attention_adds_a_talk_after_two_school_weeks_and_closing_waits_for_it(
    after: Scene,
) -> None:
    hold_next(after)
    hold_next(after, verdict="attention", safety_score=6, new_incident=True)
    # The week of 16 February is a holiday of region midden: two school weeks are three on the calendar.
    assert days_of(after.case) == [date(2026, 2, 27), WEEK_12]
    hold_next(after)
    hold_next(after, verdict="attention")
    with pytest.raises(RuleBroken) as refused:
        close_case(after.coordinator, after.case, now=at_noon(WEEK_12))
    assert codes(refused) == {(None, "checks")}
    extra = hold_next(after)
    assert extra.weeks is None
    assert close_case(after.coordinator, after.case, now=at_noon(extra.due_on)).status == "closed"


def test_a_missed_talk_moves_with_a_reason_and_stays_on_the_ladder(after: Scene) -> None:
    first = checks_of(after.case)[0]
    missed = at_noon(date(2026, 1, 12))
    for due_on, reason, code in (
        (None, "Ziek.", ("due_on", "required")),
        (WEEK_2, "Ziek.", ("due_on", "required")),
        (date(2026, 1, 11), "Ziek.", ("due_on", "past")),
        (date(2026, 1, 17), "Ziek.", ("due_on", "no_school")),
        (date(2031, 1, 13), "Ziek.", ("due_on", "calendar")),
        (date(2026, 1, 13), "", ("reason", "required")),
    ):
        with pytest.raises(RuleBroken) as refused:
            move_check(after.coordinator, first, due_on=due_on, reason=reason, now=missed)
        assert codes(refused) == {code}
    moved = move_check(
        after.coordinator, first, due_on=date(2026, 1, 13), reason="Ziek.", now=missed
    )
    assert (moved.due_on, moved.moved_from) == (date(2026, 1, 13), ["2026-01-09"])
    assert days_of(after.case) == [date(2026, 1, 13), WEEK_6, WEEK_12]


def reminded(check: Any) -> dict[str, date]:
    rows = DueMoment.objects.filter(source="aftercare_check", source_uuid=check.uuid)
    return {row.kind: row.fires_at.date() for row in rows.filter(settled_at=None)}


def test_the_handler_is_reminded_five_school_days_before_and_on_the_day(after: Scene) -> None:
    first = checks_of(after.case)[0]
    assert reminded(first) == {
        "aftercare_soon": date(2025, 12, 19),
        "aftercare_due": WEEK_2,
        "stayed_open": date(2026, 1, 14),
    }
    source = registry["aftercare_check"]
    wanted = source.wanted(first.uuid, "aftercare_due", WEEK_2, at_noon(WEEK_2))
    assert wanted is not None
    assert wanted.recipients == (after.coordinator.pk,)
    assert wanted.path == f"/cases/{after.case.uuid}/aftercare/{first.uuid}/"
    hold_next(after)
    assert reminded(first) == {}
    assert source.wanted(first.uuid, "aftercare_due", WEEK_2, at_noon(WEEK_2)) is None


def test_a_talk_that_moved_is_reminded_of_on_its_new_day(after: Scene) -> None:
    first = checks_of(after.case)[0]
    at = at_noon(WEEK_2)
    move_check(after.coordinator, first, due_on=date(2026, 1, 12), reason="Ziek.", now=at)
    assert reminded(first) == {
        "aftercare_due": date(2026, 1, 12),
        "stayed_open": date(2026, 1, 15),
    }


def test_a_relapse_opens_the_case_ends_the_ladder_and_asks_for_a_new_assessment(
    scene: Scene,
) -> None:
    make_closable(scene)
    agreement = make_agreement(scene.coordinator, scene.case, NOW)
    closing = enter(scene, carries_over=[agreement])
    hold_next(scene, verdict="relapse", note="Weer.", agreements_reviewed=[agreement])
    closing.refresh_from_db()
    agreement.refresh_from_db()
    assert (closing.status, closing.ended_reason, agreement.status) == ("reopened", "Weer.", "open")
    assert (scene.case.status, scene.case.aftercare_on) == ("active", None)
    assert scene.case.next_review_on == WEEK_2
    assert [check.status for check in checks_of(scene.case)] == ["held", "ended", "ended"]
    assert [reminded(check) for check in checks_of(scene.case)] == [{}, {}, {}]
    later = at_noon(WEEK_2 + timedelta(days=60))
    with pytest.raises(RuleBroken) as refused:
        propose(scene, later, note="Toch.")
    assert codes(refused) == {(None, "assess")}
    reassess_severity(
        scene.coordinator, scene.case, dict.fromkeys(INDICATORS, 2), [], now=at_noon(WEEK_2)
    )
    scene.case.refresh_from_db()
    assert scene.case.severity == 3
    assert propose(scene, later, note="Toch.").status == "proposed"


def test_a_second_round_has_a_ladder_of_its_own(after: Scene) -> None:
    reopen_case(after.coordinator, after.case, "Weer een sticker.", now=at_noon(WEEK_2))
    after.case.refresh_from_db()
    reassess_severity(
        after.coordinator, after.case, dict.fromkeys(INDICATORS, 1), [], now=at_noon(WEEK_2)
    )
    enter(after, at_noon(date(2026, 2, 6)))
    assert days_of(after.case) == [date(2026, 2, 27), date(2026, 3, 27), date(2026, 5, 15)]


@pytest.mark.parametrize("status", ["active", "on_hold", "reported"])
def test_what_is_in_progress_is_not_opened_again(scene: Scene, status: str) -> None:
    Case.objects.filter(pk=scene.case.pk).update(status=status)
    with pytest.raises(RuleBroken) as refused:
        reopen_case(scene.coordinator, scene.case, "Weer.", now=CLOSING_AT)
    assert codes(refused) == {(None, "state")}


def test_opening_again_needs_a_reason(after: Scene) -> None:
    with pytest.raises(RuleBroken) as refused:
        reopen_case(after.coordinator, after.case, "", now=at_noon(WEEK_2))
    assert codes(refused) == {("reason", "required")}


def test_a_closed_case_is_opened_again_by_who_decides_only(after: Scene) -> None:
    for _ in range(3):
        hold_next(after)
    close_case(after.coordinator, after.case, now=at_noon(WEEK_12))
    after.case.refresh_from_db()
    later = at_noon(WEEK_12 + timedelta(days=7))
    assert not can(after.who(after.coordinator, later), "R17", after.case)
    with pytest.raises(RuleBroken) as refused:
        reopen_case(after.teacher, after.case, "Weer.", now=later)
    assert codes(refused) == {(None, "not_allowed")}
    again = reopen_case(after.coordinator, after.case, "Weer.", now=later)
    again.refresh_from_db()
    assert (again.status, again.is_open) == ("active", True)
    assert can(after.who(after.coordinator, later), "R17", again)


def test_beyond_the_known_school_years_weeks_are_plain_weeks(scene: Scene) -> None:
    make_closable(scene)
    enter(scene, at_noon(date(2027, 7, 2)), note="Laatste schooldag.", pupil_agrees=True)
    assert days_of(scene.case)[-1] == date(2027, 9, 24)


def test_when_the_year_is_opened_the_days_follow_its_school_weeks(scene: Scene) -> None:
    make_closable(scene)
    enter(scene, at_noon(date(2027, 7, 2)), note="Laatste schooldag.", pupil_agrees=True)
    first, second, last = days_of(scene.case)
    august = at_noon(date(2027, 8, 1))
    run_school_lists(august.isoformat())
    assert days_of(scene.case) == [first, second, last]
    open_school_year(scene.school, 2027)
    chosen = date(2027, 9, 23)
    move_check(
        scene.coordinator, checks_of(scene.case)[1], due_on=chosen, reason="Toets.", now=august
    )
    assert run_school_lists(august.isoformat())["failed"] == 0
    counted = calendar_for(scene.school).add_school_weeks(date(2027, 7, 2), 12)
    found = days_of(scene.case)
    assert counted > last
    assert found[1:] == [chosen, counted]
    assert found[0] == calendar_for(scene.school).add_school_weeks(date(2027, 7, 2), 2)
    assert reminded(checks_of(scene.case)[-1])["aftercare_due"] == counted
    run_school_lists(august.isoformat())
    assert days_of(scene.case) == found


def test_nobody_but_the_handler_is_asked(after: Scene) -> None:
    make_person(Role.COORDINATOR, after.school, first_name="Fleur")
    first = checks_of(after.case)[0]
    wanted = registry["aftercare_check"].wanted(
        first.uuid, "aftercare_soon", WEEK_2, at_noon(WEEK_2)
    )
    assert wanted is not None
    assert wanted.recipients == (after.coordinator.pk,)
