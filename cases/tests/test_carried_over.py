"""What goes on in aftercare: an agreement is reminded of and counts as work, a report outside school holds up the end."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core import mail as outbox

from cases.models import Agreement
from cases.queries.workload import workload
from cases.services.agreements import settle_agreement
from cases.services.closing import close_case, reopen_case
from cases.services.external_reports import record_external_report, record_outcome
from cases.tests.closable import CLOSING_AT, at_noon, enter, hold_next, make_closable
from cases.tests.scene import Scene
from pestzorg.errors import RuleBroken
from pestzorg.outbox.delivery import deliver
from pestzorg.reminders.sweep import sweep
from pestzorg.testing.builders import make_agreement

DUE_ON = date(2025, 12, 16)  # a Tuesday, four days after the closing
DUE, OVERDUE, ESCALATION = (datetime(2025, 12, day, 6, 30, tzinfo=UTC) for day in (16, 17, 19))
HOUR = timedelta(hours=1)


@pytest.fixture
def agreement(scene: Scene) -> Agreement:
    make_closable(scene)
    made = make_agreement(scene.teacher, scene.case, CLOSING_AT, deadline=DUE_ON)
    enter(scene, carries_over=[made])
    made.refresh_from_db()
    assert made.status == Agreement.Status.CARRIED_OVER
    return made


def mailed(agreement: Agreement, now: datetime) -> list[list[str]]:
    """Whom the mails of this moment told of the agreement."""
    outbox.outbox.clear()
    for _twice in range(2):
        sweep(now)
        deliver(now)
    return [m.to for m in outbox.outbox if f"/agreements/{agreement.uuid}/" in m.body]


def test_it_is_reminded_of_until_it_is_settled(agreement: Agreement, scene: Scene) -> None:
    assert mailed(agreement, DUE) == [[scene.teacher.email]]
    assert mailed(agreement, OVERDUE) == [[scene.teacher.email]]
    settle_agreement(scene.teacher, agreement, "done", now=OVERDUE + HOUR)
    assert mailed(agreement, ESCALATION) == []


def test_when_it_stays_undone_the_handler_hears_of_it(agreement: Agreement, scene: Scene) -> None:
    mailed(agreement, OVERDUE)
    assert mailed(agreement, ESCALATION) == [[scene.coordinator.email]]


def test_a_relapse_tells_nobody_twice(agreement: Agreement, scene: Scene) -> None:
    assert mailed(agreement, DUE) == [[scene.teacher.email]]
    reopen_case(scene.coordinator, scene.case, "Het begon opnieuw.", now=DUE + HOUR)
    agreement.refresh_from_db()
    assert agreement.status == Agreement.Status.OPEN
    assert mailed(agreement, DUE + 2 * HOUR) == []
    assert mailed(agreement, OVERDUE) == [[scene.teacher.email]]


def test_it_counts_as_work(agreement: Agreement, scene: Scene) -> None:
    rows = workload(scene.who(scene.coordinator, OVERDUE), scene.school)
    load = next(load for load in rows if load.person == scene.teacher)
    assert (load.agreements, load.late) == (1, 1)


def test_a_running_report_outside_school_holds_up_the_end(scene: Scene) -> None:
    make_closable(scene)
    report = record_external_report(scene.teacher, scene.case, now=CLOSING_AT, kind="platform")
    enter(scene)
    for _check in range(3):
        held = hold_next(scene)
    end = at_noon(held.due_on)
    with pytest.raises(RuleBroken) as refused:
        close_case(scene.coordinator, scene.case, now=end)
    assert [problem.code for problem in refused.value.problems] == ["external_reports"]
    record_outcome(scene.coordinator, report, "not_made", now=end)
    assert close_case(scene.coordinator, scene.case, now=end).status == "closed"
