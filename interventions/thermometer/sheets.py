"""What one pupil answered, and the short line in which it is kept: one digit per item, a slash, the temperature."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from interventions.thermometer.questionnaire import Version

SKIPPED = 0
TEMPERATURES = range(11)
NO_TEMPERATURE = "-"


class WrongSheet(ValueError):
    """Not an answer to these questions; the message names the question, never the answer."""


@dataclass(frozen=True)
class Sheet:
    """The marks in the order of the questions, 0 for "prefer not to say"; the temperature, or None."""

    marks: tuple[int, ...]
    temperature: int | None

    @property
    def line(self) -> str:
        """As it is kept: "551551454121121451/8"."""
        shown = NO_TEMPERATURE if self.temperature is None else str(self.temperature)
        return "".join(map(str, self.marks)) + "/" + shown


def sheet_of(line: str, version: Version) -> Sheet:
    """The sheet behind a kept line. Refuses what does not fit this version."""
    marks, _slash, temperature = line.partition("/")
    if not (marks.isdecimal() and len(marks) == len(version.items)):
        raise WrongSheet("line")
    codes = [item.code for item in version.items]
    given: dict[str, int | None] = dict(zip(codes, map(int, marks), strict=True))
    degrees = None if temperature == NO_TEMPERATURE else _number(temperature)
    return sheet_from(given, degrees, version)


def sheet_from(given: Mapping[str, int | None], temperature: int | None, version: Version) -> Sheet:
    """The sheet of answers by their code; what is absent was skipped. Refuses a mark that the question does not have."""
    marks = tuple(given.get(item.code) or SKIPPED for item in version.items)
    for item, mark in zip(version.items, marks, strict=True):
        if not SKIPPED <= mark <= len(item.answers):
            raise WrongSheet(item.code)
    if temperature is not None and temperature not in TEMPERATURES:
        raise WrongSheet("temperature")
    return Sheet(marks, temperature)


def _number(text: str) -> int:
    if not text.isdecimal():
        raise WrongSheet("temperature")
    return int(text)
