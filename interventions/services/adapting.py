"""A school puts a method in its own words, and goes back to the method as published. What runs already keeps its words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from interventions import events
from interventions.models import MethodCopy
from interventions.protocol import UnknownMethod, current
from interventions.protocol.adapting import adapting_problems, tidied
from interventions.queries.offered import copy_in_use
from pestzorg.audit import log
from pestzorg.errors import broken, refuse_if
from pestzorg.posting.versions import Stale, write
from schools.models import School, User


@transaction.atomic
def adapt_method(
    actor: User,
    school: School,
    method: str,
    adaptations: Mapping[str, Any],
    *,
    now: datetime,
    read: MethodCopy | None = None,
) -> MethodCopy:
    """Make the next version of the school's own, over the newest edition; interventions that begin from now on use it.

    Refuses what belongs to the method, what is out of its bounds, and what differs from nothing. Raises Stale when a
    colleague made another version since `read`.
    """
    try:
        edition = current(method).version
    except UnknownMethod:
        raise broken("method", _("There is no such approach."), "unknown") from None
    active = _lock(school, method, read)
    tidy = tidied(method, edition, adaptations)
    refuse_if(adapting_problems(method, edition, tidy))
    if not tidy:
        raise broken(None, _("Nothing differs from the method as published."), "same")
    if active and (active.edition, active.adaptations) == (edition, tidy):
        raise broken(None, _("Nothing was changed."), "same")
    if active:
        _retire(actor, active, now)
    what = {"school": school, "method": method, "edition": edition, "adaptations": tidy}
    made = MethodCopy(**what, number=_next_number(school, method), made_by=actor, made_at=now)
    write(made, actor, now)
    _record(actor, events.METHOD_ADAPTED, made, now)
    return made


@transaction.atomic
def retire_copy(
    actor: User, school: School, method: str, *, now: datetime, read: MethodCopy | None = None
) -> MethodCopy:
    """Go back to the method as published, from the next intervention on. Refuses when the school has nothing of its own."""
    active = _lock(school, method, read)
    if active is None:
        raise broken(None, _("Your school runs this as published already."), "same")
    _retire(actor, active, now)
    _record(actor, events.METHOD_COPY_RETIRED, active, now)
    return active


def _lock(school: School, method: str, read: MethodCopy | None) -> MethodCopy | None:
    # The school, since there may be no version to lock yet.
    School.objects.select_for_update(no_key=True).get(pk=school.pk)
    active = copy_in_use(school, method)
    if active != read:
        raise Stale(MethodCopy._meta.label)
    return active


def _retire(actor: User, copy: MethodCopy, now: datetime) -> None:
    copy.status, copy.retired_by, copy.retired_at = MethodCopy.Status.RETIRED, actor, now
    write(copy, actor, now, ["status", "retired_by", "retired_at"])


def _next_number(school: School, method: str) -> int:
    last = MethodCopy.objects.filter(school=school, method=method).first()
    return last.number + 1 if last else 1


def _record(actor: User, verb: str, copy: MethodCopy, now: datetime) -> None:
    log.record(
        actor,
        verb,
        now=now,
        school_id=copy.school_id,
        subject_uuid=copy.uuid,
        rule="R64",
        method=copy.method,
        number=copy.number,
    )
