"""Mail that does not arrive: who sees it, what it tells, trying it again and giving it up."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.core import mail as sent
from django.http import HttpResponse

from pestzorg.audit.models import AuditEvent
from pestzorg.errors import RuleBroken
from pestzorg.outbox.delivery import deliver
from pestzorg.outbox.models import Mail, State
from pestzorg.testing.builders import NOW, make_parked_mail, make_person, make_school
from pestzorg.testing.clients import signed_in
from schools.models import School, User
from schools.roles import Role
from schools.services.people import end_membership, give_role, new_person
from schools.services.stuck_mail import give_up_mail, retry_mail

PAGE = "/mail/"


@pytest.fixture
def school(db: None, at: Callable[[datetime], None]) -> School:
    at(NOW)
    return make_school()


@pytest.fixture
def admin(school: School) -> User:
    return make_person(Role.SCHOOL_ADMIN, school)


@pytest.fixture
def marit(school: School) -> User:
    return make_person(Role.TEACHER, school, first_name="Marit")


@pytest.fixture
def stranger(school: School) -> User:
    return make_person(Role.TEACHER, make_school("De Brug", "de-brug"), first_name="Vreemd")


@pytest.fixture
def system(school: School) -> User:
    person = new_person("system@example.org", "Sia", "Beheer")
    give_role(None, person, Role.SYSTEM_ADMIN, now=NOW - timedelta(days=1))
    return person


def retry(user: User, mail: Mail) -> HttpResponse:
    return signed_in(user).post(f"/mail/{mail.uuid}/retry/", follow=True)


def give_up(user: User, mail: Mail, reason: str = "told") -> HttpResponse:
    return signed_in(user).post(f"/mail/{mail.uuid}/give-up/", {"reason": reason}, follow=True)


def state_of(mail: Mail) -> str:
    return Mail.objects.get(pk=mail.pk).state


# ── for whom ─────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("role", [role for role in Role if role != Role.SYSTEM_ADMIN])
def test_only_who_runs_the_accounts_has_the_page(school: School, marit: User, role: Role) -> None:
    mail = make_parked_mail(marit)
    person = make_person(role, school, first_name="Fleur")
    allowed = role == Role.SCHOOL_ADMIN
    client = signed_in(person)
    assert client.get(PAGE).status_code == (200 if allowed else 404)
    assert client.get(f"/mail/{mail.uuid}/give-up/").status_code == (200 if allowed else 404)
    assert give_up(person, mail, "").status_code == (422 if allowed else 404)
    assert state_of(mail) == State.PARKED
    assert retry(person, mail).status_code == (200 if allowed else 404)
    assert (state_of(mail) == State.QUEUED) is allowed


def test_of_people_of_another_school_nothing_is_there(
    admin: User, system: User, stranger: User
) -> None:
    mail = make_parked_mail(stranger)
    assert signed_in(admin).get(PAGE).context["rows"] == []
    assert retry(admin, mail).status_code == 404
    assert give_up(admin, mail).status_code == 404
    assert state_of(mail) == State.PARKED
    assert [row.mail for row in signed_in(system).get(PAGE).context["rows"]] == [mail]


def test_mail_for_who_left_still_stands_there_to_be_given_up(
    school: School, admin: User, marit: User
) -> None:
    mail = make_parked_mail(marit)
    end_membership(None, marit.memberships.get(), now=NOW)
    assert [row.mail for row in signed_in(admin).get(PAGE).context["rows"]] == [mail]


@pytest.mark.parametrize("still_active", [True, False])
def test_who_went_to_another_school_belongs_there(
    school: School, admin: User, marit: User, *, still_active: bool
) -> None:
    mail = make_parked_mail(marit)
    there = make_school("De Brug", "de-brug")
    give_role(None, marit, Role.TEACHER, now=NOW - timedelta(hours=1), school=there)
    assert [row.mail for row in signed_in(admin).get(PAGE).context["rows"]] == [mail]
    end_membership(None, marit.memberships.get(school=school), now=NOW)
    # Also while the account is switched off: its place is the other school.
    User.objects.filter(pk=marit.pk).update(is_active=still_active)
    assert signed_in(admin).get(PAGE).context["rows"] == []
    assert retry(admin, mail).status_code == give_up(admin, mail).status_code == 404
    with pytest.raises(RuleBroken):
        give_up_mail(admin, mail, reason="told", now=NOW)
    new = make_person(Role.SCHOOL_ADMIN, there, first_name="Nieuw")
    assert [row.mail for row in signed_in(new).get(PAGE).context["rows"]] == [mail]


def test_who_went_to_the_board_belongs_to_no_school_any_more(
    school: School, admin: User, marit: User
) -> None:
    mail = make_parked_mail(marit)
    end_membership(None, marit.memberships.get(), now=NOW)
    give_role(None, marit, Role.BOARD_VIEWER, now=NOW - timedelta(hours=1), board=school.board)
    assert signed_in(admin).get(PAGE).context["rows"] == []
    assert give_up(admin, mail).status_code == 404


def test_mail_to_who_begins_soon_stands_there(school: School, admin: User) -> None:
    soon = new_person("soon@example.org", "Els", "Bos")
    give_role(None, soon, Role.TEACHER, now=NOW + timedelta(days=7), school=school)
    mail = make_parked_mail(soon)
    assert [row.mail for row in signed_in(admin).get(PAGE).context["rows"]] == [mail]


def test_who_does_not_look_after_mail_cannot_act_around_the_page(
    school: School, admin: User, marit: User, stranger: User
) -> None:
    mail, foreign = make_parked_mail(marit), make_parked_mail(stranger)
    for person, wanted in ((marit, mail), (admin, foreign)):
        with pytest.raises(RuleBroken):
            retry_mail(person, wanted, now=NOW)
        with pytest.raises(RuleBroken):
            give_up_mail(person, wanted, reason="told", now=NOW)
    assert {state_of(mail), state_of(foreign)} == {State.PARKED}


# ── what it tells ────────────────────────────────────────────────────────────
def test_it_tells_the_failure_since_when_and_how_often(admin: User, marit: User) -> None:
    make_parked_mail(marit)
    page = signed_in(admin).get(PAGE).content.decode()
    for told in (
        "Bericht over het eigen account voor Marit de Vries",
        marit.email,
        "De mailserver neemt het adres niet aan.",
        "sinds maandag 3 november, 10.00 uur",
        "8 keer geprobeerd",
        "SMTPRecipientsRefused 550",
    ):
        assert told in page


def test_what_a_mail_says_stands_nowhere_on_the_page(admin: User, marit: User) -> None:
    mail = make_parked_mail(marit, subject="Xsubject", text="Xtext", html="Xhtml")
    for path in (PAGE, f"/mail/{mail.uuid}/give-up/"):
        page = signed_in(admin).get(path).content.decode()
        assert not [word for word in ("Xsubject", "Xtext", "Xhtml", "new_device") if word in page]


def test_without_stuck_mail_it_says_so(admin: User) -> None:
    assert "Er wacht geen mail" in signed_in(admin).get(PAGE).content.decode()


def test_a_long_row_of_them_costs_no_more_questions(
    admin: User, marit: User, django_assert_max_num_queries
) -> None:
    client = signed_in(admin)
    for _number in range(30):
        make_parked_mail(marit)
    with django_assert_max_num_queries(14):
        assert len(client.get(PAGE).context["rows"]) == 30


# ── trying again ─────────────────────────────────────────────────────────────
def test_a_mail_that_is_tried_again_leaves(admin: User, marit: User) -> None:
    mail = make_parked_mail(marit)
    assert not retry(admin, mail).context["rows"]
    assert deliver(NOW).sent == 1
    assert sent.outbox[0].to == [marit.email]
    event = AuditEvent.objects.get(verb="mail_retried")
    assert (event.actor_id, event.subject_uuid) == (admin.pk, mail.uuid)
    assert event.facts == {"kind": "account", "failure": "address", "reason": ""}


def test_a_look_at_the_pages_changes_nothing(admin: User, marit: User) -> None:
    mail = make_parked_mail(marit)
    before = list(Mail.objects.values_list())
    client = signed_in(admin)
    for path in (PAGE, f"/mail/{mail.uuid}/give-up/", f"/mail/{mail.uuid}/retry/"):
        client.get(path)
    assert list(Mail.objects.values_list()) == before


def test_what_a_colleague_retried_already_is_not_there_any_more(admin: User, marit: User) -> None:
    mail = make_parked_mail(marit)
    retry_mail(admin, mail, now=NOW)
    assert retry(admin, mail).status_code == 404
    for act in (retry_mail, lambda *args, now: give_up_mail(*args, reason="told", now=now)):
        with pytest.raises(RuleBroken):
            act(admin, mail, now=NOW)
    assert state_of(mail) == State.QUEUED


# ── giving up ────────────────────────────────────────────────────────────────
def test_a_mail_that_is_given_up_never_leaves(admin: User, marit: User) -> None:
    mail = make_parked_mail(marit)
    assert give_up(admin, mail, "gone").redirect_chain[-1][0] == PAGE
    assert state_of(mail) == State.ABORTED
    assert deliver(NOW).sent == 0
    event = AuditEvent.objects.get(verb="mail_given_up")
    assert (event.actor_id, event.subject_uuid) == (admin.pk, mail.uuid)
    assert event.facts == {"kind": "account", "failure": "address", "reason": "gone"}


@pytest.mark.parametrize("reason", ["", "because"])
def test_without_a_reason_it_stays(admin: User, marit: User, reason: str) -> None:
    mail = make_parked_mail(marit)
    answer = give_up(admin, mail, reason)
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"reason"}
    assert state_of(mail) == State.PARKED
    with pytest.raises(RuleBroken):
        give_up_mail(admin, mail, reason=reason, now=NOW)
    assert not AuditEvent.objects.filter(verb="mail_given_up").exists()


# ── how to get there ─────────────────────────────────────────────────────────
def test_start_page_and_account_of_who_looks_after_mail_lead_there(
    admin: User, system: User, marit: User
) -> None:
    for person in (admin, system):
        for path in ("/start/", "/account/settings/"):
            assert f'href="{PAGE}"' in signed_in(person).get(path).content.decode()
    assert f'href="{PAGE}"' not in signed_in(marit).get("/account/settings/").content.decode()
