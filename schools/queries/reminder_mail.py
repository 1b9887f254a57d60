"""From when the mail with all that can wait may leave for somebody."""

from __future__ import annotations

from datetime import datetime, timedelta

from schools.calendar import CalendarEnds, SchoolCalendar
from schools.models import School, User
from schools.models.membership import MembershipRole
from schools.models.user import Rhythm
from schools.queries.calendars import calendar_for


def digest_from(recipient_id: int, at: datetime) -> datetime | None:
    """At once; for once a week, the next first school day of a week at the first of their schools; None for no mail."""
    chosen = User.objects.filter(pk=recipient_id).values_list("reminder_mail", flat=True).first()
    if chosen == Rhythm.NONE:
        return None
    school = _school_of(recipient_id, at) if chosen == Rhythm.WEEKLY else None
    return _weekly(calendar_for(school), at) if school else at


def _school_of(recipient_id: int, at: datetime) -> School | None:
    held = MembershipRole.objects.valid_at(at).filter(membership__user=recipient_id)
    return School.objects.filter(pk__in=held.values("membership__school")).order_by("pk").first()


def _weekly(calendar: SchoolCalendar, at: datetime) -> datetime:
    day = calendar.local_date(at)
    monday = day - timedelta(days=day.weekday())
    try:
        first = calendar.next_school_day(monday)
        if calendar.send_moment(first) < at:
            first = calendar.next_school_day(monday + timedelta(weeks=1))
    except CalendarEnds:
        # A school year that nobody opened yet must not swallow a mail: better early than never.
        return at
    return calendar.send_moment(first)
