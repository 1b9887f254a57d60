"""Keeping somebody away from everything with pupils at one school while something is looked into."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from pestzorg.audit import log
from pestzorg.errors import broken
from pestzorg.four_eyes.agree import agreed
from schools import events
from schools.models import School, SchoolExclusion, User
from schools.models.exclusion import ExclusionReason
from schools.queries.exclusions import LIFT_SCHOOL_EXCLUSION, schools_decided_by
from schools.services.departures import gone_from


@transaction.atomic
def exclude_from_school(
    actor: User, school: School, user: User, *, reason: str, now: datetime
) -> SchoolExclusion:
    """Take away every role with pupils at this school at once, and every case. Refuses who may not decide that.

    Roles and grants stay stored and sleep. What the person had to do in open cases goes to who manages them.
    """
    if not _may_decide(actor.pk, school, now):
        raise broken(None, _("You cannot do this at this school."), "not_allowed")
    if reason not in ExclusionReason.values:
        raise broken("reason", _("Choose why."), "required")
    School.objects.select_for_update(no_key=True).get(pk=school.pk)
    if SchoolExclusion.objects.filter(school=school, user=user, lifted_at=None).exists():
        raise broken("person", _("This colleague is excluded already."), "already")
    exclusion = SchoolExclusion.objects.create(
        school=school, user=user, reason_code=reason, set_by=actor, set_at=now
    )
    _record(actor, events.EXCLUDED_FROM_SCHOOL, exclusion, now)
    gone_from(actor, user, school, now)
    return exclusion


@transaction.atomic
def lift_school_exclusion(actor: User, exclusion: SchoolExclusion, *, now: datetime) -> bool:
    """False: asked, a second person has to agree. True: lifted. Refuses who may not, and the same person twice."""
    if not _may_decide(actor.pk, exclusion.school, now):
        raise broken(None, _("You cannot do this at this school."), "not_allowed")
    live = SchoolExclusion.objects.select_for_update(of=("self",), no_key=True)
    found = live.filter(pk=exclusion.pk, lifted_at=None).first()
    if found is None:
        raise broken(None, _("This exclusion was lifted already."), "state")
    if not agreed(
        LIFT_SCHOOL_EXCLUSION, found.uuid, actor, now, lambda pk: _may_decide(pk, found.school, now)
    ):
        _record(actor, events.SCHOOL_LIFTING_ASKED, found, now)
        return False
    found.lifted_by, found.lifted_at = actor, now
    found.save(update_fields=["lifted_by", "lifted_at"])
    _record(actor, events.SCHOOL_EXCLUSION_LIFTED, found, now)
    return True


def _may_decide(person_id: int, school: School, now: datetime) -> bool:
    return schools_decided_by(person_id, now).filter(pk=school.pk).exists()


def _record(actor: User, verb: str, exclusion: SchoolExclusion, now: datetime) -> None:
    log.record(
        actor,
        verb,
        now=now,
        school_id=exclusion.school_id,
        subject_uuid=exclusion.user.uuid,
        reason=exclusion.reason_code,
    )
