"""Who gets access to a case, and taking it back. The only writer of grants and of the Access read model.

Every verb locks the case row first: without it two writers can race, and somebody keeps a case that was
just taken away (docs/decisions/0003-access.md).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from django.contrib.auth.models import Permission
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from cases import events
from cases.ceilings import LEVEL_OF_PERMISSION, PERMISSION_OF_LEVEL, Level
from cases.models import Access, Agreement, Case, CaseUserObjectPermission, FollowUpTalk, Principal
from cases.models.access import FOREVER
from pestzorg.audit import log
from pestzorg.errors import broken
from schools.models import User
from schools.queries.people import staff_of
from schools.roles import Role

Purpose = CaseUserObjectPermission.Purpose


def lock(case: Case) -> Case:
    """The case row, locked until the transaction ends."""
    return Case.objects.select_for_update(no_key=True).get(pk=case.pk)


@transaction.atomic
def share_case(
    actor: User,
    case: Case,
    colleague: User,
    level: Level,
    *,
    now: datetime,
    valid_until: datetime = FOREVER,
    purpose: str = Purpose.SHARED,
) -> None:
    """Give a colleague of this school a level, replacing the one they had.

    Refuses oneself, outsiders, and whoever handles the case or leads the conversation: they would lose that.
    """
    locked = lock(case)
    if colleague.pk == actor.pk and purpose == Purpose.SHARED:
        raise broken("colleague", _("You cannot change your own access."), "self")
    if purpose != Purpose.HANDLING:
        _refuse_handling(locked, colleague)
    refuse_outsider(locked, colleague, now)
    if valid_until <= now:
        raise broken("valid_until", _("Choose a day in the future."), "past")
    _grants(locked, colleague).delete()
    codename = PERMISSION_OF_LEVEL[level]
    grant_permission(locked, colleague, codename, actor, purpose, now, valid_until)
    rebuild_access(locked)
    record_access(
        actor, events.ACCESS_GIVEN, locked, colleague, now, level=int(level), purpose=purpose
    )


@transaction.atomic
def take_back(actor: User, case: Case, colleague: User, *, now: datetime) -> None:
    """End a colleague's individual access at once. Refuses the handler and the lead: name another first."""
    locked = lock(case)
    _refuse_handling(locked, colleague)
    _grants(locked, colleague).delete()
    rebuild_access(locked)
    record_access(actor, events.ACCESS_TAKEN_BACK, locked, colleague, now)


def share_for_task(actor: User, case: Case, colleague: User, *, now: datetime) -> None:
    """Let somebody who got a task read the case; ends by itself with the last open task."""
    share_case(actor, case, colleague, Level.VIEW, now=now, purpose=Purpose.TASK)


@transaction.atomic
def end_share_without_task(case: Case, colleague: User, *, now: datetime) -> None:
    """Take back access that was given for a task, once no open agreement or talk of the person is left."""
    # Locked before looking: a task that is given at this moment must not lose the access it rests on.
    locked = lock(case)
    grants = _grants(case, colleague).filter(purpose=Purpose.TASK)
    if not grants.exists() or _has_open_task(case, colleague):
        return
    grants.delete()
    rebuild_access(locked)
    record_access(None, events.ACCESS_TAKEN_BACK, locked, colleague, now, purpose=Purpose.TASK)


def rebuild_access(case: Case) -> None:
    """Derive this case's rows again from the case and its grants. The caller holds the lock."""
    case.refresh_from_db(fields=["is_open", "opened_at", "restricted", "school"])
    Access.objects.filter(case=case).delete()
    _store(case, _derived(case))


def open_access(case: Case, grants: Iterable[CaseUserObjectPermission] = ()) -> None:
    """Derive the rows of a case that was made in this transaction, with all its grants: none are stored yet."""
    _store(case, _ways(case, grants, {}))


def _store(case: Case, ways: Iterable[tuple[Principal, int, datetime]]) -> None:
    Access.objects.bulk_create(
        Access(
            principal=principal,
            case=case,
            level=level,
            is_open=case.is_open,
            opened_at=case.opened_at,
            valid_until=until,
        )
        for principal, level, until in ways
    )


def refuse_outsider(case: Case, colleague: User, now: datetime) -> None:
    """Raises when a case may not be given to somebody: no work with pupils here, or excluded from it."""
    if not staff_of(case.school, now).filter(pk=colleague.pk).exists():
        raise broken(
            "colleague", _("Choose somebody who works with pupils at this school."), "outsider"
        )
    if case.exclusions.filter(user=colleague, lifted_at=None).exists():
        raise broken("colleague", _("This colleague is excluded from this case."), "excluded")


def _refuse_handling(case: Case, colleague: User) -> None:
    leads = case.conversations.exclude(status__in=["completed", "discontinued"])
    if case.handler_id == colleague.pk or leads.filter(lead=colleague).exists():
        raise broken(
            None,
            _(
                "This colleague handles the case or leads the conversation. Choose somebody else for that first."
            ),
            "handling",
        )


def _derived(case: Case) -> Iterator[tuple[Principal, int, datetime]]:
    # Opened as school leader it counts while the case is normal, as safety officer while it is restricted.
    role = Role.SAFETY_OFFICER if case.restricted else Role.PRINCIPAL
    ends: dict[User, datetime] = {}
    for glass in case.break_glass.filter(role_used=role, tidied=False).select_related("user"):
        ends[glass.user] = max(glass.valid_until, ends.get(glass.user, glass.valid_until))
    yield from _ways(case, case.grants.select_related("permission", "user"), ends)


def _ways(
    case: Case, grants: Iterable[CaseUserObjectPermission], ends: dict[User, datetime]
) -> Iterator[tuple[Principal, int, datetime]]:
    kind = Principal.Kind
    wanted: list[tuple[str, User | None, int, datetime]] = [
        (kind.AUDIENCE, None, Level.AS_ROLE_ALLOWS, FOREVER),
        *(
            (kind.SEAT, g.user, LEVEL_OF_PERMISSION[g.permission.codename], g.valid_until)
            for g in grants
        ),
        *((kind.GLASS, user, Level.VIEW, until) for user, until in ends.items()),
    ]
    known = _principals(case, [user for _kind, user, _level, _until in wanted if user])
    for of_kind, user, level, until in wanted:
        found = known.get((of_kind, user.pk if user else None))
        yield found or _principal(case, of_kind, user), level, until


def _principals(case: Case, users: list[User]) -> dict[tuple[str, int | None], Principal]:
    """Those that are there already, asked for together; nearly always all."""
    of_case = Principal.objects.filter(school=case.school_id, restricted=case.restricted)
    found = of_case.filter(Q(user=None) | Q(user__in=users))
    return {(principal.kind, principal.user_id): principal for principal in found}


def _principal(case: Case, kind: str, user: User | None) -> Principal:
    found, _made = Principal.objects.get_or_create(
        kind=kind, restricted=case.restricted, school_id=case.school_id, user=user
    )
    return found


def _grants(case: Case, colleague: User) -> QuerySet[CaseUserObjectPermission]:
    return CaseUserObjectPermission.objects.filter(content_object=case, user=colleague)


def grant_permission(
    case: Case,
    colleague: User,
    codename: str,
    actor: User,
    purpose: str,
    now: datetime,
    valid_until: datetime,
) -> None:
    """Write one grant. The caller holds the lock, and derives the access rows again afterwards."""
    CaseUserObjectPermission.objects.create(
        user=colleague,
        content_object=case,
        permission=Permission.objects.get(
            codename=codename,
            content_type__app_label="cases",
            content_type__model="case",
        ),
        purpose=purpose,
        granted_by=actor,
        granted_at=now,
        valid_until=valid_until,
    )


def _has_open_task(case: Case, colleague: User) -> bool:
    agreements = Agreement.objects.filter(case=case, status=Agreement.Status.OPEN)
    talks = FollowUpTalk.objects.filter(case=case, status=FollowUpTalk.Status.PLANNED)
    return (
        agreements.filter(owner_staff=colleague).exists()
        or agreements.filter(responsible_staff=colleague).exists()
        or talks.filter(conductor=colleague).exists()
    )


def record_access(
    actor: User | None,
    verb: str,
    case: Case,
    colleague: User,
    now: datetime,
    level: int | None = None,
    purpose: str | None = None,
) -> None:
    """Write down who gave or took which access."""
    log.record(
        actor,
        verb,
        now=now,
        school_id=case.school_id,
        case_uuid=case.uuid,
        subject_uuid=colleague.uuid,
        rule="R27",
        level=level,
        purpose=purpose,
    )
