"""The school of scenario E and everybody in it."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from pestzorg.demo.people import SchoolPlan, Staff

AMSTERDAM = ZoneInfo("Europe/Amsterdam")


def at(day: int, hour: int, minute: int = 0, month: int = 3) -> datetime:
    """A moment of spring 2026 in the Netherlands."""
    return datetime(2026, month, day, hour, minute, tzinfo=AMSTERDAM)


WADKANT = SchoolPlan(
    board="Stichting Noordrand",
    name="Scholengemeenschap De Wadkant",
    code="wadkant",
    region="noord",
    local_days={"Dag na Hemelvaart": date(2026, 5, 15)},
    staff=(
        Staff("teacher.e@example.org", "Lieuwe", "Dijkstra", "teacher"),
        Staff("coordinator.e@example.org", "Hilde", "Postma", "coordinator"),
        Staff("counsellor.e@example.org", "Aafke", "Kooi", "counsellor"),
    ),
    classes={"1c": "Lieuwe"},
    pupils=(
        ("Jip", "Hoekema"),
        ("Anouk", "Bosma"),
        ("Sem", "Visser"),
        ("Roos", "Wiersma"),
        ("Tijn", "Zijlstra"),
    ),
)
