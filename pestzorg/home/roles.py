"""Which start page and menu a role gets. What a role may see of a case is decided in cases.access alone."""

from __future__ import annotations

from cases.access import who
from schools.access import REPORTERS
from schools.roles import Role
from schools.web.staff_request import StaffRequest

STAFF: frozenset[str] = frozenset(REPORTERS)
OVERSEERS: frozenset[str] = frozenset({Role.COORDINATOR, Role.PRINCIPAL})


def roles_of_reader(request: StaffRequest) -> frozenset[str]:
    """Every role of the reader now; found with what they may see, in one query per request."""
    return who(request).roles
