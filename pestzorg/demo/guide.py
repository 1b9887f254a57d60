"""What somebody who starts the demo needs to know: the logins and where to begin."""

from __future__ import annotations

from collections.abc import Iterator

from pestzorg.demo.story import PASSWORD
from schools.models import MembershipRole
from schools.roles import Role

# path, as whom, what it shows
PAGES = [
    ("/", "teacher.a", "what is due for a teacher"),
    ("/reports/new/", "teacher.a", "report something you saw"),
    ("/cases/", "coordinator.a", "the cases you may see, and the conversation in ten steps"),
    ("/overview/", "coordinator.a", "how things stand at the school"),
    ("/demo/mails/", "coordinator.a", "the mails that would have been sent"),
]


def guide(address: str) -> Iterator[str]:
    """The lines to print when the demo is ready at this address."""
    yield f"Sign in with the password {PASSWORD} as"
    for email, roles in _roles_by_email().items():
        yield f"  {email:<34} {', '.join(roles)}"
    yield "Five pages to open"
    for path, who, shows in PAGES:
        yield f"  {address + path:<40} {shows} ({who})"


def _roles_by_email() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    places = ("membership__school__name", "membership__board__name")
    rows = MembershipRole.objects.order_by("membership__user__email", "role")
    for email, role, school, board in rows.values_list("membership__user__email", "role", *places):
        place = school or board
        found.setdefault(email, []).append(Role(role).label + (f" ({place})" if place else ""))
    return found
