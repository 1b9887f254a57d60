"""Who gets access to a case, and taking it back. The only writer of grants and of the Access read model.

Every verb locks the case row first: without it two writers can race, and somebody keeps a case that was
just taken away (docs/decisions/0003-access.md).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime

from django.contrib.auth.models import Permission
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from cases import events
from cases.ceilings import LEVEL_OF_PERMISSION, PERMISSION_OF_LEVEL, Level
from cases.models import (
    Access,
    Agreement,
    Case,
    CaseUserObjectPermission,
    Conversation,
    FollowUpTalk,
)
from cases.models.access import FOREVER
from cases.services.access_rows import store, store_grants, ways_of_new, ways_to
from pestzorg.audit import log
from pestzorg.errors import RuleBroken, broken
from schools.models import User
from schools.queries.people import staff_of

Purpose = CaseUserObjectPermission.Purpose
_tasks: list[Callable[[Case, User], bool]] = []


def register_task(has_open_task: Callable[[Case, User], bool]) -> None:
    """Count this as an open task too; called once at start-up by an app that gives people something to do in a case."""
    _tasks.append(has_open_task)


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


def share_for_task(
    actor: User,
    case: Case,
    colleague: User,
    *,
    now: datetime,
    level: Level = Level.VIEW,
    valid_until: datetime = FOREVER,
) -> None:
    """Let somebody who got a task see the case, beside what they have already. The caller holds the lock.

    Ends by itself with the last open task, or at a moment when that is sooner. What ends before goes on as this.
    """
    _share_beside(actor, case, colleague, level, Purpose.TASK, now, valid_until)


def share_to_lead(actor: User, case: Case, colleague: User, *, now: datetime) -> None:
    """Let somebody who leads a conversation write in the case. The caller holds the lock.

    Nobody gets less by leading, and what somebody has for a while does not become lasting by it.
    """
    lasting = _grants(case, colleague).filter(valid_until=FOREVER).select_related("permission")
    levels = [LEVEL_OF_PERMISSION[grant.permission.codename] for grant in lasting]
    if max(levels, default=0) < Level.CONTRIBUTE:
        _share_beside(actor, case, colleague, Level.CONTRIBUTE, Purpose.HANDLING, now, FOREVER)


def _share_beside(
    actor: User,
    case: Case,
    colleague: User,
    level: Level,
    purpose: str,
    now: datetime,
    valid_until: datetime,
) -> None:
    refuse_outsider(case, colleague, now)
    codename = PERMISSION_OF_LEVEL[level]
    # guardian keeps one row per person and permission.
    _grants(case, colleague).filter(permission__codename=codename).delete()
    grant_permission(case, colleague, codename, actor, purpose, now, valid_until)
    rebuild_access(case)
    record_access(
        actor, events.ACCESS_GIVEN, case, colleague, now, level=int(level), purpose=purpose
    )


@transaction.atomic
def end_share_without_task(case: Case, colleague: User, *, now: datetime) -> None:
    """Take back access that was given for a task, once the person has nothing open, for now or in the hands of a stand-in."""
    # Locked before looking: a task that is given at this moment must not lose the access it rests on.
    locked = lock(case)
    grants = _grants(case, colleague).filter(purpose=Purpose.TASK)
    if not grants.exists() or _has_open_task(case, colleague):
        return
    grants.delete()
    rebuild_access(locked)
    record_access(None, events.ACCESS_TAKEN_BACK, locked, colleague, now, purpose=Purpose.TASK)


@transaction.atomic
def end_handling(actor: User | None, case: Case, colleague: User, *, now: datetime) -> None:
    """Take back what handling or leading gave; who still has a task reads along until that is done."""
    locked = lock(case)
    grants = _grants(locked, colleague).filter(purpose=Purpose.HANDLING)
    last = grants.select_related("granted_by").last()
    if last is None:
        return
    grants.delete()
    rebuild_access(locked)
    record_access(actor, events.ACCESS_TAKEN_BACK, locked, colleague, now, purpose=Purpose.HANDLING)
    if _has_open_task(locked, colleague):
        # Somebody who left, or was excluded, reads nothing along.
        with suppress(RuleBroken):
            share_for_task(actor or last.granted_by, locked, colleague, now=now)


def rebuild_access(case: Case) -> None:
    """Derive this case's rows again from the case and its grants. The caller holds the lock."""
    case.refresh_from_db(fields=["is_open", "opened_at", "restricted", "school"])
    Access.objects.filter(case=case).delete()
    store(case, ways_to(case))


def open_access(case: Case, grants: Sequence[CaseUserObjectPermission] = ()) -> None:
    """Store the first grants of a case that was made in this transaction, and derive its rows."""
    if grants:
        store_grants(grants)
    store(case, ways_of_new(grants))


def refuse_outsider(case: Case, colleague: User, now: datetime) -> None:
    """Raises when a case may not be given to somebody: no work with pupils here, or excluded from it."""
    if not staff_of(case.school, now).filter(pk=colleague.pk).exists():
        raise broken(
            "colleague", _("Choose somebody who works with pupils at this school."), "outsider"
        )
    if case.exclusions.filter(user=colleague, lifted_at=None).exists():
        raise broken("colleague", _("This colleague is excluded from this case."), "excluded")


def _led(case: Case) -> QuerySet[Conversation]:
    """Conversations that somebody still leads."""
    return case.conversations.exclude(status__in=["completed", "discontinued"])


def _refuse_handling(case: Case, colleague: User) -> None:
    if case.handler_id == colleague.pk or _led(case).filter(lead=colleague).exists():
        raise broken(
            None,
            _(
                "This colleague handles the case or leads the conversation. Choose somebody else for that first."
            ),
            "handling",
        )


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
    agreements = Agreement.objects.filter(case=case, status__in=Agreement.LIVING)
    talks = FollowUpTalk.objects.filter(case=case, status=FollowUpTalk.Status.PLANNED)
    return (
        agreements.filter(owner_staff=colleague).exists()
        or agreements.filter(responsible_staff=colleague).exists()
        or talks.filter(conductor=colleague).exists()
        or _led(case).filter(lead=colleague).exists()
        or case.stand_ins.filter(ended_at=None, absent=colleague).exists()
        or any(has_open_task(case, colleague) for has_open_task in _tasks)
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
