"""Keeping what somebody typed until it is saved. Only the person who typed it gets it back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict

from pestzorg.posting.models import Draft

KEY = "once"
NOT_KEPT = {"csrfmiddlewaretoken", "draft", "who"}
# Who typed within this time counts as writing now.
WRITING = timedelta(minutes=5)
# A summer holiday; what was not picked up after that is not picked up any more.
KEPT = timedelta(days=60)


@dataclass(frozen=True)
class Drafts:
    """What is waiting at one page: my own newest draft, and who else is writing there."""

    place: str = ""
    mine: Draft | None = None
    others: tuple[Any, ...] = ()


@transaction.atomic
def keep(
    user: Any, place: str, data: QueryDict, *, now: datetime, case_uuid: UUID | None = None
) -> Draft:
    """Keep everything typed on a page, in the place of what the same page sent before."""
    draft, _new = Draft.objects.select_for_update().get_or_create(
        user=user,
        place=place,
        key=data.get(KEY, "")[:64],
        defaults={"saved_at": now, "case_uuid": case_uuid},
    )
    draft.data = {name: values for name, values in data.lists() if name not in NOT_KEPT}
    draft.saved_at = now
    draft.save()
    return draft


def place_of(request: Any) -> str:
    """Where a page keeps drafts: its address, or what a door said in `draft_place` when that address may change its meaning."""
    return str(getattr(request, "draft_place", request.path))


def drop(user: Any, place: str, key: str) -> None:
    """The page was saved, or its draft thrown away."""
    Draft.objects.filter(user=user, place=place, key=key).delete()


def waiting_at(user: Any, place: str, *, now: datetime, key: str = "") -> Drafts:
    """Drafts of this page, in one query; the one with this `key` stands in the page already."""
    found = (
        Draft.objects.filter(place=place)
        .filter(Q(user=user) | Q(saved_at__gt=now - WRITING))
        .select_related("user")
        .defer("data")
    )
    mine = [d for d in found if d.user_id == user.pk and d.key != key]
    others = {d.user_id: d.user for d in found if d.user_id != user.pk}
    return Drafts(place, mine[0] if mine else None, tuple(others.values()))


def taken_up(request: Any, place: str = "") -> QueryDict | None:
    """The draft that this page is asked to go on with (`?draft=<uuid>`), as if it were posted; else None.

    `place` is where the form is sent, when that is another address than the page's own.
    """
    try:
        uuid = UUID(request.GET.get("draft", ""))
    except ValueError:
        return None
    draft = Draft.objects.filter(
        user=request.user, place=place or place_of(request), uuid=uuid
    ).first()
    return typed_in(draft) if draft else None


def typed_in(draft: Draft) -> QueryDict:
    """A draft as posted data."""
    data = QueryDict(mutable=True)
    data.update(MultiValueDict(draft.data))
    return data


def around(request: Any, taken: QueryDict | None = None, place: str = "") -> dict[str, Any]:
    """What the template of a page that keeps drafts needs; `taken` is the draft it goes on with."""
    key = (taken or request.POST).get(KEY, "")
    return {
        "drafts": waiting_at(request.user, place or place_of(request), now=request.now, key=key),
        "once_key": key,
        "autosave_seconds": settings.AUTOSAVE_SECONDS,
    }


def clean(*, now: datetime) -> int:
    """Remove drafts that nobody picked up."""
    return Draft.objects.filter(saved_at__lt=now - KEPT).delete()[0]
