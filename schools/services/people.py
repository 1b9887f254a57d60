"""Who joins, in which role, and who leaves."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import DateTimeField, Q, Value
from django.db.models.functions import Greatest
from django.utils.translation import gettext_lazy as _

from pestzorg.audit import log
from pestzorg.errors import broken
from pestzorg.signin.sessions import end_sessions, renew_sessions
from schools import events
from schools.models import Board, Membership, MembershipRole, School, User
from schools.roles import BOARD_ROLES, SCHOOL_ROLES, Role
from schools.services.departures import back_at, gone_from
from schools.services.feeds import end_feed
from schools.services.tokens import revoke_tokens

# After a summer somebody may just have been ill or on leave; after longer nobody remembers who asked them along.
AWAY = timedelta(days=30)


@transaction.atomic
def give_role(
    actor: User | None,
    user: User,
    role: Role,
    *,
    now: datetime,
    school: School | None = None,
    board: Board | None = None,
) -> MembershipRole:
    """A role from now on. Refuses a board role at a school and the reverse. Writes one audit event.

    Who comes back to a school after more than thirty days does not get the old personal access back.
    """
    _refuse_wrong_place(role, school, board)
    membership, _made = Membership.objects.get_or_create(user=user, school=school, board=board)
    held = MembershipRole.objects.valid_at(now).filter(membership=membership, role=role).first()
    if held:
        return held
    if school is not None and _was_away(membership, now):
        back_at(actor, user, school, now)
    log.record(
        actor,
        events.ROLE_GIVEN,
        now=now,
        school_id=school.pk if school else None,
        subject_uuid=user.uuid,
        role=role,
    )
    renew_sessions(user.pk)
    return MembershipRole.objects.create(membership=membership, role=role, valid_from=now)


@transaction.atomic
def end_membership(actor: User | None, membership: Membership, *, now: datetime) -> None:
    """Every role of the membership ends now, and with them at once everything that hung on it.

    Sessions, the tokens for this place and the calendar feed end; tasks in open cases go to who manages the case.
    Grants stay stored and sleep.
    """
    # Also roles that sleep (suspended) or are still to begin: else they would wake up later.
    running = membership.roles.filter(Q(valid_until=None) | Q(valid_until__gt=now))
    running.update(valid_until=Greatest("valid_from", Value(now, DateTimeField())))
    log.record(
        actor,
        events.MEMBERSHIP_ENDED,
        now=now,
        school_id=membership.school_id,
        subject_uuid=membership.user.uuid,
    )
    person, school = membership.user, membership.school
    end_sessions(person.pk)
    revoke_tokens(person, school, now=now)
    end_feed(person, now=now)
    if school is not None:
        gone_from(actor, person, school, now)


@transaction.atomic
def deactivate_person(actor: User | None, person: User, *, now: datetime) -> None:
    """Close the account: no sign-in, no session, no token, no calendar feed. Refuses nothing.

    Tasks go to who manages the case.
    """
    person.is_active = False
    person.save(update_fields=["is_active"])
    log.record(actor, events.PERSON_DEACTIVATED, now=now, subject_uuid=person.uuid)
    end_sessions(person.pk)
    revoke_tokens(person, None, now=now)
    end_feed(person, now=now)
    for school in School.objects.filter(memberships__user=person):
        gone_from(actor, person, school, now)


def new_person(email: str, first_name: str, last_name: str, password: str | None = None) -> User:
    """An account without any role yet; refuses an address that is taken."""
    user = User(email=email.lower(), first_name=first_name, last_name=last_name)
    user.set_password(password)
    try:
        user.full_clean(exclude=["password"])
    except ValidationError:
        raise broken("email", _("This e-mail address cannot be used.")) from None
    user.save()
    return user


def _was_away(membership: Membership, now: datetime) -> bool:
    running = Q(valid_until=None) | Q(valid_until__gte=now - AWAY)
    return membership.roles.exists() and not membership.roles.filter(running).exists()


def _refuse_wrong_place(role: Role, school: School | None, board: Board | None) -> None:
    fits = {
        role in SCHOOL_ROLES: school is not None and board is None,
        role in BOARD_ROLES: board is not None and school is None,
        role == Role.SYSTEM_ADMIN: school is None and board is None,
    }
    if not fits[True]:
        raise broken("role", _("This role does not fit this place."))
