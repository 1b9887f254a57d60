"""Which start page and menu a role gets. What a role may see of a case is decided in cases.access alone."""

from __future__ import annotations

from schools.access import REPORTERS, roles_of
from schools.roles import Role
from schools.web.staff_request import StaffRequest

STAFF: frozenset[str] = frozenset(REPORTERS)
OVERSEERS: frozenset[str] = frozenset({Role.COORDINATOR, Role.PRINCIPAL})


def roles_of_reader(request: StaffRequest) -> frozenset[str]:
    """Every role of the reader now; asked once per request."""
    found: frozenset[str] | None = getattr(request, "_pestzorg_roles", None)
    if found is None:
        found = request._pestzorg_roles = roles_of(request.user, request.now)  # type: ignore[attr-defined]
    return found
