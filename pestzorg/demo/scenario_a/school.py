"""The school of scenario A and everybody in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from pestzorg.demo.people import Staff, school_with_staff
from schools.models import Pupil, School, SchoolClass, User
from schools.services.classes import enrol, open_class

AMSTERDAM = ZoneInfo("Europe/Amsterdam")


def at(day: int, hour: int, minute: int = 0, month: int = 11) -> datetime:
    """A moment of autumn 2025 in the Netherlands."""
    return datetime(2025, month, day, hour, minute, tzinfo=AMSTERDAM)


@dataclass
class SchoolA:
    """Everybody of scenario A."""

    school: School
    groep7: SchoolClass
    marit: User
    sami: User
    fleur: User
    paul: User
    colleague: User
    noor: Pupil


def found_school_a(password: str) -> SchoolA:
    """Basisschool De Wilgenhoek with its staff, groep 7 and a class of pupils."""
    school, staff = school_with_staff(
        board="Stichting Waterrijk",
        name="Basisschool De Wilgenhoek",
        code="wilgenhoek",
        region="midden",
        local_days={"Dag na Hemelvaart": date(2026, 5, 15)},
        password=password,
        staff=[
            Staff("teacher.a@example.org", "Marit", "Hoekstra", "teacher"),
            Staff("coordinator.a@example.org", "Sami", "Özdemir", "coordinator"),
            Staff("facilitator.a@example.org", "Fleur", "Bakker", "coordinator"),
            Staff("principal.a@example.org", "Paul", "Visser", "principal"),
            Staff("counsellor.a@example.org", "Ineke", "Prins", "counsellor"),
            Staff("colleague.a@example.org", "Joost", "van Dam", "teacher"),
            Staff("admin.a@example.org", "Wilma", "Bos", "school_admin"),
            Staff("board.a@example.org", "Henk", "de Graaf", "board_viewer"),
        ],
    )
    marit = staff["teacher.a@example.org"]
    year = school.years.get(starts_on=date(2025, 8, 1))
    groep7 = open_class(school, year, "groep 7", [marit])
    open_class(school, year, "groep 6", [staff["colleague.a@example.org"]])
    pupils = {name: enrol(groep7, name, last) for name, last in GROEP_7}
    return SchoolA(
        school=school,
        groep7=groep7,
        marit=marit,
        sami=staff["coordinator.a@example.org"],
        fleur=staff["facilitator.a@example.org"],
        paul=staff["principal.a@example.org"],
        colleague=staff["colleague.a@example.org"],
        noor=pupils["Noor"],
    )


GROEP_7 = [
    ("Noor", "Jansen"),
    ("Lieke", "de Boer"),
    ("Tess", "Mulder"),
    ("Daan", "Smit"),
    ("Bo", "Meijer"),
    ("Finn", "Vos"),
    ("Yara", "Haddad"),
    ("Sara", "Kuipers"),
]
