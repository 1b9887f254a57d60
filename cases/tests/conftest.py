"""One school with its people and one active case, for every test of this app that asks for `scene`."""

from __future__ import annotations

import pytest

from cases.models import Case
from cases.tests.finishing import done
from cases.tests.scene import Scene
from pestzorg.testing.builders import (
    make_case_active,
    make_class,
    make_person,
    make_pupil,
    make_school,
)
from schools.roles import Role


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
        principal=make_person(Role.PRINCIPAL, school),
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


@pytest.fixture
def begun(scene: Scene) -> Scene:
    """Step 1 is done, so that the others may be."""
    done(scene, 1)
    return scene
