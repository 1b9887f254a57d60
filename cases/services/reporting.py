"""Reporting a concern: a report by staff starts a case."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid4, uuid5

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cases import events
from cases.models import Case, Report
from cases.models.case import CaseStatus
from cases.services.sharing import rebuild_access
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
    key: UUID | None = None,
) -> Report:
    """Report and case (`reported`) in one go. Refuses a pupil of another school or outside one's own classes.

    `key` names one sending by this person: the same key again gives the report that is there already.
    """
    about = about or (str(pupil) if pupil else "")
    told = {"about": about, "pupil": pupil, "signs": signs or []}
    told |= {"description": description, "urgency": urgency}
    # Counted per person: with the key of somebody else's report, nothing may tell that it exists.
    own_key = uuid5(actor.uuid, str(key)) if key else uuid4()
    if key and (sent := _sent_before(actor, own_key)):
        if all(getattr(sent, name) == value for name, value in told.items()):
            return sent
        own_key = uuid4()  # the same form, sent again about something else: never swallow a concern
    _refuse(actor, school, pupil, now)
    school_class = current_class(pupil, now.astimezone(school.zone).date()) if pupil else None
    case = Case.objects.create(
        school=school, status=CaseStatus.REPORTED, school_class=school_class, opened_at=now
    )
    report = Report(
        uuid=own_key,
        case=case,
        school=school,
        reporter=actor,
        reported_at=now,
        school_class=school_class,
        **told,
    )
    report.full_clean()
    report.save()
    rebuild_access(case)
    _record(actor, report, now)
    return report


def _sent_before(actor: User, key: UUID) -> Report | None:
    # Locks the sender, so that two taps at the same moment find each other.
    User.objects.select_for_update(no_key=True).get(pk=actor.pk)
    return Report.objects.filter(uuid=key).first()


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
