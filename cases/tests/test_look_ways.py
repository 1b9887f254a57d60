"""By which way somebody came to a case, as the log tells it, and what that costs."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID, uuid4

from cases.ceilings import Level
from cases.services.break_glass import break_glass
from cases.services.looks import note_looks
from cases.services.sharing import share_case
from cases.tests.scene import Scene
from cases.tests.test_looks import forget, looks
from pestzorg.testing.builders import NOW, make_case_active, make_pupil
from schools.models import User
from schools.roles import Role
from schools.services.people import give_role


def ways(person: User, scene: Scene) -> tuple[str, str]:
    forget()
    case = scene.case
    note_looks(scene.who(person), [case], "R12")
    (row,) = looks()
    return row.role, row.through


def test_the_role_itself_goes_before_a_grant(scene) -> None:
    person = scene.coordinator
    assert ways(person, scene) == ("coordinator", "role")
    teacher = scene.colleague
    share_case(person, scene.case, teacher, Level.VIEW, now=NOW)
    assert ways(teacher, scene) == ("teacher", "grant")
    give_role(None, teacher, Role.COORDINATOR, now=NOW, school=scene.school)
    assert ways(teacher, scene) == ("coordinator", "role")


def test_emergency_access_is_named_with_its_reason_where_nothing_else_opens_the_case(scene) -> None:
    leader = scene.principal
    break_glass(leader, scene.case, reason="x y" * 20, reason_code="danger", now=NOW)
    assert ways(leader, scene) == ("principal", "glass")
    assert looks()[0].purpose == "danger"
    share_case(scene.coordinator, scene.case, leader, Level.VIEW, now=NOW)
    assert ways(leader, scene) == ("principal", "grant")
    assert looks()[0].purpose == ""


def test_each_case_of_a_list_has_its_own_way(scene) -> None:
    """A principal whose school shows headers only sees one case by a grant and nothing of the other."""
    share_case(scene.coordinator, scene.case, scene.principal, Level.VIEW, now=NOW)
    give_role(None, scene.principal, Role.TEACHER, now=NOW, school=scene.school)
    assert ways(scene.principal, scene)[1] == "grant"


@dataclass
class Row:
    """A row of a list, as far as the log asks."""

    pk: int
    school_id: int
    restricted: bool = False
    uuid: UUID = field(default_factory=uuid4)


def test_a_list_costs_one_statement_for_any_number_of_cases(
    scene, django_assert_num_queries
) -> None:
    me = scene.who(scene.coordinator)
    assert me.seen
    for count in (5, 50):
        with django_assert_num_queries(1):
            note_looks(me, [Row(number, scene.school.pk) for number in range(count)], "R12")
    with django_assert_num_queries(0):
        note_looks(me, [], "R12")


def test_other_peoples_looks_do_not_mix(scene, client, at) -> None:
    at(NOW)
    pupil = make_pupil(scene.school_class, "Daan")
    other = make_case_active(scene.coordinator, scene.colleague, scene.school, pupil)
    client.force_login(scene.teacher)
    forget()
    client.get("/cases/")
    assert {row.case_uuid for row in looks()} == {scene.case.uuid}
    assert other.uuid not in {row.case_uuid for row in looks()}
