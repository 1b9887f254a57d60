"""The school of scenario C and everybody in it."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from pestzorg.demo.people import SchoolPlan, Staff

BRUSSELS = ZoneInfo("Europe/Brussels")


def at(day: int, hour: int, minute: int = 0, month: int = 10) -> datetime:
    """A moment of autumn 2025 in Flanders."""
    return datetime(2025, month, day, hour, minute, tzinfo=BRUSSELS)


KASTANJEPLEIN = SchoolPlan(
    board="Scholengroep Twee Rivieren",
    name="Vrije Basisschool Het Kastanjeplein",
    code="kastanjeplein",
    region="flanders",
    staff=(
        Staff("teacher.c@example.org", "Bram", "Peeters", "teacher"),
        Staff("coordinator.c@example.org", "Katrien", "De Smet", "coordinator"),
        Staff("principal.c@example.org", "Ann", "Wouters", "principal"),
        Staff("board.c@example.org", "Greet", "Van Damme", "board_viewer"),
    ),
    classes={"6B": "Bram"},
    pupils=(
        ("Wout", "Claes"),
        ("Senne", "Maes"),
        ("Lowie", "Goossens"),
        ("Amber", "Willems"),
        ("Nore", "Jacobs"),
        ("Jules", "Mertens"),
        ("Ilyas", "Bouzid"),
        ("Mats", "Hermans"),
    ),
)
