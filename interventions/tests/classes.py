"""The invented classes of the demo, and what is known about them."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

from interventions.thermometer.questionnaire import FULL, version
from interventions.thermometer.scoring import ClassScores, class_scores
from interventions.thermometer.sheets import Sheet, sheet_of
from pestzorg.demo import measured

HERE = Path(__file__).parent
VECTOR = [
    "551551454121121451/8",
    "442452444131132342/7",
    "225234333441443244/3",
    "432442040132122343/6",
    "541551555111111551/9",
    "333343343231233333/5",
    "442042443121122342/7",
    "451451454120002442/8",
]


@cache
def lines_of(run: str) -> tuple[str, ...]:
    """The answers of a class, as "A before"."""
    return tuple(measured.lines_of(run))


def sheets(lines: tuple[str, ...] | list[str]) -> list[Sheet]:
    return [sheet_of(line, version(FULL)) for line in lines]


def scores_of(lines: tuple[str, ...] | list[str]) -> ClassScores:
    return class_scores(sheets(lines), version(FULL))


def table(name: str) -> list[dict[str, str]]:
    lines = (HERE / name).read_text(encoding="utf-8").splitlines()
    return list(csv.DictReader(line for line in lines if not line.startswith("#")))
