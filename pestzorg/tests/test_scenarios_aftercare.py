"""Scenarios A to E from the last follow-up talk to the end: every day of aftercare is the given one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest

from cases.models import Agreement, Case, Closing
from cases.queries.closing.people import deciders_of, may_decide, signers_of
from cases.services.agreements import settle_agreement
from cases.services.closing import (
    close_case,
    decide_closing,
    propose_closing,
    record_check,
    sign_closing,
)
from cases.services.external_reports import record_outcome
from cases.services.items import put_incident
from cases.services.talks import plan_follow_up, record_talk
from pestzorg.demo import scenario_a as a
from pestzorg.demo import scenario_b as b
from pestzorg.demo import scenario_c as c
from pestzorg.demo import scenario_d as d
from pestzorg.demo import scenario_e as e
from pestzorg.demo.scenario import Scenario
from pestzorg.demo.telling import Teller
from pestzorg.testing.outcome import reminded
from schools.models import User

pytestmark = pytest.mark.django_db

USUAL: dict[str, Any] = {
    "new_incident": False,
    "compared": "same",
    "helpers_active": "yes",
    "class_teacher_signal": "Rustig in de klas.",
    "parents_contacted": False,
    "verdict": "ok",
}
AT_SIX_WEEKS = {"parents_contacted": True}


@dataclass(frozen=True)
class After:
    """When a scenario goes to aftercare, with which grade, and its talks: day, grade, what is special."""

    scenario: Scenario
    closing_on: date
    grade: int
    checks: tuple[tuple[date, int, dict[str, Any]], ...]
    goes_on: tuple[str, ...] = ()

    @property
    def closed_on(self) -> date:
        """The day of the last talk."""
        return self.checks[-1][0]


ATTENTION = {"verdict": "attention", "new_incident": True, "note": "Een nare opmerking bij gym."}
SCENARIOS = {
    "a": After(
        a.A,
        date(2025, 12, 12),
        8,
        (
            (date(2026, 1, 9), 8, {}),
            (date(2026, 2, 6), 8, AT_SIX_WEEKS),
            (date(2026, 3, 27), 9, {}),
        ),
    ),
    "b": After(
        b.B,
        date(2026, 3, 6),
        7,
        (
            (date(2026, 3, 20), 7, {}),
            (date(2026, 4, 17), 6, {**AT_SIX_WEEKS, **ATTENTION}),
            (date(2026, 5, 8), 8, {}),
            (date(2026, 6, 5), 8, AT_SIX_WEEKS),
        ),
    ),
    "c": After(
        c.C,
        date(2025, 11, 18),
        8,
        (
            (date(2025, 12, 2), 8, {}),
            (date(2026, 1, 13), 8, AT_SIX_WEEKS),
            (date(2026, 3, 3), 9, {}),
        ),
    ),
    "d": After(
        d.D,
        date(2026, 5, 19),
        7,
        (
            (date(2026, 6, 2), 7, {}),
            (date(2026, 9, 1), 8, AT_SIX_WEEKS),
            (date(2026, 10, 13), 8, {}),
        ),
    ),
    "e": After(
        e.E,
        date(2026, 4, 24),
        8,
        (
            (date(2026, 5, 18), 8, {}),
            (date(2026, 6, 12), 8, AT_SIX_WEEKS),
            (date(2026, 9, 4), 8, {}),
        ),
        goes_on=(e.E6.what,),
    ),
}


@pytest.fixture(params=SCENARIOS)
def after(request: pytest.FixtureRequest) -> After:
    return SCENARIOS[request.param]


def moment(day: date) -> datetime:
    return datetime.combine(day, time(10), a.AMSTERDAM)


class Course:
    """One scenario that was told, on its way to the end."""

    def __init__(self, after: After) -> None:
        self.after = after
        self.told = Teller.at_new_school(after.scenario, "pestzorg-test")
        self.told.tell(after.scenario.acts)

    @property
    def case(self) -> Case:
        return Case.objects.select_related("school", "handler").get(pk=self.told.the_case().pk)

    @property
    def handler(self) -> User:
        handler = self.case.handler
        assert handler is not None
        return handler

    def come_to_closing(self) -> None:
        """What the scenario tells between its last act and the closing talk."""
        eve = self.after.closing_on - timedelta(days=1)
        for talk in self.case.talks.filter(status="planned").order_by("planned_at"):
            self._hold(talk, talk.planned_at, self.after.grade)
        while eve.weekday() > 4:
            eve -= timedelta(days=1)
        plan = {"conductor": self.handler, "with_role": "target", "purposes": ["closure"]}
        talk = plan_follow_up(
            self.handler,
            self.case,
            with_participant=self.case.target,
            planned_at=moment(eve),
            now=moment(eve) - timedelta(days=1),
            **plan,
        )
        self._hold(talk, moment(eve), self.after.grade)
        for agreement in self.case.agreements.filter(status="open"):
            if agreement.what not in self.after.goes_on:
                settle_agreement(self.handler, agreement, "done", now=moment(eve))
        for report in self.case.external_reports.filter(closed_on=None):
            record_outcome(self.handler, report, outcome="closed", now=moment(eve))
        for incident in self.case.incidents.filter(still_online=True):
            gone = {"description": incident.description, "still_online": False}
            put_incident(self.handler, self.case, incident, now=moment(eve), **gone)

    def _hold(self, talk: Any, at: datetime, grade: int) -> None:
        outcome: dict[str, Any] = {"progress": "same", "new_incident": False, "no_next_talk": True}
        if talk.with_role == "target":
            outcome["safety_score"] = grade
        record_talk(self.handler, talk, status="held", now=at, **outcome)

    def close(self) -> Closing:
        """Proposed by the handler, decided by who may, and signed where it was critical."""
        at = moment(self.after.closing_on)
        goes_on = [x for x in self.case.agreements.all() if x.what in self.after.goes_on]
        closing = propose_closing(
            self.handler,
            self.case,
            now=at,
            pupil_agrees=True,
            parents_agree="yes",
            carries_over=goes_on,
        )
        decider = next(x for x in deciders_of(self.case, at) if may_decide(x, closing, at))
        closing = decide_closing(decider, closing, now=at)
        if closing.status == "to_sign":
            closing = sign_closing(signers_of(self.case, at)[0], closing, now=at)
        return closing

    def hold_next(self) -> date:
        """The next talk is held on its day, as the scenario tells."""
        check = self.case.aftercare_checks.filter(status="planned").select_related("closing")[0]
        on, grade, special = next(row for row in self.after.checks if row[0] == check.due_on)
        outcome = {**USUAL, "safety_score": grade, **special}
        living = self.case.agreements.filter(status__in=Agreement.LIVING)
        record_check(self.handler, check, now=moment(on), agreements_reviewed=living, **outcome)
        return on


@pytest.fixture
def course(after: After) -> Course:
    found = Course(after)
    found.come_to_closing()
    return found


def test_it_closes_with_everything_in_order_and_the_talks_fall_on_the_given_days(
    course: Course,
) -> None:
    closing = course.close()
    assert (closing.status, set(closing.criteria.values())) == ("in_force", {True})
    assert closing.override_reason == ""
    assert course.case.aftercare_on == course.after.closing_on
    assert (closing.signed_by is not None) is (course.case.severity == 4)
    planned = [check.due_on for check in course.case.aftercare_checks.all()]
    extra = {
        on
        for on, _grade, special in course.after.checks
        if special == {} and on == date(2026, 5, 8)
    }
    assert planned == [on for on, _grade, _special in course.after.checks if on not in extra]


def test_it_is_closed_for_good_on_the_given_day(course: Course) -> None:
    course.close()
    held = []
    while course.case.aftercare_checks.filter(status="planned").exists():
        held.append(course.hold_next())
        if course.after.goes_on and len(held) == 1:
            (agreement,) = course.case.agreements.filter(status="carried_over")
            settle_agreement(course.handler, agreement, "done", now=moment(held[0]))
    assert held == [on for on, _grade, _special in course.after.checks]
    at = moment(course.after.closed_on)
    closed = close_case(deciders_of(course.case, at)[0], course.case, now=at)
    assert (closed.status, closed.closed_on) == ("closed", course.after.closed_on)


def test_e_goes_into_aftercare_with_an_agreement_that_is_still_reminded_of() -> None:
    course = Course(SCENARIOS["e"])
    course.come_to_closing()
    course.close()
    (carried,) = course.case.agreements.filter(status="carried_over")
    assert carried.what == e.E6.what
    assert reminded(carried) == {
        "upcoming": date(2026, 4, 23),
        "due_today": date(2026, 5, 4),
        "overdue": date(2026, 5, 6),
        "escalation": date(2026, 5, 8),
    }
