"""On which mornings an agreement is reminded of, exactly."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest

from cases.models import Agreement, Case
from cases.queries.judging import INDICATORS
from cases.services.agreements import change_agreement
from cases.services.severity import reassess_severity
from cases.tests.mornings import AMSTERDAM, OCTOBER, case_in, moments, morning
from cases.tests.scene import Scene
from pestzorg.outbox.delivery import deliver
from pestzorg.reminders.models import DueMoment
from pestzorg.reminders.sweep import sweep
from pestzorg.testing.builders import (
    NOW,
    make_agreement,
)

# The calendars of the documents' worked examples; the last column is a school day as well as the others.
LADDERS = """
midden   2025-11-14  2025-11-12  2025-11-14  2025-11-17  2025-11-19
zuid     2026-02-17  2026-02-12  2026-02-23  2026-02-24  2026-02-26
flanders 2025-10-31  2025-10-23  2025-11-03  2025-11-04  2025-11-06
flanders 2026-05-14  2026-05-12  2026-05-18  2026-05-19  2026-05-21
noord    2026-04-27  2026-04-23  2026-05-04  2026-05-06  2026-05-08
"""
SERIOUS_LADDERS = """
zuid     2026-02-17  2026-02-11  2026-02-13  2026-02-23  2026-02-23
flanders 2025-10-31  2025-10-22  2025-10-24  2025-11-03  2025-11-03
flanders 2026-05-14  2026-05-11  2026-05-13  2026-05-18  2026-05-18
"""


def rows(table: str) -> list[list[str]]:
    return [line.split() for line in table.strip().splitlines()]


def the_ladder_of(agreement: Agreement) -> list[str]:
    found = moments(agreement)
    assert [kind for kind, _at in found] == ["upcoming", "due_today", "overdue", "escalation"]
    assert {f"{at:%H:%M}" for _kind, at in found} == {"07:30"}
    return [at.date().isoformat() for _kind, at in found]


@pytest.mark.django_db
@pytest.mark.parametrize("row", rows(LADDERS), ids="-".join)
def test_an_agreement_is_reminded_on_these_school_days(row: list[str]) -> None:
    region, asked, *expected = row
    coordinator, case = case_in(region)
    agreement = make_agreement(coordinator, case, OCTOBER, deadline=date.fromisoformat(asked))
    assert the_ladder_of(agreement) == expected
    planned = DueMoment.objects.filter(source_uuid=agreement.uuid)
    due = date.fromisoformat(expected[1])
    assert set(planned.values_list("due_on", "urgent")) == {(due, False)}


@pytest.mark.django_db
@pytest.mark.parametrize("row", rows(SERIOUS_LADDERS), ids="-".join)
def test_in_a_serious_case_the_deadline_moves_backward_and_escalates_a_school_day_later(
    row: list[str],
) -> None:
    region, asked, *expected = row
    coordinator, case = case_in(region)
    Case.objects.filter(pk=case.pk).update(severity=3)
    case.refresh_from_db()
    agreement = make_agreement(coordinator, case, OCTOBER, deadline=date.fromisoformat(asked))
    assert the_ladder_of(agreement) == expected


def test_a_moment_before_the_agreement_was_made_is_not_planned(scene: Scene) -> None:
    agreement = make_agreement(scene.teacher, scene.case, deadline=date(2025, 11, 5))
    assert [kind for kind, _at in moments(agreement)] == ["due_today", "overdue", "escalation"]
    today = make_agreement(scene.teacher, scene.case, deadline=date(2025, 11, 3))
    assert [kind for kind, _at in moments(today)] == ["overdue", "escalation"]


def test_a_postponed_agreement_is_not_reminded_of_a_morning_that_is_over(scene: Scene) -> None:
    agreement = make_agreement(scene.teacher, scene.case, deadline=date(2025, 11, 28))
    wednesday = NOW + timedelta(days=9)
    change_agreement(scene.teacher, agreement, deadline=date(2025, 11, 13), now=wednesday)
    for helper in ("", "Oma"):
        change_agreement(scene.teacher, agreement, helper=helper, now=wednesday)
        assert moments(agreement) == [
            ("due_today", morning(2025, 11, 13)),
            ("overdue", morning(2025, 11, 14)),
            ("escalation", morning(2025, 11, 18)),
        ]


def test_a_mail_that_is_late_survives_a_change_of_something_else(scene: Scene) -> None:
    agreement = make_agreement(scene.teacher, scene.case, deadline=date(2025, 11, 10))
    sunday = NOW + timedelta(days=6)
    change_agreement(scene.teacher, agreement, helper="Oma", now=sunday)
    assert moments(agreement)[0] == ("upcoming", morning(2025, 11, 6))


@pytest.mark.parametrize(
    ("before", "after", "escalation"), [(2, 3, (2025, 11, 17)), (3, 2, (2025, 11, 19))]
)
def test_another_level_moves_what_is_planned(
    scene: Scene,
    make_severity: Callable[[int], Case],
    before: int,
    after: int,
    escalation: tuple[int, int, int],
) -> None:
    case = make_severity(before)
    agreement = make_agreement(scene.coordinator, case, deadline=date(2025, 11, 14))
    points = dict.fromkeys(INDICATORS, 1 if after == 2 else 2)
    reassess_severity(scene.coordinator, case, points, [], now=NOW)
    assert moments(agreement)[-1] == ("escalation", morning(*escalation))


def test_the_morning_itself_decides_whether_it_was_before(scene: Scene) -> None:
    half_past_seven = datetime(2025, 11, 3, 7, 30, tzinfo=AMSTERDAM)
    for moment, kinds in (
        (half_past_seven, ["due_today", "overdue", "escalation"]),
        (
            half_past_seven - timedelta(seconds=1),
            ["upcoming", "due_today", "overdue", "escalation"],
        ),
    ):
        agreement = make_agreement(scene.teacher, scene.case, moment, deadline=date(2025, 11, 5))
        assert [kind for kind, _at in moments(agreement)] == kinds


def test_a_standing_agreement_is_reminded_on_the_day_to_look_back(scene: Scene) -> None:
    agreement = make_agreement(scene.teacher, scene.case, review_on=date(2025, 11, 17))
    assert moments(agreement) == [("review_due", morning(2025, 11, 17))]
    sunday = make_agreement(scene.teacher, scene.case, review_on=date(2025, 11, 16))
    assert moments(sunday) == [("review_due", morning(2025, 11, 17))]


def test_a_deadline_in_a_weekend_is_reminded_on_school_days(scene: Scene) -> None:
    agreement = make_agreement(
        scene.teacher, scene.case, deadline=date(2025, 11, 15), all_days=True
    )
    assert moments(agreement) == [
        ("upcoming", morning(2025, 11, 13)),
        ("due_today", morning(2025, 11, 14)),
        ("overdue", morning(2025, 11, 17)),
        ("escalation", morning(2025, 11, 19)),
    ]


def test_what_is_critical_and_knows_no_holiday_is_reminded_on_plain_days(
    scene: Scene, make_severity: Callable[[int], Case]
) -> None:
    case = make_severity(4)
    saturday = datetime(
        2025, 12, 20, 10, tzinfo=AMSTERDAM
    )  # the first day of the Christmas holiday
    agreement = make_agreement(
        scene.coordinator, case, saturday, deadline=date(2025, 12, 20), all_days=True
    )
    sunday = morning(2025, 12, 21)
    assert moments(agreement) == [("overdue", sunday), ("escalation", sunday)]
    seven_thirty = datetime(2025, 12, 21, 7, 30, tzinfo=AMSTERDAM)
    sweep(seven_thirty)
    assert deliver(seven_thirty).sent
    # In the summer, when nobody opened the next school year yet.
    summer = datetime(2026, 8, 1, 10, tzinfo=AMSTERDAM)
    made = make_agreement(scene.coordinator, case, summer, deadline=date(2026, 8, 1), all_days=True)
    assert moments(made)[0][0] == "overdue"


def test_what_is_critical_is_planned_as_urgent(
    scene: Scene, make_severity: Callable[[int], Case]
) -> None:
    agreement = make_agreement(scene.teacher, make_severity(4))
    planned = DueMoment.objects.filter(source_uuid=agreement.uuid)
    assert set(planned.values_list("urgent", flat=True)) == {True}
