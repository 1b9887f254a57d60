"""One owner, one day, one member of staff who follows up; and a log that knows no word of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from cases import events
from cases.access import can_see_content
from cases.models import Agreement, Case
from cases.services.agreements import (
    change_agreement,
    record_agreement,
    reopen_agreement,
    settle_agreement,
)
from cases.tests.scene import Scene
from pestzorg.audit import log
from pestzorg.audit.models import AuditEvent
from pestzorg.errors import RuleBroken
from pestzorg.reminders.models import DueMoment
from pestzorg.testing.builders import (
    NOW,
    make_agreement,
    make_case_active,
    make_person,
    make_pupil,
    make_school,
)
from schools.roles import Role

LATER = NOW + timedelta(hours=2)


def codes(refused: pytest.ExceptionInfo[RuleBroken]) -> list[tuple[str | None, str]]:
    return [(p.field, p.code) for p in refused.value.problems]


def moments(agreement: Agreement) -> list[tuple[str, date]]:
    rows = DueMoment.objects.filter(source_uuid=agreement.uuid, settled_at=None)
    return [(row.kind, row.fires_at.date()) for row in rows.order_by("fires_at")]


# ── owner ────────────────────────────────────────────────────────────────────
def test_an_agreement_without_owner_is_refused(scene: Scene) -> None:
    nobody: dict[str, Any] = {"owner_type": "parent", "owner_staff": None}
    with pytest.raises(RuleBroken) as refused:
        make_agreement(scene.teacher, scene.case, **nobody)
    assert codes(refused) == [("owner", "required")]
    assert make_agreement(scene.teacher, scene.case, **nobody, owner_name="Karin").owner == "Karin"


def test_an_agreement_with_two_owners_is_refused(scene: Scene) -> None:
    target = {"owner_type": "target", "owner_participant": scene.case.target}
    for second in ({"owner_staff": scene.teacher}, {"owner_staff": None, "owner_name": "Karin"}):
        with pytest.raises(RuleBroken) as refused:
            make_agreement(scene.teacher, scene.case, **target, **second)
        assert codes(refused) == [("owner", "one_owner")]
    assert make_agreement(scene.teacher, scene.case, **target, owner_staff=None).owner == "Noor"


def test_a_staff_owner_is_somebody_with_an_account(scene: Scene) -> None:
    with pytest.raises(RuleBroken):
        make_agreement(
            scene.teacher, scene.case, owner_type="staff", owner_staff=None, owner_name="Marit"
        )
    with pytest.raises(RuleBroken):
        make_agreement(scene.teacher, scene.case, owner_type="parent", owner_staff=scene.teacher)
    assert not Agreement.objects.exists()


def test_somebody_of_another_case_cannot_own_it(scene: Scene) -> None:
    other = make_case_active(
        scene.coordinator, scene.teacher, scene.school, make_pupil(scene.school_class, "Kees")
    )
    with pytest.raises(RuleBroken) as refused:
        make_agreement(
            scene.teacher,
            scene.case,
            owner_type="target",
            owner_staff=None,
            owner_participant=other.target,
        )
    assert codes(refused) == [("owner", "foreign")]


def test_what_is_short_and_not_empty(scene: Scene) -> None:
    for what in ("", "x" * 201):
        with pytest.raises(RuleBroken) as refused:
            make_agreement(scene.teacher, scene.case, what=what)
        assert refused.value.problems[0].field == "what"
    assert make_agreement(scene.teacher, scene.case, what="x" * 200).what == "x" * 200


# ── date ─────────────────────────────────────────────────────────────────────
def test_an_agreement_without_day_is_refused(scene: Scene) -> None:
    with pytest.raises(RuleBroken) as refused:
        make_agreement(scene.teacher, scene.case, deadline=None)
    assert codes(refused) == [("deadline", "required")]


def test_a_day_that_is_over_is_refused_and_today_is_not(scene: Scene) -> None:
    with pytest.raises(RuleBroken) as refused:
        make_agreement(scene.teacher, scene.case, deadline=date(2025, 11, 2))
    assert codes(refused) == [("deadline", "past")]
    assert make_agreement(scene.teacher, scene.case, deadline=date(2025, 11, 3)).due_on == date(
        2025, 11, 3
    )


def test_today_is_the_day_on_the_wall_of_the_school(scene: Scene) -> None:
    half_past_midnight = datetime(2025, 11, 3, 23, 30, tzinfo=UTC)
    with pytest.raises(RuleBroken) as refused:
        make_agreement(
            scene.teacher, scene.case, now=half_past_midnight, deadline=date(2025, 11, 3)
        )
    assert codes(refused) == [("deadline", "past")]


def test_a_day_beyond_the_known_school_years_is_refused(scene: Scene) -> None:
    for dates in ({"deadline": date(2030, 1, 7)}, {"review_on": date(2030, 1, 7)}):
        with pytest.raises(RuleBroken) as refused:
            make_agreement(scene.teacher, scene.case, **dates)
        assert codes(refused)[0][1] == "calendar"


@pytest.mark.parametrize(
    ("severity", "asked", "due"),
    [
        (1, date(2025, 11, 8), date(2025, 11, 10)),
        (2, date(2025, 11, 8), date(2025, 11, 10)),
        (3, date(2025, 11, 8), date(2025, 11, 7)),
        (4, date(2025, 11, 8), date(2025, 11, 7)),
        (2, date(2025, 12, 24), date(2026, 1, 5)),
        (3, date(2025, 12, 24), date(2025, 12, 19)),
        (3, date(2025, 11, 7), date(2025, 11, 7)),
    ],
)
def test_a_free_day_shifts_forward_and_backward_when_it_is_serious(
    scene: Scene, make_severity: Callable[[int], Case], severity: int, asked: date, due: date
) -> None:
    agreement = make_agreement(scene.teacher, make_severity(severity), deadline=asked)
    assert (agreement.deadline_asked, agreement.deadline) == (asked, due)
    assert agreement.was_moved == (asked != due)


def test_nothing_is_born_late_when_the_school_day_before_is_over(
    scene: Scene, make_severity: Callable[[int], Case]
) -> None:
    saturday = datetime(2025, 11, 8, 9, tzinfo=UTC)
    agreement = make_agreement(
        scene.teacher, make_severity(4), now=saturday, deadline=date(2025, 11, 9)
    )
    assert agreement.deadline == date(2025, 11, 10)


@pytest.mark.parametrize("severity", [2, 4])
def test_what_does_not_wait_for_school_may_be_due_on_any_day(
    scene: Scene, make_severity: Callable[[int], Case], severity: int
) -> None:
    sunday = date(2025, 11, 9)
    agreement = make_agreement(
        scene.teacher, make_severity(severity), deadline=sunday, all_days=True
    )
    assert (agreement.deadline, agreement.was_moved) == (sunday, False)


def test_a_standing_agreement_has_a_day_to_look_back_and_is_never_late(scene: Scene) -> None:
    agreement = make_agreement(scene.teacher, scene.case, review_on=date(2025, 11, 17))
    assert (agreement.standing, agreement.deadline) == (True, None)
    assert agreement.due_on == date(2025, 11, 17)
    assert not agreement.is_late(date(2026, 1, 1))


def test_an_agreement_is_late_on_the_day_after(scene: Scene) -> None:
    agreement = make_agreement(scene.teacher, scene.case, deadline=date(2025, 11, 7))
    assert [agreement.is_late(date(2025, 11, day)) for day in (7, 8)] == [False, True]


# ── who can see it ───────────────────────────────────────────────────────────
@pytest.mark.parametrize("part", ["owner_staff", "responsible_staff"])
def test_staff_without_access_are_let_in_only_when_asked(scene: Scene, part: str) -> None:
    with pytest.raises(RuleBroken) as refused:
        make_agreement(scene.teacher, scene.case, **{part: scene.colleague})
    assert codes(refused) == [("share_ok", "share")]
    assert not can_see_content(scene.colleague, scene.case, NOW)
    assert not Agreement.objects.exists()
    make_agreement(scene.teacher, scene.case, **{part: scene.colleague}, share_ok=True)
    assert can_see_content(scene.colleague, scene.case, NOW)


def test_somebody_of_another_school_is_not_let_in(scene: Scene) -> None:
    stranger = make_person(Role.TEACHER, make_school("De Brug", "de-brug"))
    with pytest.raises(RuleBroken) as refused:
        make_agreement(scene.teacher, scene.case, owner_staff=stranger, share_ok=True)
    assert codes(refused) == [("colleague", "outsider")]


# ── change ───────────────────────────────────────────────────────────────────
def test_postponing_moves_the_reminders(scene: Scene) -> None:
    agreement = make_agreement(scene.teacher, scene.case, deadline=date(2025, 11, 7))
    change_agreement(scene.teacher, agreement, deadline=date(2025, 11, 14), now=LATER)
    assert moments(agreement) == [
        ("upcoming", date(2025, 11, 12)),
        ("due_today", date(2025, 11, 14)),
        ("overdue", date(2025, 11, 17)),
        ("escalation", date(2025, 11, 19)),
    ]


def test_a_deadline_may_become_a_standing_agreement_and_back(scene: Scene) -> None:
    agreement = make_agreement(scene.teacher, scene.case, deadline=date(2025, 11, 7))
    change_agreement(
        scene.teacher, agreement, deadline=None, review_on=date(2025, 11, 17), now=LATER
    )
    assert moments(agreement) == [
        ("review_due", date(2025, 11, 17)),
        ("stayed_open", date(2025, 11, 20)),
    ]
    change_agreement(
        scene.teacher, agreement, deadline=date(2025, 11, 10), review_on=None, now=LATER
    )
    agreement.refresh_from_db()
    assert (agreement.standing, agreement.deadline) == (False, date(2025, 11, 10))


def test_a_change_follows_the_same_rules(scene: Scene) -> None:
    agreement = make_agreement(scene.teacher, scene.case)
    for changes in (
        {"deadline": date(2025, 11, 1)},
        {"owner_name": "Karin"},
        {"owner_staff": scene.colleague},
        {"what": ""},
    ):
        fresh = Agreement.objects.select_related("case__school").get(pk=agreement.pk)
        with pytest.raises(RuleBroken):
            change_agreement(scene.teacher, fresh, now=LATER, **changes)
    agreement.refresh_from_db()
    assert (agreement.deadline, agreement.owner_staff) == (date(2025, 11, 5), scene.teacher)


@pytest.mark.parametrize(
    "dates", [{"deadline": date(2025, 11, 8)}, {"review_on": date(2025, 11, 10)}]
)
def test_a_word_of_a_late_agreement_can_be_corrected_without_another_day(
    scene: Scene, dates: dict[str, date]
) -> None:
    agreement = make_agreement(scene.teacher, scene.case, **dates)
    weeks_later = NOW + timedelta(days=14)
    change_agreement(scene.teacher, agreement, helper="Karin", now=weeks_later)
    agreement.refresh_from_db()
    assert (agreement.helper, agreement.due_on) == ("Karin", date(2025, 11, 10))


def test_a_settled_agreement_cannot_be_changed(scene: Scene) -> None:
    agreement = make_agreement(scene.teacher, scene.case)
    settle_agreement(scene.teacher, agreement, "done", now=LATER)
    with pytest.raises(RuleBroken) as refused:
        change_agreement(scene.teacher, agreement, what="Iets anders", now=LATER)
    assert codes(refused) == [(None, "settled")]


# ── settle and reopen ────────────────────────────────────────────────────────
@pytest.mark.parametrize("status", ["done", "not_done", "cancelled"])
def test_settling_forgets_the_reminders(scene: Scene, status: str) -> None:
    agreement = make_agreement(scene.teacher, scene.case)
    assert moments(agreement)
    settle_agreement(scene.teacher, agreement, status, now=LATER)
    agreement.refresh_from_db()
    assert (agreement.status, agreement.done_on) == (status, date(2025, 11, 3))
    assert moments(agreement) == []


def test_partly_needs_a_note(scene: Scene) -> None:
    agreement = make_agreement(scene.teacher, scene.case)
    with pytest.raises(RuleBroken) as refused:
        settle_agreement(scene.teacher, agreement, "partly", now=LATER)
    assert codes(refused) == [("note", "required")]
    assert Agreement.objects.get(pk=agreement.pk).is_open
    settle_agreement(scene.teacher, agreement, "partly", note="Moeder nam niet op.", now=LATER)
    assert Agreement.objects.get(pk=agreement.pk).done_note == "Moeder nam niet op."


def test_a_line_more_comes_under_what_is_told(scene: Scene) -> None:
    agreement = make_agreement(scene.teacher, scene.case)
    for note in ("", "Gebeld.", "Gebeld.", "Moeder belde terug."):
        settle_agreement(scene.teacher, agreement, "done", note=note, now=LATER)
    kept = Agreement.objects.get(pk=agreement.pk)
    assert kept.done_note == "Gebeld.\nMoeder belde terug."
    told = AuditEvent.objects.filter(subject_uuid=agreement.uuid, verb=events.AGREEMENT_CHANGED)
    assert told.count() == 2
    with pytest.raises(RuleBroken) as refused:
        settle_agreement(scene.teacher, kept, "done", note="x" * 990, now=LATER)
    assert codes(refused) == [("note", "max_length")]
    with pytest.raises(RuleBroken):
        settle_agreement(scene.teacher, kept, "not_done", note="Toch niet.", now=LATER)


@pytest.mark.parametrize("status", ["open", "carried_over", "", "gone"])
def test_settling_is_one_of_four(scene: Scene, status: str) -> None:
    agreement = make_agreement(scene.teacher, scene.case)
    with pytest.raises(RuleBroken):
        settle_agreement(scene.teacher, agreement, status, now=LATER)
    assert Agreement.objects.get(pk=agreement.pk).is_open


def test_reopening_plans_again(scene: Scene) -> None:
    agreement = make_agreement(scene.teacher, scene.case, deadline=date(2025, 11, 7))
    planned = moments(agreement)
    settle_agreement(scene.teacher, agreement, "done", now=LATER)
    reopen_agreement(scene.teacher, agreement, now=LATER + timedelta(minutes=1))
    agreement.refresh_from_db()
    assert (agreement.is_open, agreement.done_on, moments(agreement)) == (True, None, planned)


def test_reopening_what_is_open_does_nothing(scene: Scene) -> None:
    agreement = make_agreement(scene.teacher, scene.case)
    logged = AuditEvent.objects.count()
    reopen_agreement(scene.teacher, agreement, now=LATER)
    assert AuditEvent.objects.count() == logged


# ── log ──────────────────────────────────────────────────────────────────────
def test_every_verb_is_in_the_log_and_no_word_of_the_agreement(scene: Scene) -> None:
    AuditEvent.objects.all().delete()
    agreement = make_agreement(
        scene.teacher,
        scene.case,
        what="Bel Karin over de stickers",
        owner_type="parent",
        owner_staff=None,
        owner_name="Karin",
        check_how="Karin appt",
    )
    change_agreement(scene.teacher, agreement, helper="Oma Riet", now=LATER)
    settle_agreement(scene.teacher, agreement, "partly", note="Karin was er niet", now=LATER)
    reopen_agreement(scene.teacher, agreement, now=LATER)
    logged = list(AuditEvent.objects.order_by("pk"))
    assert [event.verb for event in logged] == [
        events.AGREEMENT_RECORDED,
        events.AGREEMENT_CHANGED,
        events.AGREEMENT_SETTLED,
        events.AGREEMENT_REOPENED,
    ]
    assert {(event.actor_id, event.subject_uuid, event.rule) for event in logged} == {
        (scene.teacher.pk, agreement.uuid, "R24")
    }
    assert json.dumps([event.facts for event in logged]) == '[{}, {}, {"status": "partly"}, {}]'


def test_without_log_no_agreement(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*args: Any, **kwargs: Any) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(log, "record", fails)
    with pytest.raises(OSError, match="disk full"):
        record_agreement(
            scene.teacher,
            scene.case,
            what="Bel de ouders",
            owner_type="staff",
            owner_staff=scene.teacher,
            responsible_staff=scene.teacher,
            deadline=date(2025, 11, 7),
            now=NOW,
        )
    assert not Agreement.objects.exists()
    assert not DueMoment.objects.filter(source="agreement").exists()


# ── who may read it ──────────────────────────────────────────────────────────
def test_without_a_choice_the_care_team_and_the_pupil_read_it(scene: Scene) -> None:
    assert make_agreement(scene.teacher, scene.case).visibility == ["care_team", "pupil"]


@pytest.mark.parametrize("wrong", [[], ["neighbours"]])
def test_somebody_known_may_read_it(scene: Scene, wrong: list[str]) -> None:
    with pytest.raises(RuleBroken) as refused:
        make_agreement(scene.teacher, scene.case, visibility=wrong)
    assert [p.field for p in refused.value.problems] == ["visibility"]
    kept = make_agreement(scene.teacher, scene.case, visibility=["parents", "class_teacher"])
    assert kept.visibility == ["parents", "class_teacher"]
    with pytest.raises(RuleBroken):
        change_agreement(scene.teacher, kept, now=NOW, visibility=wrong)
    changed = change_agreement(scene.teacher, kept, now=NOW, visibility=["support_person"])
    assert changed.visibility == ["support_person"]
