"""Stock django-guardian, as its documentation says to use it: measured beside ours in the same rounds.

The only place that calls guardian's shortcuts. It answers the same here because the made-up people have nothing
that guardian does not know: no end, no restricted case of theirs, no exclusion.
"""

from __future__ import annotations

from django.db.models import QuerySet
from guardian.core import ObjectPermissionChecker
from guardian.models import UserObjectPermission
from guardian.shortcuts import get_objects_for_user  # noqa: TID251 - the rival

from cases.models import Case
from schools.models import User

# Whoever may contribute or manage may also view; guardian has to be told each.
ANY = ["cases.view_case", "cases.contribute_case", "cases.manage_case"]


def open_cases(user: User) -> QuerySet[Case]:
    """The open cases of somebody."""
    found: QuerySet[Case] = get_objects_for_user(user, ANY, klass=Case, any_perm=True)
    return found.filter(is_open=True)


def page(user: User, size: int) -> list[Case]:
    """The newest open cases of somebody, with what a list shows of them."""
    newest = open_cases(user).select_related("school_class", "handler", "report")
    return list(newest.prefetch_related("participants").order_by("-opened_at", "-pk")[:size])


def sees(user: User, case: Case) -> bool:
    """The check of one case, with a checker that knows nothing yet."""
    return bool(ObjectPermissionChecker(user).has_perm("view_case", case))


def assign(users: list[User], case: Case) -> None:
    """Give everybody a case, one `assign_perm` each, in guardian's own table: ours refuses it."""
    for user in users:
        UserObjectPermission.objects.assign_perm("view_case", user, case)
