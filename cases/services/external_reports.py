"""Reports outside school: written down, changed, checked, and ended. Also those that come from step 6."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cases import events
from cases.access import can_see_content
from cases.deadlines import plan_check
from cases.models import Case, ExternalReport, SelfProtectionMeasure
from cases.models.external_report import NOT_MADE, PENDING, PLATFORM
from cases.protocol import vocabulary
from cases.queries.school_days import in_school_days
from cases.services.sharing import lock
from pestzorg.audit import log
from pestzorg.errors import Problem, refuse_if
from pestzorg.posting.versions import write
from schools.calendar import SchoolCalendar
from schools.models import User
from schools.queries.calendars import calendar_for

# So long an app or site gets before somebody looks what it did.
CHECK_AFTER = 5
FINAL = frozenset(
    term.key for term in vocabulary.terms("external_report_outcomes") if term.note["is_final"]
)


@transaction.atomic
def record_external_report(
    actor: User, case: Case, *, now: datetime, **values: Any
) -> ExternalReport:
    """Write down a report that was made, or is to be made. One to an app is checked after five school days.

    Refuses a day in the future, and a check before today or by somebody who cannot see the case.
    """
    lock(case)
    report = ExternalReport(case=case, recorded_at=now, **values)
    return _save(actor, report, now, events.EXTERNAL_REPORT_RECORDED)


@transaction.atomic
def change_external_report(
    actor: User, report: ExternalReport, *, now: datetime, **changes: Any
) -> ExternalReport:
    """Correct it under the same rules. Raises Stale when somebody else changed it since it was read."""
    lock(report.case)
    day_before, made_before = report.check_on, report.reported_on
    for name, value in changes.items():
        setattr(report, name, value)
    if report.outcome == NOT_MADE and report.reported_on is not None:
        _open_again(report)
    moved = report.check_on == day_before and report.reported_on != made_before
    if moved and report.kind == PLATFORM:
        # The five days count from the report itself, so a day that nobody touched follows it.
        report.check_on = None
    return _save(actor, report, now, events.EXTERNAL_REPORT_CHANGED, kept=day_before)


@transaction.atomic
def record_outcome(
    actor: User,
    report: ExternalReport,
    outcome: str,
    *,
    now: datetime,
    check_on: date | None = None,
    note: str = "",
) -> ExternalReport:
    """What came of it. A final outcome ends it; without one somebody looks again, on a day that must be named.

    Refuses an outcome of something that was never reported, other than that it is not made after all.
    """
    lock(report.case)
    report.refresh_from_db()
    refuse_if(_outcome_problems(report, outcome, check_on))
    if outcome in FINAL:
        _end(report, outcome, calendar_for(report.case.school).local_date(now))
    else:
        report.outcome, report.check_on = outcome, check_on
    report.note = "\n".join(filter(None, [report.note, note]))
    return _save(actor, report, now, events.EXTERNAL_REPORT_CHECKED)


def _outcome_problems(report: ExternalReport, outcome: str, check_on: date | None) -> list[Problem]:
    is_made, not_made = report.reported_on is not None, outcome == NOT_MADE
    no_day = outcome not in FINAL and check_on is None
    first = _("First write down on which day it was reported.")
    asked = (
        ("outcome", first, "open", not (is_made or not_made)),
        ("outcome", _("It was reported: choose what came of it."), "made", is_made and not_made),
        ("check_on", _("On which day do you look again?"), "required", no_day),
    )
    return [Problem(field, sentence, code) for field, sentence, code, wrong in asked if wrong]


def follow_reported(
    actor: User,
    measure: SelfProtectionMeasure,
    day_before: date | None,
    *,
    now: datetime,
    was_reported: bool,
) -> None:
    """Open the report that a measure of step 6 leads to, keep it in step, or drop it when nobody wants it any more.

    One that somebody wrote in by hand ends as not made, with its words; wanted again, it is open again. `day_before`
    is the day of the measure so far, `was_reported` whether it led outside school. The caller locks the case.
    """
    conversation = measure.conversation
    report = conversation.external_reports.filter(source_key=measure.key).first()
    if not measure.is_reported:
        if report and report.reported_on is None:
            _give_up(actor, report, now)
        return
    report = report or ExternalReport(
        case=conversation.case,
        conversation=conversation,
        kind=measure.definition.external_report or "other",
        source_key=measure.key,
        recorded_at=now,
    )
    if report.reported_on is not None:
        return
    if report.outcome == NOT_MADE and not was_reported:
        _open_again(report)
    _keep_in_step(actor, report, measure, day_before, now)


def _keep_in_step(
    actor: User,
    report: ExternalReport,
    measure: SelfProtectionMeasure,
    day_before: date | None,
    now: datetime,
) -> None:
    calendar = calendar_for(report.case.school)
    today = calendar.local_date(now)
    counted = report.check_on is None or report.check_on == _counted(report, calendar, day_before)
    report.reported_by = report.reported_by or measure.owner
    if measure.status == measure.Status.ALREADY_DONE:
        report.reported_on = today
    if report.kind == PLATFORM and counted:
        begins = report.reported_on or max(measure.deadline or today, today)
        report.check_on = in_school_days(calendar, begins, CHECK_AFTER)
    _save(actor, report, now, events.EXTERNAL_REPORT_RECORDED, kept=report.check_on)


def _give_up(actor: User, report: ExternalReport, now: datetime) -> None:
    if not report.has_own_words:
        _drop(actor, report, now)
    elif report.is_open:
        _end(report, NOT_MADE, calendar_for(report.case.school).local_date(now))
        _save(actor, report, now, events.EXTERNAL_REPORT_CHECKED)


def _end(report: ExternalReport, outcome: str, today: date) -> None:
    report.outcome, report.check_on, report.closed_on = outcome, None, today


def _open_again(report: ExternalReport) -> None:
    report.outcome, report.closed_on = PENDING, None


def _counted(
    report: ExternalReport, calendar: SchoolCalendar, day_before: date | None
) -> date | None:
    """The day that was counted when the report was written last; any other day is somebody's own choice."""
    written = calendar.local_date(report.changed_at or report.recorded_at)
    return in_school_days(calendar, max(day_before or written, written), CHECK_AFTER)


def note_made(actor: User, measure: SelfProtectionMeasure, on: date, *, now: datetime) -> None:
    """The agreement to report was ticked off: it was made on that day."""
    report = measure.conversation.external_reports.filter(source_key=measure.key).first()
    if report and report.reported_on is None:
        change_external_report(actor, report, now=now, reported_on=on)


def _save(
    actor: User, report: ExternalReport, now: datetime, verb: str, kept: date | None = None
) -> ExternalReport:
    calendar = calendar_for(report.case.school)
    today = calendar.local_date(now)
    if report.kind == PLATFORM and report.is_open and report.check_on is None:
        report.check_on = in_school_days(calendar, report.reported_on or today, CHECK_AFTER)
        kept = report.check_on
    refuse_if(_problems(report, today, kept, now))
    try:
        report.full_clean()
    except ValidationError as error:
        refuse_if([Problem(name, texts[0]) for name, texts in error.message_dict.items()])
    write(report, actor, now)
    plan_check(report, calendar, now=now)
    _record(actor, verb, report, now)
    return report


def _problems(
    report: ExternalReport, today: date, kept: date | None, now: datetime
) -> list[Problem]:
    problems = []
    if report.reported_on and report.reported_on > today:
        problems.append(Problem("reported_on", _("This day is still to come."), "future"))
    if report.check_on and report.check_on < today and report.check_on != kept:
        problems.append(Problem("check_on", _("This day is already over."), "past"))
    named = report.checked_by if _names_another(report) else None
    if named and not can_see_content(named, report.case, now):
        told = _("Choose somebody who can see this case.")
        problems.append(Problem("checked_by", told, "share"))
    return problems


def _names_another(report: ExternalReport) -> bool:
    # Who was named before and lost the case must not hold up everything that hangs on the report.
    stored = ExternalReport.objects.filter(pk=report.pk, checked_by=report.checked_by_id)
    return report.checked_by_id is not None and not stored.exists()


def _drop(actor: User, report: ExternalReport, now: datetime) -> None:
    calendar = calendar_for(report.case.school)
    report.closed_on = calendar.local_date(now)
    write(report, actor, now, ["closed_on"])
    plan_check(report, calendar, now=now)
    _record(actor, events.EXTERNAL_REPORT_DROPPED, report, now)
    report.delete()


def _record(actor: User, verb: str, report: ExternalReport, now: datetime) -> None:
    log.record(
        actor,
        verb,
        now=now,
        school_id=report.case.school_id,
        case_uuid=report.case.uuid,
        subject_uuid=report.uuid,
        rule="R24",
    )
