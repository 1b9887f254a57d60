"""What guardian's stock calls answer, and what this installation answers instead: eleven traps, eleven tests.

Each test first shows the trap itself, so that it fails on the day guardian changes or somebody uses the stock call.
"""

from __future__ import annotations

import ast
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
from django import forms
from django.apps import apps
from django.conf import settings as project
from django.contrib.admin import AdminSite
from django.contrib.auth.models import AnonymousUser, Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.contrib.messages.storage.cookie import CookieStorage
from django.core.exceptions import PermissionDenied
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.db import IntegrityError, transaction
from django.test import Client, RequestFactory
from django.urls import NoReverseMatch
from django.views.generic import DetailView, ListView
from guardian import shortcuts as stock  # noqa: TID251 - the stock calls are what this file is about
from guardian.admin import GuardedModelAdmin
from guardian.conf import settings as guardian_settings
from guardian.core import ObjectPermissionChecker
from guardian.management import create_anonymous_user
from guardian.mixins import PermissionListMixin, PermissionRequiredMixin
from guardian.models import GroupObjectPermission, UserObjectPermission
from packaging.version import Version
from rest_framework import serializers

from cases.access import Who, can, can_see_content, rules_on, visible_to, who_sees
from cases.ceilings import Level
from cases.models import Case, CaseUserObjectPermission
from cases.services.sharing import rebuild_access, share_case, take_back
from pestzorg.testing.builders import (
    NOW,
    make_case_active,
    make_class,
    make_person,
    make_pupil,
    make_school,
)
from pestzorg.tests.security.choices import (
    choices_of,
    choices_of_forms,
    choices_of_serializers,
    offered,
)
from pestzorg.tests.security.test_inventory import CSRF
from schools.models import School, User
from schools.roles import Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def school(db: None) -> School:
    return make_school()


@pytest.fixture
def boss(school: School) -> User:
    return make_person(Role.COORDINATOR, school, first_name="Sami")


@pytest.fixture
def colleague(school: School) -> User:
    return make_person(Role.TEACHER, school, first_name="Joost")


@pytest.fixture
def case(school: School, boss: User, colleague: User) -> Case:
    """A case that the colleague manages by a personal grant."""
    found = make_case_active(boss, boss, school, make_pupil(make_class(school)))
    share_case(boss, found, colleague, Level.MANAGE, now=NOW)
    return found


def permission(codename: str) -> Permission:
    return Permission.objects.get(codename=codename, content_type__model="case")


def stock_lists(user: Any, case: Case, *perms: str, **options: Any) -> bool:
    names = [f"cases.{perm}" for perm in perms or ("manage_case",)]
    found = stock.get_objects_for_user(user, names, klass=Case, **options)
    return bool(found.filter(pk=case.pk).exists())


def is_closed(user: Any, case: Case) -> bool:
    """No rule, no list, no seat among those who see it."""
    me = Who(user, NOW)
    in_list = visible_to(me).filter(pk=case.pk).exists()
    return not (
        rules_on(me, case) or in_list or user in {seer.user for seer in who_sees(case, NOW)}
    )


def fresh(user: User) -> User:
    """The same account, without what guardian and Django remember on the object."""
    return User.objects.get(pk=user.pk)


def test_g1_a_new_object_inherits_nothing_from_a_deleted_one(
    boss: User, colleague: User, case: Case
) -> None:
    team = Group.objects.create(name="team")
    stock.assign_perm("auth.change_group", colleague, team)
    number = team.pk
    team.delete()
    assert fresh(colleague).has_perm(
        "auth.change_group", Group.objects.create(pk=number, name="new")
    )

    number, uuid = case.pk, case.uuid
    case.conversations.all().delete()
    Case.objects.filter(pk=case.pk).delete()
    assert not CaseUserObjectPermission.objects.exists()
    again = Case.objects.create(pk=number, school=case.school, opened_at=NOW)
    rebuild_access(again)
    assert is_closed(colleague, again)
    assert again.uuid != uuid


def test_g2_an_inactive_account_is_in_no_list(colleague: User, case: Case) -> None:
    User.objects.filter(pk=colleague.pk).update(is_active=False)
    gone = fresh(colleague)
    assert not gone.has_perm("cases.manage_case", case)
    assert stock_lists(gone, case)
    assert gone in stock.get_users_with_perms(case)

    assert is_closed(gone, case)
    assert not can_see_content(gone, case, NOW)


def test_g3_a_superuser_sees_nothing_by_being_one(school: School, case: Case) -> None:
    root = User.objects.create(email="root@example.org", is_superuser=True, is_staff=True)
    assert root.has_perm("cases.manage_case", case)
    assert stock_lists(root, case)

    assert is_closed(root, case)


def test_g4_a_permission_on_the_model_opens_no_object(school: School, case: Case) -> None:
    outsider = make_person(Role.TEACHER, school, first_name="Ilse")
    outsider.user_permissions.add(permission("manage_case"))
    outsider = fresh(outsider)
    assert not outsider.has_perm("cases.manage_case", case)
    assert stock_lists(outsider, case)

    assert is_closed(outsider, case)


class RequestOfAdmin(RequestFactory):
    """A posted form of the admin, with the place where it leaves its messages."""

    def granting(self, user: User, permissions: list[str]) -> Any:
        request = self.post("/", {"permissions": permissions})
        request.user = user
        request._messages = CookieStorage(request)  # type: ignore[attr-defined]
        return request


def test_g5_nobody_grants_themselves_rights_in_an_admin_page(colleague: User) -> None:
    team = Group.objects.create(name="team")
    colleague.user_permissions.add(Permission.objects.get(codename="change_group"))
    staff = fresh(colleague)
    request = RequestOfAdmin().granting(staff, ["view_group", "delete_group"])
    with pytest.raises(NoReverseMatch):  # the page to return to: by then the rights are given
        GuardedModelAdmin(Group, AdminSite()).obj_perms_manage_user_view(request, team.pk, staff.pk)
    assert fresh(colleague).has_perm("auth.delete_group", team)

    assert not apps.is_installed("django.contrib.admin")
    assert imported("guardian.admin") | imported("django.contrib.admin") == set()


def test_g6_no_grant_to_a_group_outlives_the_personal_one(
    boss: User, colleague: User, case: Case
) -> None:
    team = Group.objects.create(name="team")
    colleague.groups.add(team)
    stock.assign_perm("cases.manage_case", team, case)
    take_back(boss, case, colleague, now=NOW)
    assert fresh(colleague).has_perm("cases.manage_case", case)
    assert stock_lists(fresh(colleague), case)

    assert is_closed(colleague, case)


def test_g7_what_was_taken_back_is_gone_at_the_next_request(
    boss: User, colleague: User, case: Case, client: Client, at: Any
) -> None:
    at(NOW)
    client.force_login(colleague)
    assert client.get(f"/cases/{case.uuid}/").status_code == 200
    kept = ObjectPermissionChecker(colleague)
    assert kept.has_perm("manage_case", case)
    take_back(boss, case, colleague, now=NOW)
    assert kept.has_perm("manage_case", case)

    assert client.get(f"/cases/{case.uuid}/").status_code == 404
    assert not can_see_content(colleague, case, NOW)
    assert imported("guardian.core") == set()


def test_g8_there_is_no_account_for_everybody(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not User.objects.filter(email__startswith="Anonymous").exists()
    with pytest.raises(User.DoesNotExist):
        stock_lists(AnonymousUser(), case)
    monkeypatch.setattr(guardian_settings, "ANONYMOUS_USER_NAME", "AnonymousUser")
    create_anonymous_user(sender=None, using="default")
    everybody = User.objects.get(email="AnonymousUser")
    assert everybody.is_active
    grant_by_hand(everybody, case)
    assert AnonymousUser().has_perm("cases.manage_case", case)
    assert stock_lists(AnonymousUser(), case)

    assert project.ANONYMOUS_USER_NAME is None
    assert is_closed(AnonymousUser(), case)
    assert is_closed(everybody, case)


def grant_by_hand(user: User, case: Case) -> None:
    """What no service does: a row in the table of grants."""
    CaseUserObjectPermission.objects.create(
        user=user,
        content_object=case,
        permission=permission("manage_case"),
        purpose="shared",
        granted_by=user,
        granted_at=NOW,
        valid_until=NOW.replace(year=2099),
    )
    rebuild_access(case)


def test_g9_one_right_at_a_time_and_no_old_behaviour(
    school: School, case: Case, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    outsider = make_person(Role.TEACHER, school, first_name="Ilse")
    outsider.user_permissions.add(permission("view_case"))
    team = Group.objects.create(name="team")
    outsider.groups.add(team)
    stock.assign_perm("cases.contribute_case", team, case)
    wanted = ("view_case", "contribute_case", "manage_case")
    assert not stock_lists(fresh(outsider), case, *wanted)
    monkeypatch.setattr(guardian_settings, "LEGACY_GLOBAL_PERMS_GROUP_UNION", True)
    with pytest.deprecated_call():
        assert stock_lists(fresh(outsider), case, *wanted)

    assert is_closed(outsider, case)
    assert Version(version("django-guardian")) >= Version("3.5.2")
    settings.GUARDIAN_LEGACY_GLOBAL_PERMS_GROUP_UNION = True
    with pytest.raises(SystemCheckError, match=r"pestzorg\.E006"):
        call_command("check")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ANONYMOUS_USER_NAME", "AnonymousUser"),
        ("INSTALLED_APPS", [*project.INSTALLED_APPS, "django.contrib.admin"]),
    ],
)
def test_a_setting_that_opens_a_trap_keeps_the_installation_from_starting(
    name: str, value: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Not by override_settings: the apps themselves would be loaded anew.
    monkeypatch.setattr(project, name, value)
    with pytest.raises(SystemCheckError, match=r"pestzorg\.E006"):
        call_command("check")


class StockPage(PermissionRequiredMixin, DetailView):
    model, permission_required, raise_exception = Case, "cases.manage_case", True


class StockList(PermissionListMixin, ListView):
    model, permission_required = Case, "cases.manage_case"


def test_g10_what_is_closed_looks_like_what_is_absent(
    school: School, case: Case, client: Client, at: Any
) -> None:
    at(NOW)
    outsider = make_person(Role.TEACHER, school, first_name="Ilse")
    request = RequestFactory().get("/")
    request.user = outsider
    with pytest.raises(PermissionDenied):
        StockPage.as_view()(request, pk=case.pk)
    assert StockList.as_view()(request).status_code == 200

    client.force_login(outsider)
    closed = client.get(f"/cases/{case.uuid}/")
    absent = client.get(f"/cases/{school.uuid}/")
    assert (closed.status_code, absent.status_code) == (404, 404)
    assert CSRF.sub(b"", closed.content) == CSRF.sub(b"", absent.content)
    assert imported("guardian.mixins") | imported("guardian.decorators") == set()


class StockForm(forms.Form):
    case = forms.ModelChoiceField(Case.objects.all())


class StockSerializer(serializers.Serializer[Case]):
    case = serializers.PrimaryKeyRelatedField(queryset=Case.objects.all())
    cases = serializers.PrimaryKeyRelatedField(queryset=Case.objects.all(), many=True)


def test_g11_no_choice_offers_what_one_may_not_see(school: School, case: Case) -> None:
    assert str(case.pk) in str(StockForm())

    assert offered(choices_of(StockSerializer)) == ["StockSerializer.case", "StockSerializer.cases"]
    in_forms, in_api = list(choices_of_forms()), list(choices_of_serializers())
    assert len(in_forms) >= 3
    assert len(in_api) >= 10
    assert offered([*in_forms, *in_api]) == []


# ── for all of them ──────────────────────────────────────────────────────────
def test_the_stock_call_cannot_give_anybody_a_case(colleague: User, school: School) -> None:
    case = Case.objects.create(school=school, opened_at=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        stock.assign_perm("cases.view_case", colleague, case)
    assert not can(Who(colleague, NOW), "R14", case)


def test_the_services_write_no_generic_grant_and_no_permission_on_a_model(case: Case) -> None:
    assert not UserObjectPermission.objects.exists()
    assert not GroupObjectPermission.objects.exists()
    about_cases = ContentType.objects.get_for_model(Case)
    assert not User.objects.filter(user_permissions__content_type=about_cases).exists()
    assert not Group.objects.filter(permissions__content_type=about_cases).exists()


def imported(module: str) -> set[str]:
    """The files of the project that import a module of guardian's or Django's, tests and the benchmark left out."""
    return {
        str(path.relative_to(project.BASE_DIR))
        for app in ("cases", "schools", "pestzorg", "interventions")
        for path in (Path(project.BASE_DIR) / app).rglob("*.py")
        if not {"tests", "bench"} & set(path.parts)
        and imports(path.read_text(encoding="utf-8"), module)
    }


def imports(source: str, module: str) -> bool:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import) and any(
            name.name.startswith(module) for name in node.names
        ):
            return True
        if isinstance(node, ast.ImportFrom) and (
            (node.module or "").startswith(module)
            or module in {f"{node.module}.{name.name}" for name in node.names}
        ):
            return True
    return False


@pytest.mark.parametrize(
    "source", ["import guardian.core", "from guardian import core", "from guardian.core import x"]
)
def test_an_import_would_be_seen(source: str) -> None:
    assert imports(source, "guardian.core")
