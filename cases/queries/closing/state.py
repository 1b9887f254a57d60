"""Where a case stands between in progress and closed for good."""

from __future__ import annotations

from datetime import date, datetime

from django.utils.translation import gettext_lazy as _

from cases.deadlines.aftercare import opens_on
from cases.models import AftercareCheck, Agreement, Case, Closing, FollowUpTalk
from cases.models.closing import OPEN_CLOSINGS
from cases.queries.closing.criteria import Answers, Judged, Standing, judge_closing
from pestzorg.errors import Problem
from schools.queries.calendars import calendar_for


def open_closing(case: Case) -> Closing | None:
    """The proposal that waits for a decision or a signature."""
    found = case.closings.filter(status__in=OPEN_CLOSINGS)
    closing = found.select_related("proposed_by", "decided_by").first()
    if closing:
        closing.case = case
    return closing


def answers_of(closing: Closing) -> Answers:
    """What the proposal says."""
    carried = closing.carries_over.values_list("pk", flat=True)
    return Answers(closing.pupil_agrees, closing.parents_agree, frozenset(carried))


def judged_now(closing: Closing, now: datetime) -> list[Judged]:
    """Every criterion as it stands at this moment, with the answers of the proposal."""
    return judge_closing(Standing(closing.case, now, answers_of(closing)))


def asks_assessment(case: Case) -> bool:
    """Opened again, and nobody assessed how serious it is since."""
    if case.reopened_at is None:
        return False
    return not case.assessments.filter(assessed_at__gte=case.reopened_at).exists()


def assessing_problems(case: Case) -> list[Problem]:
    """Why nobody closes this case before it is assessed: a red flag waits, or nobody looked since it was opened again."""
    if case.alarm_at is not None:
        return [Problem(None, _("A red flag waits. Assess first how serious it is now."), "assess")]
    if asks_assessment(case):
        return [Problem(None, _("Assess first how serious it is now."), "assess")]
    return []


def ending_problems(case: Case) -> list[Problem]:
    """Why aftercare is not over yet; empty when the case may close for good."""
    checks = case.aftercare_checks.filter(status=AftercareCheck.Status.PLANNED)
    agreements = case.agreements.filter(status__in=Agreement.LIVING)
    talks = case.talks.filter(status=FollowUpTalk.Status.PLANNED)
    # Once the case is closed nobody is reminded to look what came of them.
    reports = case.external_reports.filter(closed_on=None)
    asked = (
        (checks, _("A talk of aftercare is still to be held."), "checks"),
        (agreements, _("An agreement is still open. Settle it first."), "agreements"),
        (
            talks,
            _("A follow-up talk is still planned. Hold it, or write that it is not needed."),
            "talks",
        ),
        (
            reports,
            _("A report outside school is still running. Write down what came of it."),
            "external_reports",
        ),
    )
    waiting = [Problem(None, sentence, code) for rows, sentence, code in asked if rows.exists()]
    return [*assessing_problems(case), *waiting]


def next_check(case: Case) -> AftercareCheck | None:
    """The check that is to be held first."""
    planned = case.aftercare_checks.filter(status=AftercareCheck.Status.PLANNED)
    return planned.order_by("due_on", "pk").first()


def may_be_held_from(check: AftercareCheck) -> date:
    """The first day on which this talk counts as the one that was planned."""
    return opens_on(check, calendar_for(check.case.school))
