"""What an agreement needs before it is kept: one owner, a day that can be, one per measure, somebody to read it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from django.utils.translation import gettext_lazy as _

from cases.deadlines.reach import is_urgent
from cases.models import Agreement
from pestzorg.errors import Problem
from schools.calendar import CalendarEnds, SchoolCalendar

Days = Collection[date | None]


def problems_of(
    agreement: Agreement, calendar: SchoolCalendar, today: date, kept: Days
) -> list[Problem]:
    """Everything that is wrong with it; `kept` are days that stood there already, which may be over by now."""
    return [
        *_owner_problems(agreement),
        *_date_problems(agreement, calendar, today, kept),
        *_beginning_problems(agreement, today, kept),
        *measure_problems(agreement),
        *_visibility_problems(agreement),
    ]


def _owner_problems(agreement: Agreement) -> list[Problem]:
    named = [agreement.owner_staff, agreement.owner_participant, agreement.owner_name]
    given = sum(bool(name) for name in named)
    if not agreement.owner_type or given == 0:
        return [Problem("owner", _("Who does this? Name one person."), "required")]
    if given > 1:
        return [Problem("owner", _("Name one person, not more."), "one_owner")]
    participant = agreement.owner_participant
    if participant and participant.case_id != agreement.case_id:
        return [Problem("owner", _("Choose somebody from this case."), "foreign")]
    return []


def measure_problems(agreement: Agreement) -> list[Problem]:
    """A measure of step 6 has one agreement, however many people make it at once."""
    if agreement.source != Agreement.Source.MEASURE or agreement.conversation is None:
        return []
    same = agreement.conversation.agreements.filter(
        source=Agreement.Source.MEASURE, source_key=agreement.source_key
    )
    living = same.exclude(status=Agreement.Status.CANCELLED).exclude(pk=agreement.pk)
    told = _("There is an agreement about this already.")
    return [Problem(None, told, "once")] if agreement.source_key and living.exists() else []


def _visibility_problems(agreement: Agreement) -> list[Problem]:
    told = _("Choose at least one who may read this.")
    return [] if agreement.visibility else [Problem("visibility", told, "required")]


def _date_problems(
    agreement: Agreement, calendar: SchoolCalendar, today: date, kept: Days
) -> list[Problem]:
    field = "review_on" if agreement.standing else "deadline"
    day = agreement.review_on if agreement.standing else agreement.deadline_asked
    if day is None:
        return [
            Problem("deadline", _("By when? Choose a day, or say when you look back."), "required")
        ]
    # A day that was agreed before may be over by now; only a new one may not.
    if day < today and day not in kept:
        return [Problem(field, _("This day is already over."), "past")]
    if agreement.all_days and is_urgent(agreement.case):
        return []  # does not wait for a school day, also when nobody opened the school year yet
    try:
        calendar.add_school_days(calendar.next_school_day(day), 1)
    except CalendarEnds:
        return [
            Problem(field, _("The school year of this day is not in the calendar yet."), "calendar")
        ]
    return []


def _beginning_problems(agreement: Agreement, today: date, kept: Days) -> list[Problem]:
    begins, back = agreement.starts_on, agreement.review_on
    if begins is None:
        return []
    if not agreement.standing:
        told = _("Only what has no end begins on a day. Leave this empty.")
        return [Problem("starts_on", told, "standing")]
    if begins < today and begins not in kept:
        return [Problem("starts_on", _("This day is already over."), "past")]
    if back is not None and begins > back:
        return [Problem("starts_on", _("It begins before you look back on it."), "order")]
    return []
