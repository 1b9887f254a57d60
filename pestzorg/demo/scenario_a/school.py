"""The school of scenario A and everybody in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from pestzorg.demo.people import Place, SchoolPlan, Staff, found
from schools.models import Pupil, SchoolClass, User

AMSTERDAM = ZoneInfo("Europe/Amsterdam")


def at(day: int, hour: int, minute: int = 0, month: int = 11) -> datetime:
    """A moment of autumn 2025 in the Netherlands."""
    return datetime(2025, month, day, hour, minute, tzinfo=AMSTERDAM)


WILGENHOEK = SchoolPlan(
    board="Stichting Waterrijk",
    name="Basisschool De Wilgenhoek",
    code="wilgenhoek",
    region="midden",
    local_days={"Dag na Hemelvaart": date(2026, 5, 15)},
    staff=(
        Staff("teacher.a@example.org", "Marit", "Hoekstra", "teacher"),
        Staff("coordinator.a@example.org", "Sami", "Özdemir", "coordinator"),
        Staff("facilitator.a@example.org", "Fleur", "Bakker", "coordinator"),
        Staff("principal.a@example.org", "Paul", "Visser", "principal"),
        Staff("counsellor.a@example.org", "Ineke", "Prins", "counsellor"),
        Staff("colleague.a@example.org", "Joost", "van Dam", "teacher"),
        Staff("admin.a@example.org", "Wilma", "Bos", "school_admin"),
        Staff("board.a@example.org", "Henk", "de Graaf", "board_viewer"),
    ),
    classes={"groep 7": "Marit", "groep 6": "Joost"},
    pupils=(
        ("Noor", "Jansen"),
        ("Lieke", "de Boer"),
        ("Tess", "Mulder"),
        ("Daan", "Smit"),
        ("Bo", "Meijer"),
        ("Finn", "Vos"),
        ("Yara", "Haddad"),
        ("Sara", "Kuipers"),
    ),
)


@dataclass
class SchoolA(Place):
    """Everybody of scenario A, for tests that need a school as it really is."""

    @property
    def groep7(self) -> SchoolClass:
        """The class of the pupil."""
        return self.school_class

    @property
    def marit(self) -> User:
        """The class teacher, who leads the conversation."""
        return self.staff["Marit"]

    @property
    def sami(self) -> User:
        """The coordinator, who handles the case."""
        return self.staff["Sami"]

    @property
    def fleur(self) -> User:
        """Another coordinator, who guides the group."""
        return self.staff["Fleur"]

    @property
    def paul(self) -> User:
        """The principal."""
        return self.staff["Paul"]

    @property
    def colleague(self) -> User:
        """A teacher of another class, who has nothing to do with it."""
        return self.staff["Joost"]

    @property
    def noor(self) -> Pupil:
        """The pupil."""
        return self.pupils["Noor"]


def found_school_a(password: str) -> SchoolA:
    """Basisschool De Wilgenhoek with its staff, groep 7 and a class of pupils."""
    place = found(WILGENHOEK, password)
    return SchoolA(place.school, place.staff, place.school_class, place.pupils)
