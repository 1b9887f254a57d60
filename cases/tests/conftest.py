"""One school with its people and one active case, for every test of this app that asks for `scene`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

import pytest
from hypothesis import settings

from cases.access import Who
from cases.models import Case, Conversation, StepRecord
from cases.services.conversations import step_records
from pestzorg.testing.builders import (
    NOW,
    make_case_active,
    make_class,
    make_person,
    make_pupil,
    make_school,
)
from schools.models import Pupil, School, SchoolClass, User
from schools.roles import Role

# pytest cases/tests --hypothesis-profile=long: minutes instead of seconds.
settings.register_profile("long", max_examples=2000, stateful_step_count=125)


@dataclass
class Scene:
    """The coordinator handles the case, the teacher leads the conversation; nobody else was asked along."""

    school: School
    school_class: SchoolClass
    teacher: User
    coordinator: User
    colleague: User
    pupil: Pupil
    case: Case

    @cached_property
    def counsellor(self) -> User:
        return make_person(Role.COUNSELLOR, self.school)

    @cached_property
    def principal(self) -> User:
        return make_person(Role.PRINCIPAL, self.school)

    @property
    def conversation(self) -> Conversation:
        return self.case.conversations.get()

    def step(self, number: int) -> StepRecord:
        return step_records(self.conversation)[number - 1]

    def who(self, user: User, now: datetime = NOW) -> Who:
        return Who(user, now)


@pytest.fixture
def scene(db: None) -> Scene:
    school = make_school()
    teacher = make_person(Role.TEACHER, school, first_name="Marit")
    colleague = make_person(Role.TEACHER, school, first_name="Joost")
    coordinator = make_person(Role.COORDINATOR, school, first_name="Sami")
    school_class = make_class(school, "7A", teacher, colleague)
    pupil = make_pupil(school_class)
    return Scene(
        school=school,
        school_class=school_class,
        teacher=teacher,
        coordinator=coordinator,
        colleague=colleague,
        pupil=pupil,
        case=make_case_active(coordinator, teacher, school, pupil),
    )


@pytest.fixture
def make_severity(scene: Scene) -> object:
    """Set the severity of the scene's case: `make_severity(4)`."""

    def set_level(level: int) -> Case:
        scene.case.severity = level
        scene.case.save(update_fields=["severity"])
        return scene.case

    return set_level
