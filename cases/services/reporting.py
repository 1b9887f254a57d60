"""Reporting a concern: a report by staff starts a case."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cases import events
from cases.deadlines import plan_first_response
from cases.models import Case, Report
from cases.models.case import CaseStatus
from cases.services.sharing import open_access
from pestzorg.audit import log
from pestzorg.errors import broken
from schools.access import REPORTERS, pupils_for, schools_for
from schools.models import Pupil, School, User
from schools.queries.classes import current_class


@transaction.atomic
def report_concern(
    actor: User,
    school: School,
    *,
    about: str,
    now: datetime,
    pupil: Pupil | None = None,
    signs: list[str] | None = None,
    description: str = "",
    urgency: str = Report.Urgency.THIS_WEEK,
) -> Report:
    """Report and case (`reported`) in one go; the coordinators are reminded until somebody takes it up.

    Refuses a pupil of another school or outside one's own classes.
    """
    about = about or (str(pupil) if pupil else "")
    _refuse(actor, school, pupil, now)
    school_class = current_class(pupil, now.astimezone(school.zone).date()) if pupil else None
    case = Case.objects.create(
        school=school, status=CaseStatus.REPORTED, school_class=school_class, opened_at=now
    )
    report = Report(
        case=case,
        school=school,
        reporter=actor,
        reported_at=now,
        school_class=school_class,
        about=about,
        pupil=pupil,
        signs=signs or [],
        description=description,
        urgency=urgency,
    )
    report.full_clean()
    report.save()
    open_access(case)
    plan_first_response(report, now=now)
    _record(actor, report, now)
    return report


def _refuse(actor: User, school: School, pupil: Pupil | None, now: datetime) -> None:
    if not schools_for(actor, now, REPORTERS).filter(pk=school.pk).exists():
        raise broken("about", _("You cannot report for this school."), "school")
    if pupil and not pupils_for(actor, now).filter(pk=pupil.pk, school=school).exists():
        raise broken("pupil", _("Choose a pupil of your own school."), "pupil")


def _record(actor: User, report: Report, now: datetime) -> None:
    log.record(
        actor,
        events.REPORTED,
        now=now,
        school_id=report.school_id,
        case_uuid=report.case.uuid,
        subject_uuid=report.uuid,
        rule="R10",
    )
