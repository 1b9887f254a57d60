"""Who gets through the one door: named persons, one rule at a time."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.contrib.auth.models import AnonymousUser, Permission
from django.contrib.contenttypes.models import ContentType
from django.db import IntegrityError, transaction
from django.http import Http404
from django.test import RequestFactory
from guardian.shortcuts import assign_perm  # noqa: TID251 - shown to be refused

from cases.access import (
    Who,
    can_see_content,
    case_of_code,
    get_case,
    get_case_unseen,
    level_on,
    may_read_step,
    may_record_talk,
    may_settle,
    rules_on,
    visible_to,
    who,
)
from cases.ceilings import Level
from cases.models import Access, Case, CaseUserObjectPermission, StepRecord
from cases.models.access import FOREVER
from cases.models.step_record import Visibility
from cases.services.sharing import rebuild_access, share_case, take_back
from cases.tests.scene import Scene
from pestzorg.testing.builders import (
    NOW,
    make_agreement,
    make_person,
    make_report,
    make_school,
    make_talk,
)
from schools.models import User
from schools.roles import Role
from schools.services.people import end_membership, give_role
from schools.services.tokens import issue_token

HEADER_RULES = {"R12", "R13"}
VIEW_RULES = HEADER_RULES | {"R14", "R25", "R26"}
CONTRIBUTE_RULES = VIEW_RULES | {"R17", "R24"}
MANAGE_RULES = CONTRIBUTE_RULES | {"R27", "R30", "R32", "R33", "R35"}
COORDINATOR_RULES = MANAGE_RULES | {"R15", "R28", "R29", "R36"}
TOKEN_RULES = {"R12", "R13", "R14", "R26"}


def sees(user: User, case: Case, level: int = Level.HEADER, now=NOW) -> bool:
    return visible_to(Who(user, now), level).filter(pk=case.pk).exists()


def stray_grant(
    scene: Scene, user: User, codename: str = "manage_case", valid_until=FOREVER
) -> None:
    """A row that no service would write, as a slip in the database would."""
    CaseUserObjectPermission.objects.create(
        user=user,
        content_object=scene.case,
        permission=Permission.objects.get(codename=codename, content_type__model="case"),
        purpose="shared",
        granted_by=scene.coordinator,
        granted_at=NOW,
        valid_until=valid_until,
    )
    rebuild_access(scene.case)


def restrict(scene: Scene) -> None:
    Case.objects.filter(pk=scene.case.pk).update(restricted=True)
    rebuild_access(scene.case)


def test_handler_manages_and_lead_contributes(scene: Scene) -> None:
    assert rules_on(scene.who(scene.coordinator), scene.case) == COORDINATOR_RULES
    assert rules_on(scene.who(scene.teacher), scene.case) == CONTRIBUTE_RULES | {"R36"}


def test_class_teacher_without_grant_does_not_know_the_case(scene: Scene) -> None:
    assert scene.school_class.class_teachers.contains(scene.colleague)
    assert not sees(scene.colleague, scene.case)
    assert rules_on(scene.who(scene.colleague), scene.case) == frozenset()
    assert level_on(scene.who(scene.colleague), scene.case) == 0


def test_other_coordinator_of_the_school_manages_too(scene: Scene) -> None:
    other = make_person(Role.COORDINATOR, scene.school, first_name="Fleur")
    assert rules_on(scene.who(other), scene.case) == COORDINATOR_RULES


def test_coordinator_of_another_school_sees_nothing(scene: Scene) -> None:
    elsewhere = make_school("De Brug", "de-brug")
    outsider = make_person(Role.COORDINATOR, elsewhere)
    assert not sees(outsider, scene.case)
    assert rules_on(scene.who(outsider), scene.case) == frozenset()


def test_principal_sees_the_header_only(scene: Scene) -> None:
    assert sees(scene.principal, scene.case, Level.HEADER)
    assert not sees(scene.principal, scene.case, Level.VIEW)
    assert rules_on(scene.who(scene.principal), scene.case) == HEADER_RULES | {"R39", "R55"}
    assert not can_see_content(scene.principal, scene.case, NOW)


def test_principal_reads_along_when_the_school_decided_so(scene: Scene) -> None:
    scene.school.principal_content = True
    scene.school.save()
    assert sees(scene.principal, scene.case, Level.VIEW)
    assert rules_on(scene.who(scene.principal), scene.case) == VIEW_RULES | {"R39", "R55"}


def test_principal_with_a_grant_works_along(scene: Scene) -> None:
    share_case(scene.coordinator, scene.case, scene.principal, Level.CONTRIBUTE, now=NOW)
    assert rules_on(scene.who(scene.principal), scene.case) == CONTRIBUTE_RULES | {
        "R36",
        "R39",
        "R55",
    }


def test_counsellor_sees_nothing_of_a_normal_case(scene: Scene) -> None:
    assert not sees(scene.counsellor, scene.case)
    assert level_on(scene.who(scene.counsellor), scene.case) == Level.BLIND
    for rule in ("R13", "R28"):
        with pytest.raises(Http404):
            get_case(scene.who(scene.counsellor), scene.case.uuid, rule)


def test_counsellor_reads_a_restricted_case_and_an_unasked_coordinator_does_not(
    scene: Scene,
) -> None:
    other = make_person(Role.COORDINATOR, scene.school, first_name="Fleur")
    restrict(scene)
    assert rules_on(scene.who(scene.counsellor), scene.case) == VIEW_RULES | {
        "R15",
        "R28",
        "R29",
        "R31",
    }
    assert not sees(other, scene.case)
    seat = MANAGE_RULES | {"R28", "R29", "R36"}
    assert rules_on(scene.who(scene.coordinator), scene.case) == seat


@pytest.mark.parametrize(
    "role", [Role.SCHOOL_ADMIN, Role.BOARD_VIEWER, Role.DPO, Role.SAFETY_OFFICER]
)
@pytest.mark.parametrize("restricted", [False, True])
def test_a_stray_grant_opens_nothing_for_roles_without_content(
    scene: Scene, role: Role, restricted: bool
) -> None:
    person = make_person(role, scene.school)
    stray_grant(scene, person)
    if restricted:
        restrict(scene)
    assert not sees(person, scene.case)
    # The officers of the board have their own duties; none of them comes from the grant.
    blind = {Role.DPO: {"R35"}, Role.SAFETY_OFFICER: {"R39", "R55"} if restricted else set()}
    assert rules_on(scene.who(person), scene.case) == blind.get(role, set())


def test_a_superuser_opens_nothing(scene: Scene) -> None:
    root = User.objects.create_user("root@example.org", is_superuser=True, is_staff=True)
    give_role(None, root, Role.SYSTEM_ADMIN, now=NOW - timedelta(days=1))
    stray_grant(scene, root)
    assert not sees(root, scene.case)
    assert rules_on(scene.who(root), scene.case) == frozenset()
    with pytest.raises(Http404):
        get_case(scene.who(root), scene.case.uuid, "R12")


def test_a_permission_on_all_cases_opens_nothing(scene: Scene) -> None:
    permission = Permission.objects.get(codename="manage_case", content_type__model="case")
    scene.colleague.user_permissions.add(permission)
    assert not sees(scene.colleague, scene.case)


def test_somebody_without_account_sees_nothing(scene: Scene) -> None:
    assert not visible_to(Who(AnonymousUser(), NOW)).exists()
    assert rules_on(Who(AnonymousUser(), NOW), scene.case) == frozenset()


def test_a_grant_sleeps_when_the_membership_ends_and_when_it_is_suspended(scene: Scene) -> None:
    membership = scene.teacher.memberships.get()
    membership.state = "suspended"
    membership.save()
    assert not sees(scene.teacher, scene.case)
    membership.state = "active"
    membership.save()
    assert sees(scene.teacher, scene.case)
    end_membership(scene.coordinator, membership, now=NOW)
    assert not sees(scene.teacher, scene.case)
    assert scene.case.grants.filter(user=scene.teacher).exists()


def test_a_deactivated_account_sees_nothing(scene: Scene) -> None:
    scene.coordinator.is_active = False
    scene.coordinator.save()
    assert not sees(scene.coordinator, scene.case)
    assert not can_see_content(scene.coordinator, scene.case, NOW)


def test_a_grant_ends_at_the_exact_moment(scene: Scene) -> None:
    until = NOW + timedelta(days=3)
    share_case(
        scene.coordinator, scene.case, scene.colleague, Level.VIEW, now=NOW, valid_until=until
    )
    assert sees(scene.colleague, scene.case, now=until - timedelta(microseconds=1))
    assert not sees(scene.colleague, scene.case, now=until)
    assert rules_on(scene.who(scene.colleague, until), scene.case) == frozenset()


def test_who_manages_reads_the_private_steps_of_a_closed_case_too(scene: Scene) -> None:
    StepRecord.objects.filter(pk=scene.step(2).pk).update(visibility=Visibility.HANDLER_ONLY)
    share_case(scene.coordinator, scene.case, scene.colleague, Level.CONTRIBUTE, now=NOW)
    Case.objects.filter(pk=scene.case.pk).update(status="closed")
    record = StepRecord.objects.get(conversation__case=scene.case, step=2)
    assert may_read_step(scene.who(scene.coordinator), record)
    assert may_read_step(scene.who(scene.teacher), record)
    assert not may_read_step(scene.who(scene.colleague), record)


@pytest.mark.parametrize("codename", ["view_reporter", "export_case"])
def test_an_extra_permission_alone_opens_no_case(scene: Scene, codename: str) -> None:
    stray_grant(scene, scene.colleague, codename)
    assert not sees(scene.colleague, scene.case)
    assert rules_on(scene.who(scene.colleague), scene.case) == frozenset()


def test_absent_and_forbidden_look_the_same(scene: Scene) -> None:
    for case_uuid in (scene.case.uuid, uuid4()):
        with pytest.raises(Http404) as refused:
            get_case(scene.who(scene.colleague), case_uuid, "R13")
        assert refused.value.args == ()


def test_get_case_asks_for_the_rule_and_not_just_for_sight(scene: Scene) -> None:
    assert get_case(scene.who(scene.principal), scene.case.uuid, "R13") == scene.case
    with pytest.raises(Http404):
        get_case(scene.who(scene.principal), scene.case.uuid, "R14")
    with pytest.raises(Http404):
        get_case(scene.who(scene.coordinator), scene.case.uuid, "R99")


def test_an_act_on_an_unseen_case_is_open_to_its_rule_alone(scene: Scene) -> None:
    assert get_case_unseen(scene.who(scene.coordinator), scene.case.uuid, "R35") == scene.case
    for person, case_uuid in ((scene.colleague, scene.case.uuid), (scene.coordinator, uuid4())):
        with pytest.raises(Http404):
            get_case_unseen(scene.who(person), case_uuid, "R35")


def test_a_code_finds_a_case_for_who_may_do_one_of_the_rules(scene: Scene) -> None:
    rules, code = frozenset({"R14", "R55"}), scene.case.reference
    assert case_of_code(scene.who(scene.teacher), code, rules) == scene.case
    assert case_of_code(scene.who(scene.colleague), code, rules) is None
    assert case_of_code(scene.who(scene.teacher), code, frozenset({"R99"})) is None
    assert case_of_code(scene.who(scene.teacher), f"{code}X", rules) is None


def test_guardian_itself_cannot_make_a_grant(scene: Scene) -> None:
    before = CaseUserObjectPermission.objects.count()
    with pytest.raises(IntegrityError), transaction.atomic():
        assign_perm("cases.view_case", scene.colleague, scene.case)
    assert CaseUserObjectPermission.objects.count() == before


def test_grants_and_access_die_with_their_case(scene: Scene) -> None:
    case = make_report(scene.coordinator, scene.school, scene.pupil).case
    share_case(scene.coordinator, case, scene.colleague, Level.VIEW, now=NOW)
    case_id = case.pk
    case.delete()
    assert not CaseUserObjectPermission.objects.filter(content_object=case_id).exists()
    assert not Access.objects.filter(case=case_id).exists()


def test_nobody_holds_a_permission_on_all_cases_after_migration(db: None) -> None:
    kind = ContentType.objects.get_for_model(Case)
    codenames = set(Permission.objects.filter(content_type=kind).values_list("codename", flat=True))
    levels = {"view_case", "contribute_case", "manage_case"}
    assert codenames == levels | {"view_reporter", "export_case"}


# ── tokens ───────────────────────────────────────────────────────────────────
def test_a_token_reads_what_its_owner_sees_and_does_no_more(scene: Scene) -> None:
    token, _secret = issue_token(
        scene.coordinator, name="bi", schools=[scene.school], days=30, now=NOW
    )
    through = Who(scene.coordinator, NOW, token)
    assert rules_on(through, scene.case) == TOKEN_RULES
    assert visible_to(through, Level.VIEW).contains(scene.case)
    with pytest.raises(Http404):
        get_case(through, scene.case.uuid, "R17")


def test_a_token_never_reaches_a_restricted_case(scene: Scene) -> None:
    restrict(scene)
    token, _secret = issue_token(
        scene.coordinator, name="bi", schools=[scene.school], days=30, now=NOW
    )
    assert sees(scene.coordinator, scene.case)
    assert not visible_to(Who(scene.coordinator, NOW, token)).exists()


def test_a_token_without_scope_or_for_another_school_opens_nothing(scene: Scene) -> None:
    elsewhere = make_school("De Brug", "de-brug")
    token, _secret = issue_token(
        scene.coordinator, name="bi", schools=[scene.school], days=30, now=NOW
    )
    token.schools.set([elsewhere])
    assert not visible_to(Who(scene.coordinator, NOW, token)).exists()
    token.schools.set([scene.school])
    token.scopes = []
    assert not visible_to(Who(scene.coordinator, NOW, token)).exists()


def test_a_token_settles_nothing_not_even_what_its_owner_promised(scene: Scene) -> None:
    agreement = make_agreement(scene.coordinator, scene.case, owner_staff=scene.teacher)
    token, _secret = issue_token(scene.teacher, name="bi", schools=[scene.school], days=1, now=NOW)
    assert may_settle(scene.who(scene.teacher), agreement)
    assert not may_settle(Who(scene.teacher, NOW, token), agreement)


def test_who_reads_along_records_the_talk_they_hold_and_no_other(scene: Scene) -> None:
    share_case(scene.coordinator, scene.case, scene.colleague, Level.VIEW, now=NOW)
    own = make_talk(scene.coordinator, scene.case, conductor=scene.colleague)
    other = make_talk(scene.teacher, scene.case)
    assert may_record_talk(scene.who(scene.teacher), own)
    assert may_record_talk(scene.who(scene.colleague), own)
    assert not may_record_talk(scene.who(scene.colleague), other)
    token, _secret = issue_token(scene.teacher, name="bi", schools=[scene.school], days=1, now=NOW)
    assert not may_record_talk(Who(scene.teacher, NOW, token), other)
    take_back(scene.coordinator, scene.case, scene.colleague, now=NOW)
    assert not may_record_talk(scene.who(scene.colleague), own)


# ── one request ──────────────────────────────────────────────────────────────
def test_a_request_is_resolved_once(scene: Scene, django_assert_num_queries) -> None:
    request = RequestFactory().get("/")
    request.user, request.now = scene.teacher, NOW
    first = who(request)
    with django_assert_num_queries(1):
        assert (bool(first.seen), first.excluded) == (True, frozenset())
        assert first.roles == {Role.TEACHER}
    with django_assert_num_queries(1):
        assert rules_on(who(request), scene.case) == rules_on(who(request), scene.case)


def test_what_was_taken_back_is_gone_with_the_next_request(scene: Scene) -> None:
    share_case(scene.coordinator, scene.case, scene.colleague, Level.VIEW, now=NOW)
    assert sees(scene.colleague, scene.case)
    take_back(scene.coordinator, scene.case, scene.colleague, now=NOW)
    assert not sees(scene.colleague, scene.case)
