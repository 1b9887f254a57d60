"""Answers to the check for tests that need one."""

from __future__ import annotations

from interventions.suitability import newest
from interventions.suitability.definition import UNCLEAR


def points_to(method: str) -> dict[str, str]:
    """Answers that all speak for a method; where it says nothing, nobody knows yet."""
    voices, asked = newest().row(method).speaks_for, newest().indicators
    return {one.key: voices[one.key][0] if one.key in voices else UNCLEAR for one in asked}
