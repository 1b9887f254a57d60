"""The school, people and case of most tests of this app."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from cases.access import Who
from cases.models import Case, Conversation, StepRecord
from cases.services.conversations import step_records
from pestzorg.testing.builders import (
    NOW,
    make_person,
)
from schools.models import Pupil, School, SchoolClass, User
from schools.roles import Role


@dataclass
class Scene:
    """The coordinator handles the case, the teacher leads the conversation; nobody else was asked along."""

    school: School
    school_class: SchoolClass
    teacher: User
    coordinator: User
    colleague: User
    principal: User
    pupil: Pupil
    case: Case

    @cached_property
    def counsellor(self) -> User:
        return make_person(Role.COUNSELLOR, self.school)

    @property
    def conversation(self) -> Conversation:
        return self.case.conversations.get()

    def step(self, number: int) -> StepRecord:
        return step_records(self.conversation)[number - 1]

    def who(self, user: User, now: datetime = NOW) -> Who:
        return Who(user, now)
