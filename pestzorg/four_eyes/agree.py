"""Asking and agreeing. Whether somebody is entitled at all is the caller's question, asked before each call."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from pestzorg.errors import broken
from pestzorg.four_eyes.models import SecondPerson

# A request that nobody answered is forgotten: whoever still wants it explains it again.
WAITS_FOR = timedelta(days=14)


class Actor(Protocol):
    """Somebody who asks or agrees."""

    pk: int


def _anybody(_asker_id: int) -> bool:
    return True


@transaction.atomic
def agreed(
    verb: str,
    subject_uuid: UUID,
    actor: Actor,
    now: datetime,
    may_ask: Callable[[int], bool] = _anybody,
) -> bool:
    """False: asked now, and waiting for another. True: somebody else had asked, so the act may happen.

    Refuses whoever asked already. A request counts no more when it is old, or when `may_ask` says of the one who
    asked that they may not any more. Two people at the same moment: one asks, the other agrees.
    """
    old = waiting(verb, subject_uuid, now)
    if old is None or not may_ask(old.asked_by_id):
        withdraw(verb, subject_uuid, now)
    request, is_new = (
        _requests(verb, subject_uuid)
        .select_for_update()
        .get_or_create(
            verb=verb,
            subject_uuid=subject_uuid,
            settled_at=None,
            defaults={"asked_by_id": actor.pk, "asked_at": now},
        )
    )
    if is_new:
        return False
    if request.asked_by_id == actor.pk:
        raise broken(None, _("You asked for this. A second person has to agree."), "same_person")
    request.settled_by_id, request.settled_at = actor.pk, now
    request.save(update_fields=["settled_by_id", "settled_at"])
    return True


def waiting(verb: str, subject_uuid: UUID, now: datetime) -> SecondPerson | None:
    """The request that still waits for a second person."""
    return _requests(verb, subject_uuid).filter(asked_at__gt=now - WAITS_FOR).first()


def withdraw(verb: str, subject_uuid: UUID, now: datetime) -> None:
    """Forget a request: what it asks for is no longer wanted, or who asked may not ask any more."""
    _requests(verb, subject_uuid).update(settled_at=now)


def _requests(verb: str, subject_uuid: UUID) -> QuerySet[SecondPerson]:
    return SecondPerson.objects.filter(verb=verb, subject_uuid=subject_uuid, settled_at=None)
