"""Reports on a start page: those to look at, and those that somebody made."""

from __future__ import annotations

from django.db.models import QuerySet

from cases.access import Who, reports_of, visible_to
from cases.ceilings import Level
from cases.models import Report
from cases.models.case import CaseStatus


def reports_to_look_at(who: Who) -> list[Report]:
    """Reports nobody looks at yet, of cases this person may assign (rule R27), the most urgent first."""
    cases = visible_to(who, Level.MANAGE).filter(status=CaseStatus.REPORTED)
    found = Report.objects.filter(case__in=cases).select_related("case", "school_class")
    urgencies = [Report.Urgency.NOW, Report.Urgency.TODAY, Report.Urgency.THIS_WEEK]
    return sorted(found, key=lambda r: (urgencies.index(Report.Urgency(r.urgency)), r.reported_at))


def own_reports(who: Who) -> QuerySet[Report]:
    """What somebody reported and is still open, newest first; shows the status only."""
    found = reports_of(who).filter(case__is_open=True).select_related("case")
    return found.order_by("-reported_at", "-id")
