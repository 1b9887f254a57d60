"""The school of scenario D and everybody in it."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from pestzorg.demo.people import SchoolPlan, Staff

BRUSSELS = ZoneInfo("Europe/Brussels")


def at(day: int, hour: int, minute: int = 0, month: int = 2) -> datetime:
    """A moment of early 2026 in Flanders."""
    return datetime(2026, month, day, hour, minute, tzinfo=BRUSSELS)


KANAALPOORT = SchoolPlan(
    board="Scholengroep Twee Rivieren",
    name="Atheneum Kanaalpoort",
    code="kanaalpoort",
    region="flanders",
    staff=(
        Staff("teacher.d@example.org", "Lotte", "Maertens", "teacher"),
        Staff("coordinator.d@example.org", "Nele", "Claeys", "coordinator"),
        Staff("colleague.d@example.org", "Pieter", "Vos", "teacher"),
        Staff("principal.d@example.org", "Marc", "Jacobs", "principal"),
    ),
    classes={"3 HW-B": "Lotte"},
    pupils=(
        ("Elif", "Yildiz"),
        ("Robbe", "Martens"),
        ("Niels", "Wauters"),
        ("Hanne", "Desmet"),
        ("Sam", "Verlinden"),
        ("Kobe", "Aerts"),
        ("Lena", "Michiels"),
        ("Stan", "Pauwels"),
        ("Febe", "Lambrecht"),
        ("Wannes", "De Backer"),
    ),
)
