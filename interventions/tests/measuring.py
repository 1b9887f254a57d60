"""A class that is measured with the thermometer, for every test that asks for one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from interventions.models import Run
from interventions.services.survey import answer_survey
from interventions.services.survey_tokens import hand_out
from interventions.services.thermometer_runs import close_run, open_run, prepare_run
from interventions.thermometer.questionnaire import FULL, version
from interventions.thermometer.sheets import sheet_of
from pestzorg.testing.builders import NOW, make_class, make_person, make_pupil, make_school
from schools.models import School, SchoolClass, User
from schools.roles import Role

LATER = NOW + timedelta(weeks=5)


@dataclass
class Measured:
    """The class with its teacher and the coordinator of the school."""

    school: School
    school_class: SchoolClass
    teacher: User
    coordinator: User

    def prepare(self, kind: str = FULL, *, now: datetime = NOW, minimum: int = 8) -> Run:
        return prepare_run(
            self.teacher,
            self.school_class,
            kind=kind,
            planned_on=now.date(),
            minimum=minimum,
            now=now,
        )

    def open(self, kind: str = FULL, *, now: datetime = NOW, minimum: int = 8) -> Run:
        run = self.prepare(kind, now=now, minimum=minimum)
        open_run(self.teacher, run, now=now)
        run.refresh_from_db()
        return run

    def measure(self, lines: list[str] | tuple[str, ...], *, now: datetime = NOW) -> Run:
        """A closed run in which the class answered this."""
        run = self.open(now=now)
        for line in lines:
            answer(hand_out(run.code), line)
        close_run(self.teacher, run, now=now)
        run.refresh_from_db()
        return run


def make_measured(pupils: int = 24) -> Measured:
    school = make_school()
    teacher = make_person(Role.TEACHER, school, first_name="Marit")
    coordinator = make_person(Role.COORDINATOR, school, first_name="Sami")
    school_class = make_class(school, "7A", teacher)
    for number in range(pupils):
        make_pupil(school_class, f"Leerling {number}")
    return Measured(school, school_class, teacher, coordinator)


def answer(secret: str, line: str, kind: str = FULL) -> Run:
    """Answer as a kept line says it."""
    asked = version(kind)
    sheet = sheet_of(line, asked)
    codes = [item.code for item in asked.items]
    return answer_survey(secret, dict(zip(codes, sheet.marks, strict=True)), sheet.temperature)
