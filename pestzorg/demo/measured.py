"""A class that answered the thermometer before and after, told through the services; its answers stand in classes.txt."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from interventions.models import Run
from interventions.services.survey import answer_survey
from interventions.services.survey_tokens import hand_out
from interventions.services.thermometer_runs import close_run, open_run, prepare_run
from interventions.thermometer.questionnaire import FULL, version
from interventions.thermometer.sheets import sheet_of
from pestzorg.demo.people import Place
from schools.models import User
from schools.services.classes import enrol

FILE = Path(__file__).with_name("classes.txt")
CLASSMATES = (
    ("Febe", "Peeters"), ("Lars", "De Smet"), ("Yasmina", "El Idrissi"), ("Kobe", "Wouters"), ("Lina", "Aerts"),
    ("Seppe", "Dubois"), ("Hanne", "Lambrecht"), ("Tuur", "Michiels"), ("Aya", "Benali"), ("Finn", "Coppens"),
    ("Louise", "Verhoeven"), ("Emre", "Yildiz"), ("Elise", "De Wolf"),
)  # fmt: skip


def lines_of(name: str) -> list[str]:
    """The answers of a class, as "C before"."""
    text = FILE.read_text(encoding="utf-8")
    return text.split(f"[{name}]")[1].split("[")[0].split()


def measure(place: Place, name: str, *, before: datetime, after: datetime) -> None:
    """The first class of the school, with all its pupils, measured on these two days by its teacher."""
    for first, last in CLASSMATES:
        enrol(place.school_class, first, last)
    teacher = place.school_class.class_teachers.get()
    _run(place, teacher, lines_of(f"{name} before"), before)
    _run(place, teacher, lines_of(f"{name} after"), after)


def _run(place: Place, teacher: User, lines: list[str], now: datetime) -> None:
    run = prepare_run(teacher, place.school_class, kind=FULL, planned_on=now.date(), now=now)
    open_run(teacher, run, now=now)
    code = Run.objects.get(pk=run.pk).code
    for line in lines:
        sheet = sheet_of(line, version(FULL))
        marks = dict(zip((i.code for i in version(FULL).items), sheet.marks, strict=True))
        answer_survey(hand_out(code), marks, sheet.temperature)
    close_run(teacher, run, now=now)
