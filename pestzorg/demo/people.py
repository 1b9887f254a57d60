"""Founding the school of a scenario with everybody in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from schools.models import Board, Pupil, School, SchoolClass, User
from schools.roles import BOARD_ROLES, Role
from schools.services.classes import enrol, open_class
from schools.services.people import give_role, new_person
from schools.services.places import close_days, found_school

SINCE = datetime(2025, 8, 1, tzinfo=UTC)
YEARS = range(2024, 2029)
THIS_YEAR = "2025-2026"


@dataclass(frozen=True)
class Staff:
    """One account."""

    email: str
    first_name: str
    last_name: str
    role: str


@dataclass(frozen=True)
class SchoolPlan:
    """A school, its staff, its classes with their class teacher, and the pupils of the first class."""

    board: str
    name: str
    code: str
    region: str
    staff: tuple[Staff, ...]
    classes: Mapping[str, str]
    pupils: tuple[tuple[str, str], ...]
    local_days: Mapping[str, date] = field(default_factory=dict)


@dataclass
class Place:
    """A founded school; people by first name."""

    school: School
    staff: dict[str, User]
    school_class: SchoolClass
    pupils: dict[str, Pupil]


def found(plan: SchoolPlan, password: str) -> Place:
    """A school of its board as planned, with everybody in it."""
    above, _made = Board.objects.get_or_create(name=plan.board)
    school = found_school(above, name=plan.name, code=plan.code, region=plan.region, years=YEARS)
    for label, day in plan.local_days.items():
        close_days(school, label, day)
    staff = {row.first_name: _join(row, school, password) for row in plan.staff}
    year = school.years.get(name=THIS_YEAR)
    classes = [
        open_class(school, year, name, [staff[teacher]]) for name, teacher in plan.classes.items()
    ]
    pupils = {first: enrol(classes[0], first, last) for first, last in plan.pupils}
    return Place(school, staff, classes[0], pupils)


def _join(row: Staff, school: School, password: str) -> User:
    user = new_person(row.email, row.first_name, row.last_name, password)
    role = Role(row.role)
    if role in BOARD_ROLES:
        give_role(None, user, role, now=SINCE, board=school.board)
    else:
        give_role(None, user, role, now=SINCE, school=school)
    return user
