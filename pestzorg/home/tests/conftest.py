"""One school with a coordinator who handles, a teacher who leads, and a case that is ready to begin."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import pytest
from django.test import Client

from cases.models import Case, Conversation
from pestzorg.testing.builders import (
    NOW,
    make_case_active,
    make_class,
    make_person,
    make_pupil,
    make_school,
)
from schools.models import School, SchoolClass, User
from schools.roles import Role


@dataclass
class Scene:
    """Everybody speaks English, so that the tests read the texts of the code."""

    school: School
    school_class: SchoolClass
    teacher: User
    colleague: User
    coordinator: User
    principal: User
    case: Case

    @property
    def conversation(self) -> Conversation:
        return self.case.conversations.get()

    def another_case(self, name: str, now: datetime = NOW, points: int = 1) -> Case:
        pupil = make_pupil(self.school_class, name)
        return make_case_active(
            self.coordinator, self.teacher, self.school, pupil, now, points=points
        )


@pytest.fixture
def scene(db: None, at: Callable[[datetime], None]) -> Scene:
    at(NOW)
    school = make_school()
    teacher = make_person(Role.TEACHER, school, first_name="Marit")
    coordinator = make_person(Role.COORDINATOR, school, first_name="Sami")
    group = make_class(school, "7A", teacher)
    case = make_case_active(coordinator, teacher, school, make_pupil(group))
    found = Scene(
        school=school,
        school_class=group,
        teacher=teacher,
        colleague=make_person(Role.TEACHER, school, first_name="Joost"),
        coordinator=coordinator,
        principal=make_person(Role.PRINCIPAL, school),
        case=case,
    )
    User.objects.update(language="en")
    return found


@pytest.fixture
def read(scene: Scene) -> Callable[..., str]:
    """The text of a page as somebody sees it; fails when the page does not open."""

    def open_page(person: User, url: str = "/") -> str:
        client = Client()
        client.force_login(User.objects.get(pk=person.pk))
        answer = client.get(url)
        assert answer.status_code == 200, (url, answer.status_code)
        return answer.content.decode()

    return open_page
