"""Who leaves is gone at once: sessions, tokens, tasks and mail, in one transaction."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from cases.access import Who, rules_on
from cases.ceilings import Level
from cases.models import Case
from cases.services.sharing import share_case
from pestzorg.audit.models import AuditEvent
from pestzorg.testing.builders import (
    NOW,
    make_agreement,
    make_case_active,
    make_class,
    make_person,
    make_pupil,
    make_school,
    make_talk,
)
from schools.models import ApiToken, Membership, School, User
from schools.roles import Role
from schools.services import departures
from schools.services.people import deactivate_person, end_membership, give_role
from schools.services.tokens import issue_token

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=1)


@pytest.fixture
def school() -> School:
    return make_school()


@pytest.fixture
def marit(school: School) -> User:
    return make_person(Role.TEACHER, school, first_name="Marit")


def boss_of(school: School) -> User:
    return make_person(Role.COORDINATOR, school, first_name="Sami")


def membership(person: User) -> Membership:
    return person.memberships.get()


def leaves(person: User, way: str) -> None:
    if way == "membership":
        end_membership(None, membership(person), now=LATER)
    else:
        deactivate_person(None, person, now=LATER)


def case_of(school: School, boss: User, lead: User) -> Case:
    return make_case_active(boss, lead, school, make_pupil(make_class(school)))


WAYS = pytest.mark.parametrize("way", ["membership", "account"])


@WAYS
def test_an_open_browser_has_to_sign_in_again(school: School, marit: User, at, way: str) -> None:
    at(LATER)
    mine, other = Client(), Client()
    mine.force_login(marit)
    other.force_login(boss_of(school))
    assert mine.get("/cases/").status_code == 200
    leaves(marit, way)
    answer = mine.get("/cases/")
    assert (answer.status_code, answer.headers["Location"].split("?")[0]) == (
        302,
        "/account/login/",
    )
    assert other.get("/cases/").status_code == 200


@WAYS
def test_tokens_are_revoked(school: School, marit: User, way: str) -> None:
    issue_token(marit, name="bi", schools=[school], days=30, now=NOW)
    leaves(marit, way)
    assert ApiToken.objects.get().revoked_at == LATER


def test_a_token_for_another_school_stays(school: School, marit: User) -> None:
    elsewhere = make_school("De Brug", "de-brug")
    give_role(None, marit, Role.TEACHER, now=NOW, school=elsewhere)
    token, _secret = issue_token(marit, name="bi", schools=[elsewhere], days=30, now=NOW)
    end_membership(None, marit.memberships.get(school=school), now=LATER)
    token.refresh_from_db()
    assert token.revoked_at is None


def test_leaving_the_board_ends_every_token(school: School) -> None:
    viewer = make_person(Role.BOARD_VIEWER, school)
    give_role(None, viewer, Role.TEACHER, now=NOW, school=school)
    issue_token(viewer, name="bi", schools=[school], days=30, now=NOW)
    end_membership(None, viewer.memberships.get(school=None), now=LATER)
    assert ApiToken.objects.get().revoked_at == LATER


@WAYS
def test_what_somebody_had_to_do_goes_to_who_manages_the_case(
    school: School, marit: User, way: str
) -> None:
    boss = boss_of(school)
    case = case_of(school, boss, marit)
    agreement = make_agreement(boss, case, owner_staff=marit, responsible_staff=marit)
    talk = make_talk(boss, case, conductor=marit)
    leaves(marit, way)
    for row in (agreement, talk):
        row.refresh_from_db()
    assert agreement.responsible_staff == talk.conductor == case.conversations.get().lead == boss
    assert AuditEvent.objects.filter(verb="case_handed_over", case_uuid=case.uuid).count() == 1
    (change,) = case.conversations.get().lead_changes.all()
    assert (change.former, change.lead, change.reason) == (marit, boss, "gone")


@WAYS
def test_a_handler_who_leaves_is_followed_by_somebody_who_manages(school: School, way: str) -> None:
    boss = boss_of(school)
    case = case_of(school, boss, make_person(Role.TEACHER, school, first_name="Els"))
    other = make_person(Role.COORDINATOR, school, first_name="Fleur")
    leaves(boss, way)
    case.refresh_from_db()
    assert case.handler == other


def test_grants_sleep_and_open_nothing(school: School, marit: User) -> None:
    boss = boss_of(school)
    colleague = make_person(Role.TEACHER, school, first_name="Joost")
    case = case_of(school, boss, marit)
    share_case(boss, case, colleague, Level.MANAGE, now=NOW)
    leaves(colleague, "membership")
    assert case.grants.filter(user=colleague).exists()
    assert rules_on(Who(colleague, LATER), case) == frozenset()


def test_all_or_nothing(school: School, marit: User, monkeypatch: pytest.MonkeyPatch) -> None:
    class Broken(Exception):
        pass

    def fails(*_args: object) -> None:
        raise Broken

    monkeypatch.setattr(departures, "_departures", [fails])
    issue_token(marit, name="bi", schools=[school], days=30, now=NOW)
    with pytest.raises(Broken):
        leaves(marit, "membership")
    assert ApiToken.objects.get().revoked_at is None
    assert membership(marit).roles.get().valid_until is None


@pytest.mark.parametrize(("days", "is_back"), [(30, True), (31, False)])
def test_old_grants_come_back_after_a_short_absence_only(
    school: School, marit: User, days: int, is_back: bool
) -> None:
    boss = boss_of(school)
    case = case_of(school, boss, boss)
    share_case(boss, case, marit, Level.VIEW, now=NOW)
    end_membership(None, membership(marit), now=LATER)
    back = LATER + timedelta(days=days)
    give_role(None, marit, Role.TEACHER, now=back, school=school)
    assert ("R14" in rules_on(Who(marit, back), case)) is is_back
    assert case.grants.filter(user=marit, purpose="lapsed").exists() is not is_back


def test_what_lapsed_can_be_given_anew(school: School, marit: User) -> None:
    boss = boss_of(school)
    case = case_of(school, boss, boss)
    share_case(boss, case, marit, Level.VIEW, now=NOW)
    end_membership(None, membership(marit), now=LATER)
    back = LATER + timedelta(days=40)
    give_role(None, marit, Role.TEACHER, now=back, school=school)
    share_case(boss, case, marit, Level.VIEW, now=back)
    assert "R14" in rules_on(Who(marit, back), case)
    assert not case.grants.filter(purpose="lapsed").exists()


def test_a_second_role_of_somebody_who_stayed_changes_no_grant(school: School, marit: User) -> None:
    boss = boss_of(school)
    case = case_of(school, boss, boss)
    share_case(boss, case, marit, Level.VIEW, now=NOW)
    give_role(None, marit, Role.COUNSELLOR, now=LATER, school=school)
    assert "R14" in rules_on(Who(marit, LATER), case)
