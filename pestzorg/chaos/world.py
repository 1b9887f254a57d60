"""The school of every scenario: people, cases and agreements through the services, at one moment in a past autumn."""

from __future__ import annotations

from datetime import UTC, date, datetime

from cases.models import Agreement
from cases.queries.judging import SERIOUS
from pestzorg.testing.builders import (
    NOW,
    make_agreement,
    make_case_active,
    make_class,
    make_person,
    make_pupil,
    make_school,
)
from schools.models import User
from schools.roles import Role

# Agreements are made on Monday and due on Friday. They are first reminded of on Wednesday at half past seven.
MADE_AT, DUE_ON = NOW, date(2025, 11, 7)
REMINDED_AT = datetime(2025, 11, 5, 6, 30, tzinfo=UTC)
PER_CASE = 10
TEACHERS = 40
CRITICAL_EVERY = 2  # in every second case each reminder is a mail of its own


def build(agreements: int) -> None:
    """So many agreements, each of one teacher; ten to a case."""
    school = make_school()
    coordinator = make_person(Role.COORDINATOR, school, MADE_AT)
    make_person(Role.PRINCIPAL, school, MADE_AT)
    people = [make_person(Role.TEACHER, school, MADE_AT, f"Teacher {n}") for n in range(TEACHERS)]
    group = make_class(school, "7A", *people[:1])
    for number in range(agreements // PER_CASE):
        lead = people[number % TEACHERS]
        pupil = make_pupil(group, f"Kind {number}")
        case = make_case_active(coordinator, lead, school, pupil, MADE_AT)
        if number % CRITICAL_EVERY == 0:
            case.severity = 4
            case.save(update_fields=["severity"])
        for _ in range(PER_CASE):
            make_agreement(lead, case, MADE_AT, deadline=DUE_ON)


def expected() -> set[tuple[str, str]]:
    """(address, page) of every agreement that is still open: what somebody has to be told."""
    rows = Agreement.objects.filter(status="open").values_list("owner_staff__email", "uuid")
    return {(email, f"/agreements/{uuid}/") for email, uuid in rows}


def stayed_undone() -> set[tuple[str, str]]:
    """(address, page) of what the coordinator hears a school day after the deadline: all that is open and grave."""
    rows = Agreement.objects.filter(status="open", case__severity__gte=SERIOUS)
    found = rows.values_list("case__handler__email", "uuid")
    return {(email, f"/agreements/{uuid}/") for email, uuid in found}


def somebody() -> User:
    """A teacher who may save things."""
    return User.objects.filter(email__startswith="teacher-0").get()
