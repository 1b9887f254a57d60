"""Founding a demo school with its staff."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime

from schools.models import Board, School, User
from schools.roles import BOARD_ROLES, Role
from schools.services.people import give_role, new_person
from schools.services.places import close_days, found_school

SINCE = datetime(2025, 8, 1, tzinfo=UTC)
YEARS = range(2024, 2029)


@dataclass(frozen=True)
class Staff:
    """One account."""

    email: str
    first_name: str
    last_name: str
    role: str


def school_with_staff(
    *,
    board: str,
    name: str,
    code: str,
    region: str,
    local_days: Mapping[str, date],
    password: str,
    staff: Iterable[Staff],
) -> tuple[School, dict[str, User]]:
    """A school of its own board, and its people by e-mail address."""
    above, _made = Board.objects.get_or_create(name=board)
    school = found_school(above, name=name, code=code, region=region, years=YEARS)
    for label, day in local_days.items():
        close_days(school, label, day)
    return school, {row.email: _join(row, school, password) for row in staff}


def _join(row: Staff, school: School, password: str) -> User:
    user = new_person(row.email, row.first_name, row.last_name, password)
    role = Role(row.role)
    if role in BOARD_ROLES:
        give_role(None, user, role, now=SINCE, board=school.board)
    else:
        give_role(None, user, role, now=SINCE, school=school)
    return user
