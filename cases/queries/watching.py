"""What is looked at again on its day: how serious a case is, what came of a report, and how the pupil is afterwards."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Prefetch, Q, QuerySet

from cases.access import Who, external_reports_visible_to, visible_to
from cases.ceilings import Level
from cases.models import AftercareCheck, Case, ExternalReport, Participant
from cases.models.case import GOING_ON, REVIEWED, CaseStatus

TARGETS = Prefetch("participants", Participant.objects.filter(role="target"))


def targets_of_case() -> Prefetch[Any]:
    """For rows that belong to a case: loads the pupil it is about, and no other participant."""
    return Prefetch("case__participants", Participant.objects.filter(role="target"))


def assessments_due(who: Who, until: date) -> QuerySet[Case]:
    """Cases to be assessed up to `until`: the day of the review came, or the conversation holds a signal.

    A signal waits in aftercare too, a review does not.
    """
    review = Q(next_review_on__lte=until, status__in=REVIEWED)
    signal = Q(alarm_at__isnull=False, status__in=GOING_ON)
    found = visible_to(who, Level.VIEW).filter(review | signal)
    related = found.select_related("school", "school_class", "handler").prefetch_related(TARGETS)
    return related.order_by("next_review_on", "id")


def assess_on(case: Case) -> date | None:
    """By when somebody assesses this case."""
    review_on = case.next_review_on if case.status in REVIEWED else None
    told_on = case.alarm_at.astimezone(case.school.zone).date() if case.alarm_at else None
    return min((day for day in (review_on, told_on) if day), default=None)


def checks_due(who: Who, until: date) -> QuerySet[ExternalReport]:
    """Reports outside school, of open cases, of which somebody looks up to `until` what came of them."""
    found = external_reports_visible_to(who).filter(
        closed_on=None, check_on__lte=until, case__is_open=True
    )
    related = found.select_related(
        "case__school", "case__school_class", "case__handler", "checked_by"
    )
    return related.prefetch_related(targets_of_case()).order_by("check_on", "id")


def aftercare_due(who: Who, until: date) -> QuerySet[AftercareCheck]:
    """Talks of aftercare up to `until`, of cases whose content this person sees."""
    cases = visible_to(who, Level.VIEW).filter(status=CaseStatus.AFTERCARE)
    found = AftercareCheck.objects.filter(
        case__in=cases.values("pk"), status=AftercareCheck.Status.PLANNED, due_on__lte=until
    )
    related = found.select_related("case__school", "case__school_class", "case__handler")
    return related.prefetch_related(targets_of_case()).order_by("due_on", "id")
