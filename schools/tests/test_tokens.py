"""API tokens: shown once, kept as a hash, ended by time, by hand and with the account."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from pestzorg.audit.models import AuditEvent
from pestzorg.errors import RuleBroken
from pestzorg.testing.builders import NOW, make_person, make_school
from schools import events
from schools.models import ApiToken, School, User
from schools.roles import Role
from schools.services.people import end_membership
from schools.services.tokens import issue_token, revoke_token, token_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def school() -> School:
    return make_school()


@pytest.fixture
def owner(school: School) -> User:
    return make_person(Role.COORDINATOR, school)


def issue(owner: User, *schools: School, **changes: Any) -> tuple[ApiToken, str]:
    values = {"name": "Rapport", "days": 30, "now": NOW, **changes}
    return issue_token(owner, schools=schools, **values)


def test_the_secret_opens_the_token_and_stands_nowhere(school: School, owner: User) -> None:
    token, secret = issue(owner, school)
    assert token_of(secret, NOW) == token
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM schools_apitoken")
        row = repr(cursor.fetchall())
    logged = json.dumps([event.facts for event in AuditEvent.objects.all()])
    for place in (row, logged, str(token), repr(token)):
        assert secret not in place
        assert secret[8:] not in place
    assert secret.startswith(token.prefix)


def test_two_tokens_never_share_a_secret(school: School, owner: User) -> None:
    secrets = {issue(owner, school)[1] for _ in range(20)}
    assert len(secrets) == 20
    assert min(len(secret) for secret in secrets) >= 46


def test_only_the_whole_secret_opens(school: School, owner: User) -> None:
    token, secret = issue(owner, school)
    for wrong in ("", secret[:-1], secret + "x", secret.swapcase(), token.secret_hash, "pz_"):
        assert token_of(wrong, NOW) is None


def test_a_token_ends_at_the_exact_moment(school: School, owner: User) -> None:
    token, secret = issue(owner, school, days=30)
    assert token.expires_at == NOW + timedelta(days=30)
    assert token_of(secret, token.expires_at - timedelta(microseconds=1)) == token
    assert token_of(secret, token.expires_at) is None


@pytest.mark.parametrize("days", [0, -1, 366, 10_000])
def test_a_token_lives_a_day_to_a_year(school: School, owner: User, days: int) -> None:
    with pytest.raises(RuleBroken) as refused:
        issue(owner, school, days=days)
    assert refused.value.problems[0].field == "days"
    assert not ApiToken.objects.exists()
    for fitting in (1, 365):
        assert issue(owner, school, days=fitting)


def test_the_database_refuses_a_token_that_never_lived(school: School, owner: User) -> None:
    token, _secret = issue(owner, school)
    with pytest.raises(IntegrityError), transaction.atomic():
        ApiToken.objects.filter(pk=token.pk).update(expires_at=NOW)


def test_a_token_is_for_schools_where_the_owner_works(school: School, owner: User) -> None:
    foreign = make_school("De Brug", "de-brug")
    for schools in ([], [foreign], [school, foreign]):
        with pytest.raises(RuleBroken) as refused:
            issue(owner, *schools)
        assert refused.value.problems[0].field == "schools"
    token, _secret = issue(owner, school)
    assert list(token.schools.all()) == [school]


@pytest.mark.parametrize("role", [Role.SCHOOL_ADMIN, Role.BOARD_VIEWER, Role.DPO])
def test_roles_without_cases_get_no_token(school: School, role: Role) -> None:
    with pytest.raises(RuleBroken):
        issue(make_person(role, school), school)


def test_who_left_gets_no_token(school: School, owner: User) -> None:
    end_membership(None, owner.memberships.get(), now=NOW)
    with pytest.raises(RuleBroken):
        issue(owner, school)


def test_a_token_reads_cases_and_nothing_else(school: School, owner: User) -> None:
    assert issue(owner, school)[0].scopes == ["cases:read"]


# ── ending ───────────────────────────────────────────────────────────────────
def test_a_revoked_token_is_dead_at_once(school: School, owner: User) -> None:
    token, secret = issue(owner, school)
    other, other_secret = issue(owner, school)
    revoke_token(owner, token, now=NOW)
    assert token_of(secret, NOW) is None
    assert token_of(other_secret, NOW) == other
    assert AuditEvent.objects.filter(verb=events.KEY_REVOKED).get().subject_uuid == token.uuid


def test_nobody_revokes_the_token_of_somebody_else(school: School, owner: User) -> None:
    token, secret = issue(owner, school)
    revoke_token(make_person(Role.PRINCIPAL, school), token, now=NOW)
    assert token_of(secret, NOW) == token
    assert not AuditEvent.objects.filter(verb=events.KEY_REVOKED).exists()


def test_revoking_twice_keeps_the_first_moment(school: School, owner: User) -> None:
    token, _secret = issue(owner, school)
    for later in range(2):
        revoke_token(owner, token, now=NOW + timedelta(days=later))
    token.refresh_from_db()
    assert token.revoked_at == NOW
    assert AuditEvent.objects.filter(verb=events.KEY_REVOKED).count() == 1


def test_a_token_dies_with_the_account(school: School, owner: User) -> None:
    _token, secret = issue(owner, school)
    User.objects.filter(pk=owner.pk).update(is_active=False)
    assert token_of(secret, NOW) is None


# ── use ──────────────────────────────────────────────────────────────────────
def test_the_day_of_use_is_remembered_once_a_day(
    school: School, owner: User, django_assert_num_queries: Any
) -> None:
    token, secret = issue(owner, school)
    with django_assert_num_queries(2):
        token_of(secret, NOW)
    with django_assert_num_queries(1):
        token_of(secret, NOW + timedelta(hours=1))
    token_of(secret, NOW + timedelta(days=1))
    token.refresh_from_db()
    assert token.last_used_on == (NOW + timedelta(days=1)).date()
