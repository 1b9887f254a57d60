"""Who works where, and where mail for somebody goes."""

from __future__ import annotations

from datetime import datetime
from itertools import chain

from django.db.models import QuerySet

from pestzorg.outbox.addresses import Address
from schools.models import MembershipRole, School, SchoolExclusion, User
from schools.roles import Role

# Who can be asked along in a case: everybody who works with pupils.
CONTENT_ROLES = (Role.TEACHER, Role.COORDINATOR, Role.COUNSELLOR, Role.PRINCIPAL)
# The confidential counsellor supports and advises, and never handles a case (Stichting School & Veiligheid).
HANDLER_ROLES = (Role.TEACHER, Role.COORDINATOR)


def staff_of(
    school: School, now: datetime, roles: tuple[Role, ...] = CONTENT_ROLES
) -> QuerySet[User]:
    """Active people with one of these roles at the school now, by name."""
    held = MembershipRole.objects.valid_at(now).filter(membership__school=school, role__in=roles)
    return User.objects.filter(pk__in=held.values("membership__user")).order_by(
        "first_name", "last_name"
    )


def officers_of(school: School, now: datetime, role: Role) -> QuerySet[User]:
    """Active people with this role at the board of the school now, and not kept out of the school."""
    held = MembershipRole.objects.valid_at(now).filter(membership__board=school.board_id, role=role)
    out = SchoolExclusion.objects.filter(school=school, lifted_at=None)
    return User.objects.filter(pk__in=held.values("membership__user")).exclude(
        pk__in=out.values("user")
    )


def people_around(school: School, now: datetime) -> list[User]:
    """Everybody who works with pupils at the school, and who watches over its cases from the board."""
    officers = (officers_of(school, now, role) for role in (Role.SAFETY_OFFICER, Role.DPO))
    return list(dict.fromkeys(chain(staff_of(school, now), *officers)))


def roles_at(school: School, now: datetime) -> dict[int, list[str]]:
    """user id -> roles at this school now."""
    found: dict[int, list[str]] = {}
    rows = MembershipRole.objects.valid_at(now).filter(membership__school=school)
    for user_id, role in rows.values_list("membership__user_id", "role"):
        found.setdefault(user_id, []).append(role)
    return found


def address_of(recipient_id: int, now: datetime) -> Address | None:
    """Where mail goes; None for somebody who is inactive or belongs nowhere any more."""
    user = User.objects.filter(pk=recipient_id, is_active=True).first()
    if (
        user is None
        or not MembershipRole.objects.valid_at(now).filter(membership__user=user).exists()
    ):
        return None
    return Address(user.email, user.language)
