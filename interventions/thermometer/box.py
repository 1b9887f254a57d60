"""The box of answers of one run, as one text: sorted, and as long with no answer in it as with all of them.

Sorting is what makes the answers anonymous: whatever the order in which a class answers, the same text comes out.
"""

from __future__ import annotations

from interventions.thermometer.questionnaire import Version

SLASH_AND_TEMPERATURE = 3  # "/10" is the longest
# Sorts behind every answer, so that the free places stand at the end.
FREE = "~"


def empty_box(version: Version, places: int) -> str:
    """A box with this many free places."""
    return "\n".join([FREE * _width(version)] * places)


def put_in(box: str, line: str) -> str | None:
    """The box with one more answer in it; None when it is full."""
    places = box.split("\n")
    if not places[-1].startswith(FREE):
        return None
    return "\n".join(sorted([*places[:-1], line.ljust(len(places[-1]))]))


def lines_in(box: str) -> list[str]:
    """The answers, sorted: their order says nothing."""
    return [place.rstrip() for place in box.split("\n") if not place.startswith(FREE)]


def _width(version: Version) -> int:
    return len(version.items) + SLASH_AND_TEMPERATURE
