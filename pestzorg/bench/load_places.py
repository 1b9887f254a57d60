"""Schools, classes, pupils and staff of the population."""

from __future__ import annotations

from datetime import UTC, date, datetime

from pestzorg.bench.copying import copy, uuid_of
from pestzorg.bench.population import Population
from schools.models import (
    Board,
    Membership,
    MembershipRole,
    Pupil,
    School,
    SchoolClass,
    SchoolYear,
    User,
)

SCHOOLS_PER_BOARD, CLASSES, PUPILS = 9, 8, 48
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
NAMES = (
    "Noor",
    "Sem",
    "Lotte",
    "Daan",
    "Fenna",
    "Yusuf",
    "Jip",
    "Bram",
    "Saar",
    "Mila",
    "Finn",
    "Zoë",
)


def _boards_and_schools(population: Population) -> None:
    schools = range(1, population.schools + 1)
    boards = range(1, population.schools // SCHOOLS_PER_BOARD + 2)
    copy(Board, "id uuid name", ((n, uuid_of(Board, n), f"Board {n}") for n in boards))
    copy(
        School,
        "id uuid board_id name code country holiday_region",
        (
            (
                n,
                uuid_of(School, n),
                n // SCHOOLS_PER_BOARD + 1,
                f"School {n}",
                f"s{n}",
                "nl",
                "midden",
            )
            for n in schools
        ),
    )


def schools(population: Population) -> None:
    """Boards, schools, one year with its classes, and pupils."""
    _boards_and_schools(population)
    _classes(population)
    _pupils(population)


def _classes(population: Population) -> None:
    schools = range(1, population.schools + 1)
    year = ("2025-2026", date(2025, 8, 1), date(2026, 7, 31))
    columns = "id school_id name starts_on ends_on"
    copy(SchoolYear, columns, ((n, n, *year) for n in schools))
    copy(
        SchoolClass,
        "id uuid school_id school_year_id name",
        (
            (class_of(n, k), uuid_of(SchoolClass, class_of(n, k)), n, n, f"{k}A")
            for n in schools
            for k in range(1, CLASSES + 1)
        ),
    )


def _pupils(population: Population) -> None:
    schools = range(1, population.schools + 1)
    copy(
        Pupil,
        "id uuid school_id first_name last_name roster_number",
        (
            (pupil_of(n, k), uuid_of(Pupil, pupil_of(n, k)), n, NAMES[k % 12], f"Visser {k}", "")
            for n in schools
            for k in range(1, PUPILS + 1)
        ),
    )


def staff(population: Population) -> None:
    """Accounts, and the one role of each."""
    users = range(1, population.staff + len(population.newcomers) + 1)
    copy(
        User,
        "id uuid email first_name last_name password date_joined",
        (
            (
                n,
                uuid_of(User, n),
                f"u{n}@bench.example.org",
                "Sanne",
                f"de Vries {n}",
                "!",
                LONG_AGO,
            )
            for n in users
        ),
    )
    members = list(enumerate(population.members(), start=1))
    copy(
        Membership,
        "id uuid user_id school_id",
        ((n, uuid_of(Membership, n), user, school) for n, (user, _role, school) in members),
    )
    copy(
        MembershipRole,
        "id membership_id role valid_from",
        ((n, n, role, LONG_AGO) for n, (_user, role, _school) in members),
    )


def class_of(school: int, place: int) -> int:
    """The number of a class, by its place from 1 on."""
    return (school - 1) * CLASSES + place


def pupil_of(school: int, place: int) -> int:
    """The number of a pupil, by its place from 1 on."""
    return (school - 1) * PUPILS + place
