"""What beats everything, and what opens for four hours only: exclusions, emergency access, extra grants."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.contrib.auth.models import Permission

from cases.access import Who, can, can_see_content, reports_of, rules_on, visible_to, who_sees
from cases.ceilings import Level
from cases.models import BreakGlass, Case, CaseExclusion, CaseUserObjectPermission
from cases.models.access import FOREVER
from cases.queries.case_list import case_list
from cases.services.sharing import rebuild_access, share_case
from cases.tests.scene import Scene
from pestzorg.testing.builders import NOW, make_person
from schools.access import schools_for
from schools.models import SchoolExclusion, User
from schools.queries.people import address_of, staff_of
from schools.roles import Role
from schools.services.tokens import issue_token

UNTIL = NOW + timedelta(hours=4)


def sees(user: User, case: Case, now: datetime = NOW) -> bool:
    listed = visible_to(Who(user, now)).filter(pk=case.pk).exists()
    assert listed == ("R13" in rules_on(Who(user, now), case))
    assert listed == (user in {seer.user for seer in who_sees(case, now)})
    shown = [row for _state, rows in case_list(Who(user, now)).groups for row in rows]
    assert listed == (case.pk in {row.pk for row in shown})
    return listed


def exclude(scene: Scene, user: User, **lifted: object) -> None:
    CaseExclusion.objects.create(
        case=scene.case,
        user=user,
        reason_code="involved",
        set_by=scene.coordinator,
        set_at=NOW,
        **lifted,
    )


def exclude_everywhere(scene: Scene, user: User) -> None:
    SchoolExclusion.objects.create(
        school=scene.school, user=user, reason_code="concern", set_by=scene.coordinator, set_at=NOW
    )


def open_glass(scene: Scene, user: User, role: Role) -> None:
    BreakGlass.objects.create(
        case=scene.case,
        user=user,
        role_used=role,
        reason_code="danger",
        reason="x" * 30,
        started_at=NOW,
        valid_until=UNTIL,
    )
    rebuild_access(scene.case)


def give_extra(scene: Scene, user: User, codename: str) -> None:
    CaseUserObjectPermission.objects.create(
        user=user,
        content_object=scene.case,
        permission=Permission.objects.get(codename=codename, content_type__model="case"),
        purpose="shared",
        granted_by=scene.coordinator,
        granted_at=NOW,
        valid_until=FOREVER,
    )
    rebuild_access(scene.case)


def restrict(scene: Scene) -> None:
    Case.objects.filter(pk=scene.case.pk).update(restricted=True)
    scene.case.refresh_from_db()
    rebuild_access(scene.case)


def test_an_exclusion_beats_role_and_grant(scene: Scene) -> None:
    for person in (scene.coordinator, scene.teacher):
        exclude(scene, person)
        assert not sees(person, scene.case)
        assert rules_on(Who(person, NOW), scene.case) == frozenset()
        assert not can_see_content(person, scene.case, NOW)


def test_an_exclusion_beats_running_emergency_access(scene: Scene) -> None:
    open_glass(scene, scene.principal, Role.PRINCIPAL)
    exclude(scene, scene.principal)
    assert not sees(scene.principal, scene.case)


def test_an_exclusion_hides_the_state_of_the_own_report(scene: Scene) -> None:
    assert reports_of(Who(scene.coordinator, NOW)).exists()
    exclude(scene, scene.coordinator)
    assert not reports_of(Who(scene.coordinator, NOW)).exists()


def test_a_lifted_exclusion_holds_no_longer(scene: Scene) -> None:
    exclude(scene, scene.teacher, lifted_by=scene.coordinator, lifted_at=NOW)
    assert sees(scene.teacher, scene.case)


def test_an_exclusion_is_about_one_case_and_one_person(scene: Scene) -> None:
    exclude(scene, scene.colleague)
    assert sees(scene.teacher, scene.case)
    assert sees(scene.coordinator, scene.case)


def test_out_of_a_school_means_no_role_with_pupils_there_and_no_mail(scene: Scene) -> None:
    exclude_everywhere(scene, scene.teacher)
    assert not sees(scene.teacher, scene.case)
    assert not schools_for(scene.teacher, NOW, (Role.TEACHER,)).exists()
    assert scene.teacher not in staff_of(scene.school, NOW)
    assert address_of(scene.teacher.pk, NOW) is None
    assert sees(scene.coordinator, scene.case)


def test_out_of_a_school_counts_for_officers_of_the_board_too(scene: Scene) -> None:
    officer = make_person(Role.SAFETY_OFFICER, scene.school)
    restrict(scene)
    open_glass(scene, officer, Role.SAFETY_OFFICER)
    assert sees(officer, scene.case)
    exclude_everywhere(scene, officer)
    assert not sees(officer, scene.case)


def test_emergency_access_reads_for_four_hours_and_does_nothing_else(scene: Scene) -> None:
    open_glass(scene, scene.principal, Role.PRINCIPAL)
    last = UNTIL - timedelta(microseconds=1)
    assert rules_on(Who(scene.principal, last), scene.case) == {
        "R12",
        "R13",
        "R14",
        "R26",
        "R39",
        "R55",
    }
    assert not can(Who(scene.principal, UNTIL), "R14", scene.case)


def test_emergency_access_counts_for_one_case(scene: Scene) -> None:
    other = make_person(Role.PRINCIPAL, scene.school, first_name="Other")
    open_glass(scene, scene.principal, Role.PRINCIPAL)
    assert not can(Who(other, NOW), "R14", scene.case)


@pytest.mark.parametrize("restricted", [False, True])
def test_emergency_access_needs_the_right_role(scene: Scene, restricted: bool) -> None:
    officer = make_person(Role.SAFETY_OFFICER, scene.school)
    open_glass(scene, scene.principal, Role.PRINCIPAL)
    open_glass(scene, officer, Role.SAFETY_OFFICER)
    if restricted:
        restrict(scene)
    assert can(Who(scene.principal, NOW), "R14", scene.case) is not restricted
    assert can(Who(officer, NOW), "R14", scene.case) is restricted


def test_emergency_access_ends_with_the_role(scene: Scene) -> None:
    open_glass(scene, scene.colleague, Role.PRINCIPAL)
    assert not sees(scene.colleague, scene.case)


def test_an_extra_opens_who_reported_only_to_who_works_in_the_case(scene: Scene) -> None:
    give_extra(scene, scene.colleague, "view_reporter")
    assert rules_on(Who(scene.colleague, NOW), scene.case) == frozenset()
    share_case(scene.coordinator, scene.case, scene.colleague, Level.CONTRIBUTE, now=NOW)
    assert not can(Who(scene.colleague, NOW), "R15", scene.case)
    give_extra(scene, scene.colleague, "view_reporter")
    assert can(Who(scene.colleague, NOW), "R15", scene.case)


def test_counsellor_hears_who_reported_on_restricted_cases_only(scene: Scene) -> None:
    share_case(scene.coordinator, scene.case, scene.counsellor, Level.MANAGE, now=NOW)
    give_extra(scene, scene.counsellor, "view_reporter")
    assert not can(Who(scene.counsellor, NOW), "R15", scene.case)
    restrict(scene)
    assert can(Who(scene.counsellor, NOW), "R15", scene.case)


def test_an_extra_opens_export_to_who_reads_but_not_to_emergency_access(scene: Scene) -> None:
    for person in (scene.colleague, scene.principal):
        give_extra(scene, person, "export_case")
        assert not can(Who(person, NOW), "R33", scene.case)
    open_glass(scene, scene.principal, Role.PRINCIPAL)
    assert not can(Who(scene.principal, NOW), "R33", scene.case)
    share_case(scene.coordinator, scene.case, scene.colleague, Level.VIEW, now=NOW)
    give_extra(scene, scene.colleague, "export_case")
    assert can(Who(scene.colleague, NOW), "R33", scene.case)


def test_counsellor_acts_on_a_normal_case_without_seeing_it(scene: Scene) -> None:
    assert rules_on(scene.who(scene.counsellor), scene.case) == {"R28", "R29", "R30"}


def test_a_school_that_lets_its_leader_read_opens_no_restricted_case(scene: Scene) -> None:
    scene.school.principal_content = True
    scene.school.save()
    restrict(scene)
    assert not sees(scene.principal, scene.case)


def test_a_token_opens_neither_extras_nor_emergency_access(scene: Scene) -> None:
    give_extra(scene, scene.coordinator, "export_case")
    open_glass(scene, scene.principal, Role.PRINCIPAL)
    tokens = {
        person: issue_token(person, name="bi", schools=[scene.school], days=30, now=NOW)[0]
        for person in (scene.coordinator, scene.principal)
    }
    through = [Who(person, NOW, token) for person, token in tokens.items()]
    assert rules_on(through[0], scene.case) == {"R12", "R13", "R14", "R26"}
    assert rules_on(through[1], scene.case) == {"R12", "R13"}


def test_a_closed_case_is_read_and_not_written(scene: Scene) -> None:
    Case.objects.filter(pk=scene.case.pk).update(status="closed")
    scene.case.refresh_from_db()
    found = rules_on(scene.who(scene.coordinator), scene.case)
    assert {"R14", "R26", "R32", "R33", "R35"} <= found
    assert not found & {"R17", "R24", "R25", "R27", "R28", "R29", "R30", "R31"}


def test_a_token_shows_no_report(scene: Scene) -> None:
    token, _secret = issue_token(
        scene.coordinator, name="t", schools=[scene.school], days=9, now=NOW
    )
    assert reports_of(Who(scene.coordinator, NOW)).exists()
    assert not reports_of(Who(scene.coordinator, NOW, token)).exists()
