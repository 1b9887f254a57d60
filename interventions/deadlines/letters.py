"""A mail about what belongs to a class and to no case."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from cases.deadlines.reach import next_send_moment
from pestzorg.reminders.sources import Wanted
from schools.models import School, User


def mail_of_school(school: School, people: Iterable[User], path: str, now: datetime) -> Wanted:
    """The answer of a source: these people, and a page behind login. It carries no code: a code stands for a case."""
    return Wanted(
        recipients=tuple(sorted({person.pk for person in people})),
        reference="",
        path=path,
        send_from=next_send_moment(school, now),
        urgent=False,
        school=school.name,
    )
