"""The school of scenario B and everybody in it."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from pestzorg.demo.people import SchoolPlan, Staff

AMSTERDAM = ZoneInfo("Europe/Amsterdam")


def at(day: int, hour: int, minute: int = 0, month: int = 1) -> datetime:
    """A moment of winter 2026 in the Netherlands."""
    return datetime(2026, month, day, hour, minute, tzinfo=AMSTERDAM)


STROOMDAL = SchoolPlan(
    board="Stichting Zuiderbeek",
    name="Vakcollege Stroomdal",
    code="stroomdal",
    region="zuid",
    staff=(
        Staff("teacher.b@example.org", "Theo", "Verhagen", "teacher"),
        Staff("coordinator.b@example.org", "Dewi", "Willems", "coordinator"),
        Staff("facilitator.b@example.org", "Irma", "Claes", "coordinator"),
        Staff("principal.b@example.org", "Rob", "Maas", "principal"),
        Staff("board.b@example.org", "Trees", "Janssen", "board_viewer"),
    ),
    classes={"2b": "Theo"},
    pupils=(
        ("Ravi", "Sharma"),
        ("Jesse", "Klaassen"),
        ("Kaan", "Yilmaz"),
        ("Mick", "Peters"),
        ("Femke", "Smeets"),
        ("Sofie", "Hendriks"),
    ),
)
