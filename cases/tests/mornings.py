"""Planned reminders as the school sees them on its clock, and a case in each calendar."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from cases.models import Agreement, Case, FollowUpTalk
from pestzorg.reminders.models import DueMoment, Kind
from pestzorg.testing.builders import (
    make_case_active,
    make_class,
    make_person,
    make_pupil,
    make_school,
)
from schools.models import User
from schools.roles import Role
from schools.services.places import close_days

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
OCTOBER = datetime(2025, 10, 6, 9, tzinfo=UTC)


def moments(thing: Agreement | FollowUpTalk) -> list[tuple[str, datetime]]:
    """What comes before it is forgotten; of what stays open, test_stayed_open.py tells."""
    rows = DueMoment.objects.filter(source_uuid=thing.uuid, settled_at=None)
    rows = rows.exclude(kind=Kind.STAYED_OPEN)
    return [
        (row.kind, row.fires_at.astimezone(AMSTERDAM).replace(tzinfo=None))
        for row in rows.order_by("fires_at")
    ]


def morning(year: int, month: int, day: int) -> datetime:
    return datetime(year, month, day, 7, 30)  # noqa: DTZ001 - on the wall of the school


def case_in(region: str) -> tuple[User, Case]:
    school = make_school(region=region)
    if region != "flanders":
        close_days(school, "the day after Ascension", date(2026, 5, 15))
    coordinator = make_person(Role.COORDINATOR, school, OCTOBER)
    pupil = make_pupil(make_class(school))
    return coordinator, make_case_active(coordinator, coordinator, school, pupil, OCTOBER)
