"""From report to active case: who handles it, how serious it is, whom it is about, who leads the talk."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cases import events
from cases.access import Who
from cases.ceilings import Level
from cases.deadlines import cancel_first_response, hasten_first_response, plan_first_talk
from cases.models import Case, CaseUserObjectPermission, Conversation, Participant, Report
from cases.models.case import CaseStatus
from cases.protocol import CURRENT_EDITION
from cases.queries.first_talk import first_talk_due_on, first_talk_of_report
from cases.queries.judging import HIGHEST, SERIOUS
from cases.queries.people import staff_for
from cases.queries.same_pupil import known_cases_about
from cases.services.severity import (
    AS_PROPOSED,
    Choice,
    assess_severity,
    judge_answers,
    keep_assessment,
)
from cases.services.sharing import lock, share_case
from pestzorg.audit import log
from pestzorg.errors import broken
from schools.models import Pupil, School, User
from schools.queries.calendars import calendar_for
from schools.queries.classes import current_class
from schools.queries.people import HANDLER_ROLES

HANDLING = CaseUserObjectPermission.Purpose.HANDLING


@transaction.atomic
def begin_assessing(actor: User, case: Case, handler: User, *, now: datetime) -> Case:
    """`reported` -> `assessing` with a handler, who gets `manage`. Refuses any other state.

    Nobody is reminded of the report any more, but of the first talk, until it begins.
    """
    locked = lock(case)
    if locked.status != CaseStatus.REPORTED:
        raise broken(None, _("Somebody already looked at this report."), "state")
    _refuse_handler(locked, handler, now)
    locked.handler = handler
    locked.status = CaseStatus.ASSESSING
    locked.first_talk_due_on = first_talk_of_report(locked.report, calendar_for(locked.school))
    locked.save(update_fields=["handler", "status", "first_talk_due_on"])
    cancel_first_response(locked, now)
    plan_first_talk(locked, now=now)
    share_case(actor, locked, handler, Level.MANAGE, now=now, purpose=HANDLING)
    _record(actor, events.ASSESSMENT_BEGUN, locked, now)
    return locked


@transaction.atomic
def activate_case(
    actor: User,
    case: Case,
    *,
    target: Pupil | None,
    target_name: str = "",
    lead: User,
    indicators: Mapping[str, int | None],
    red_flags: list[str],
    now: datetime,
    choice: Choice = AS_PROPOSED,
    apart: bool = False,
) -> Conversation:
    """`assessing` -> `active`: severity, target and lead, who gets `contribute`. Makes the conversation.

    Unless it is `apart`, refuses a pupil who has a case already that the actor may read.
    """
    locked = lock(case)
    if locked.status != CaseStatus.ASSESSING or locked.handler is None:
        raise broken(None, _("Name a handler first."), "state")
    _refuse_handler(locked, lead, now, field="lead")
    if not apart:
        _refuse_second(actor, locked, target, target_name, now)
    assessment = assess_severity(actor, locked, indicators, red_flags, now=now, choice=choice)
    participant = _set_target(locked, target, target_name)
    _begin(locked, assessment.level, target, now)
    if lead.pk != locked.handler_id:
        share_case(actor, locked, lead, Level.CONTRIBUTE, now=now, purpose=HANDLING)
    _record(actor, events.ACTIVATED, locked, now)
    made = Conversation.objects.create(
        case=locked, target=participant, lead=lead, edition_key=CURRENT_EDITION
    )
    plan_first_talk(locked, now=now)
    return made


def _begin(case: Case, level: int, target: Pupil | None, now: datetime) -> None:
    case.status, case.active_at = CaseStatus.ACTIVE, now
    if target:
        # A report may have named nobody, or another pupil; on paper the names of this class become letters.
        today = now.astimezone(case.school.zone).date()
        case.school_class = current_class(target, today) or case.school_class
    case.first_talk_due_on = first_talk_due_on(case, level, calendar_for(case.school))
    case.save(update_fields=["status", "active_at", "first_talk_due_on", "school_class"])


@transaction.atomic
def take_on(
    actor: User,
    report: Report,
    indicators: Mapping[str, int | None],
    red_flags: list[str],
    *,
    now: datetime,
) -> Conversation | None:
    """The class teacher takes on an own report at severity 1-2 and becomes handler and lead.

    None for a serious one: the coordinators get what the teacher answered, and are reminded sooner. Refuses a pupil
    about whom the teacher reads a case already: the coordinator decides. Of a case that the teacher may not read,
    nothing here tells that it is there.
    """
    report.case = lock(report.case)
    if not may_take_on(actor, report):
        raise broken(
            None, _("Only the class teacher of this pupil can take this on."), "class_teacher"
        )
    # Before anything is refused: a red flag that somebody saw is never lost.
    if judge_answers(report.case, indicators, red_flags).level >= SERIOUS:
        _leave_to_coordinators(actor, report, indicators, red_flags, now)
        return None
    _refuse_known(actor, report, now)
    case = begin_assessing(actor, report.case, actor, now=now)
    return activate_case(
        actor,
        case,
        target=report.pupil,
        lead=actor,
        indicators=indicators,
        red_flags=red_flags,
        now=now,
    )


def _leave_to_coordinators(
    actor: User,
    report: Report,
    indicators: Mapping[str, int | None],
    red_flags: list[str],
    now: datetime,
) -> None:
    kept = keep_assessment(actor, report.case, indicators, red_flags, now=now)
    is_acute = kept.level == HIGHEST
    # A red flag is told at once in any case; else nothing that is urgent already is planned anew.
    if is_acute or report.urgency == Report.Urgency.THIS_WEEK:
        report.urgency = Report.Urgency.NOW if is_acute else Report.Urgency.TODAY
        report.save(update_fields=["urgency"])
        hasten_first_response(report, now=now)


def may_take_on(actor: User, report: Report) -> bool:
    """Class teacher of the pupil's class, own report of a case that is not restricted, and nobody began or found it serious."""
    return (
        report.reporter_id == actor.pk
        and report.pupil_id is not None
        and report.school_class is not None
        and report.case.status == CaseStatus.REPORTED
        and not report.case.restricted
        and report.school_class.class_teachers.filter(pk=actor.pk).exists()
        and not report.case.assessments.filter(level__gte=SERIOUS).exists()
    )


def _refuse_known(actor: User, report: Report, now: datetime) -> None:
    known = known_cases_about(Who(actor, now), report.case, report.pupil, "")
    if known:
        told = _(
            "There is a case about this pupil already: %(codes)s. Go on there, or leave this to your coordinator."
        )
        raise broken(None, told % {"codes": ", ".join(one.reference for one in known)}, "known")


def _set_target(case: Case, pupil: Pupil | None, name: str) -> Participant:
    if pupil is None and not name:
        raise broken("target", _("Say which pupil this is about."), "required")
    if pupil and pupil.school_id != case.school_id:
        raise broken("target", _("Choose a pupil of this school."), "pupil")
    return Participant.objects.create(
        case=case,
        pupil=pupil,
        name=pupil.first_name if pupil else name,
        role="target",
        certainty="observed",
    )


def _refuse_second(actor: User, case: Case, pupil: Pupil | None, name: str, now: datetime) -> None:
    # Two people may judge two reports about one pupil at the same time: the second sees what the first made.
    School.objects.select_for_update(no_key=True).get(pk=case.school_id)
    known = known_cases_about(Who(actor, now), case, pupil, name)
    if known:
        told = _(
            "There is a case about this pupil already: %(codes)s. Go on there, or tick that this is something else."
        )
        codes = ", ".join(other.reference for other in known)
        raise broken("apart", told % {"codes": codes}, "known")


def _refuse_handler(case: Case, person: User, now: datetime, field: str = "handler") -> None:
    if not staff_for(case, now, HANDLER_ROLES).filter(pk=person.pk).exists():
        raise broken(field, _("Choose a teacher or coordinator of this school."), "role")


def _record(actor: User, verb: str, case: Case, now: datetime) -> None:
    log.record(actor, verb, now=now, school_id=case.school_id, case_uuid=case.uuid)
