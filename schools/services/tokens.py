"""Personal API tokens: issued once in clear, kept as a hash, refused when expired, revoked or narrowed away."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from pestzorg.audit import log
from pestzorg.errors import broken
from schools import events
from schools.access import REPORTERS, schools_for
from schools.models import ApiToken, School, User
from schools.services.secret_words import hash_of, new_secret

LONGEST_LIFE = timedelta(days=365)


@transaction.atomic
def issue_token(
    user: User, *, name: str, schools: Iterable[School], days: int, now: datetime
) -> tuple[ApiToken, str]:
    """A read token for schools where the owner works, at most 365 days. Returns the secret, for the only time."""
    chosen = list(schools)
    allowed = set(schools_for(user, now, REPORTERS).values_list("pk", flat=True))
    if not chosen or {school.pk for school in chosen} - allowed:
        raise broken("schools", _("Choose one or more of your own schools."))
    if not timedelta(0) < timedelta(days=days) <= LONGEST_LIFE:
        raise broken("days", _("Choose between 1 and 365 days."))
    secret = new_secret()
    token = ApiToken.objects.create(
        user=user,
        name=name,
        prefix=secret[:8],
        secret_hash=hash_of(secret),
        scopes=[ApiToken.Scope.CASES_READ],
        created_at=now,
        expires_at=now + timedelta(days=days),
    )
    token.schools.set(chosen)
    log.record(user, events.KEY_ISSUED, now=now, subject_uuid=token.uuid)
    return token, secret


@transaction.atomic
def revoke_token(user: User, token: ApiToken, *, now: datetime) -> None:
    """Ends an own token at once."""
    own = ApiToken.objects.filter(pk=token.pk, user=user, revoked_at=None)
    if own.update(revoked_at=now):
        log.record(user, events.KEY_REVOKED, now=now, subject_uuid=token.uuid)


def revoke_tokens(person: User, school: School | None, *, now: datetime) -> None:
    """End every token of somebody that reaches this school; without a school all of them."""
    living = ApiToken.objects.filter(user=person, revoked_at=None)
    if school is not None:
        living = living.filter(schools=school)
    for token in living:
        revoke_token(person, token, now=now)


def token_of(secret: str, now: datetime) -> ApiToken | None:
    """The living token behind a secret, or None; remembers the day it was used."""
    token = (
        ApiToken.objects.select_related("user")
        .filter(
            secret_hash=hash_of(secret), revoked_at=None, expires_at__gt=now, user__is_active=True
        )
        .first()
    )
    if token:
        _remember_use(token, now.date())
    return token


def _remember_use(token: ApiToken, today: date) -> None:
    if token.last_used_on != today:
        ApiToken.objects.filter(pk=token.pk).update(last_used_on=today)
