"""Mail that came back: what a mail service may tell, what is kept of it, and who hears of it."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core import mail as sent
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from pestzorg.audit.models import AuditEvent
from pestzorg.errors import RuleBroken
from pestzorg.outbox.bounces import dead_among
from pestzorg.outbox.delivery import deliver
from pestzorg.outbox.models import DeadAddress, Mail, MailEvent, State
from pestzorg.outbox.queue import put
from pestzorg.testing.builders import (
    NOW,
    make_agreement,
    make_case_active,
    make_class,
    make_person,
    make_pupil,
    make_school,
)
from pestzorg.testing.clients import signed_in
from schools.models import School, User
from schools.queries.stuck_mail import unreachable
from schools.roles import Role
from schools.services.bounced_mail import revive_address
from schools.services.people import end_membership
from schools.tasks import run_tidy_bounces
from schools.tests.mail_news import PROVIDERS, payload

SECRET = "service:a-word-that-nobody-guesses"
PATH = "/mail/events/"
DAY = timedelta(days=1)


@pytest.fixture
def school(db: None, at: Callable[[datetime], None], settings: Any) -> School:
    at(NOW)
    settings.MAIL_EVENTS_SECRET = SECRET
    settings.MAIL_PROVIDER = "postmark"
    return make_school()


@pytest.fixture
def admin(school: School) -> User:
    return make_person(Role.SCHOOL_ADMIN, school)


@pytest.fixture
def marit(school: School) -> User:
    return make_person(Role.TEACHER, school, first_name="Marit")


def notice(person: User, number: int = 1, now: datetime = NOW) -> Mail:
    mail = put("account", person.pk, now.date(), f"new_device:{number}", now, now)
    assert mail is not None
    return mail


def tell(told: Any, secret: str | None = SECRET, client: Client | None = None) -> HttpResponse:
    headers = {}
    if secret is not None:
        headers["Authorization"] = "Basic " + base64.b64encode(secret.encode()).decode()
    body = told if isinstance(told, str) else json.dumps(told)
    client = client or Client(enforce_csrf_checks=True)
    return client.post(PATH, body, content_type="application/json", headers=headers)


def bounce(person: User, what: str = "hard", mail: Mail | None = None, number: int = 1) -> None:
    assert tell(payload("postmark", what, person.email, mail, number)).status_code == 200


def is_dead(person: User) -> bool:
    return bool(dead_among({person.pk: person.email}))


# ── who may call ─────────────────────────────────────────────────────────────
@pytest.mark.parametrize("secret", [None, "", "service:", "service:wrong", SECRET + "x", "é:é"])
def test_without_the_secret_nothing_is_read(marit: User, secret: str | None) -> None:
    assert tell(payload("postmark", "hard", marit.email, None), secret).status_code == 403
    assert not MailEvent.objects.exists()


@pytest.mark.parametrize(
    ("provider", "secret"), [("", SECRET), ("postmark", ""), ("other", SECRET)]
)
def test_without_the_settings_there_is_no_such_page(
    marit: User, settings: Any, provider: str, secret: str
) -> None:
    settings.MAIL_PROVIDER, settings.MAIL_EVENTS_SECRET = provider, secret
    for given in (secret, "", None):
        assert tell(payload("postmark", "hard", marit.email, None), given).status_code == 404
    assert not MailEvent.objects.exists()


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize(
    "told", ["", "x", "[]", "{}", "null", "[1]", '{"event": 1}', '{"Type": []}']
)
def test_what_is_no_news_changes_nothing(
    school: School, settings: Any, provider: str, told: str
) -> None:
    settings.MAIL_PROVIDER = provider
    assert tell(told).status_code in {200, 400}
    assert not MailEvent.objects.exists()


def test_only_post_is_answered(school: School) -> None:
    basic = {"Authorization": "Basic " + base64.b64encode(SECRET.encode()).decode()}
    assert Client().get(PATH, headers=basic).status_code == 405


# ── what it does ─────────────────────────────────────────────────────────────
@pytest.mark.parametrize("provider", PROVIDERS)
def test_the_id_of_a_mail_travels_with_it_and_comes_back(
    marit: User, settings: Any, provider: str
) -> None:
    settings.MAIL_PROVIDER = provider
    mail = notice(marit)
    deliver(NOW)
    headers = sent.outbox[0].extra_headers.values()
    assert [value for value in headers if str(mail.uuid) in value]
    assert tell(payload(provider, "hard", marit.email, mail)).status_code == 200
    mail.refresh_from_db()
    assert (mail.state, mail.error) == (State.BOUNCED, "hard")
    event = MailEvent.objects.get()
    assert (event.mail, event.recipient_id, event.what) == (mail, marit.pk, "hard")


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize(
    ("what", "state", "dead"),
    [("hard", "bounced", True), ("soft", "bounced", False), ("complaint", "sent", True)],
)
def test_hard_soft_and_complaint_differ(
    marit: User, settings: Any, provider: str, what: str, state: str, dead: bool
) -> None:
    settings.MAIL_PROVIDER = provider
    mail = notice(marit)
    deliver(NOW)
    tell(payload(provider, what, marit.email, mail))
    mail.refresh_from_db()
    assert (mail.state, is_dead(marit)) == (state, dead)


def test_the_third_soft_bounce_in_two_weeks_counts(
    marit: User, at: Callable[[datetime], None]
) -> None:
    for number, days in enumerate([0, 15, 16], start=1):
        at(NOW + days * DAY)
        bounce(marit, "soft", number=number)
        assert not is_dead(marit)
    bounce(marit, "soft", number=4)
    assert is_dead(marit)
    assert DeadAddress.objects.get().since == NOW + 16 * DAY


def test_a_policy_against_the_sender_silences_nobody_at_once(marit: User) -> None:
    told = payload("postmark", "hard", marit.email, None) | {"Type": "DMARCPolicy"}
    tell(told)
    assert MailEvent.objects.get().what == "soft"
    assert not is_dead(marit)


@pytest.mark.parametrize("kind", ["Transient", "AutoResponder", "DnsError", "Unknown"])
def test_what_is_still_being_tried_is_no_news(marit: User, kind: str) -> None:
    tell(payload("postmark", "hard", marit.email, None) | {"Type": kind})
    assert not MailEvent.objects.exists()


@pytest.mark.parametrize("provider", PROVIDERS)
def test_the_same_news_twice_is_noted_once(marit: User, settings: Any, provider: str) -> None:
    settings.MAIL_PROVIDER = provider
    for _again in range(3):
        tell(payload(provider, "soft", marit.email, None))
    assert (
        MailEvent.objects.count() == AuditEvent.objects.filter(verb="mail_came_back").count() == 1
    )
    tell(payload(provider, "soft", marit.email, None, number=2))
    assert MailEvent.objects.count() == 2


@pytest.mark.parametrize("email", ["nobody@example.org", "", None])
def test_news_about_nobody_here_is_forgotten(school: School, email: Any) -> None:
    tell(payload("postmark", "hard", email, None))
    assert not MailEvent.objects.exists()


def test_nothing_of_the_mail_and_no_address_is_kept(marit: User) -> None:
    for what in ("hard", "soft", "complaint"):
        bounce(marit, what, number=hash(what) % 1000)
    events = AuditEvent.objects.filter(verb="mail_came_back").values_list()
    rows = [*MailEvent.objects.values_list(), *DeadAddress.objects.values_list(), *events]
    assert not [
        word for word in ("Xsubject", "Xreason", "Xcontent", marit.email) if word in repr(rows)
    ]


# ── mail waits, and leaves again ─────────────────────────────────────────────
def test_mail_for_a_dead_address_waits_unwritten_and_leaves_once_it_works(
    admin: User, marit: User
) -> None:
    bounce(marit)
    mail = notice(marit)
    for days in range(3):
        assert deliver(NOW + days * DAY).sent == 0
    mail.refresh_from_db()
    assert (mail.state, mail.attempts, mail.text) == (State.QUEUED, 0, "")
    revive_address(admin, marit, now=NOW)
    assert not is_dead(marit)
    assert deliver(NOW).sent == 1
    event = AuditEvent.objects.get(verb="mail_address_revived")
    assert (event.actor_id, event.subject_uuid) == (admin.pk, marit.uuid)


def test_with_another_address_mail_leaves_by_itself(marit: User) -> None:
    bounce(marit)
    notice(marit)
    deliver(NOW)
    marit.email = "marit.new@example.org"
    marit.save()
    assert not is_dead(marit)
    assert deliver(NOW + DAY).sent == 1


def test_others_get_their_mail(school: School, marit: User) -> None:
    other = make_person(Role.TEACHER, school, first_name="Joost")
    bounce(marit)
    for person in (marit, other):
        notice(person)
    deliver(NOW)
    assert [mail.to for mail in sent.outbox] == [[other.email]]


# ── who hears of it ──────────────────────────────────────────────────────────
def test_who_keeps_the_accounts_sees_the_address_and_brings_it_back(
    admin: User, marit: User
) -> None:
    bounce(marit)
    client = signed_in(admin)
    page = client.get("/mail/").content.decode()
    for told in ("Adressen waar mail niet aankomt", "Marit de Vries", marit.email, "bestaat niet"):
        assert told in page
    answer = client.post(reverse("mail:revive", args=[marit.uuid]), follow=True)
    assert answer.context["dead"] == []
    again = client.post(reverse("mail:revive", args=[marit.uuid]), follow=True)
    assert [m.level_tag for m in again.context["messages"]] == ["error"]


def test_of_another_school_nobody_sees_or_brings_it_back(admin: User, school: School) -> None:
    stranger = make_person(Role.TEACHER, make_school("De Brug", "de-brug"))
    bounce(stranger)
    client = signed_in(admin)
    assert client.get("/mail/").context["dead"] == []
    assert client.post(reverse("mail:revive", args=[stranger.uuid])).status_code == 404
    teacher = make_person(Role.TEACHER, school, first_name="Fleur")
    assert signed_in(teacher).post(reverse("mail:revive", args=[teacher.uuid])).status_code == 404
    for person in (admin, teacher):
        with pytest.raises(RuleBroken):
            revive_address(person, stranger, now=NOW)
    assert is_dead(stranger)


def test_the_agreement_says_to_coordinator_and_handler_that_mail_does_not_arrive(
    school: School, marit: User
) -> None:
    sami = make_person(Role.COORDINATOR, school, first_name="Sami")
    case = make_case_active(sami, marit, school, make_pupil(make_class(school, "7A", marit)))
    agreement = make_agreement(sami, case, owner_staff=marit)
    path = reverse("cases:agreement-page", args=[agreement.uuid])
    told = "Mail aan Marit de Vries komt niet aan sinds maandag 3 november."
    assert told not in signed_in(sami).get(path).content.decode()
    bounce(marit)
    for person in (sami, marit):
        assert told in signed_in(person).get(path).content.decode()
    assert [row.person for row in unreachable([marit, sami])] == [marit]


# ── what is kept ─────────────────────────────────────────────────────────────
def test_without_the_key_nobody_finds_an_address_by_trying(marit: User) -> None:
    bounce(marit, "hard")
    tried = {hashlib.new(name, marit.email.encode()).hexdigest() for name in ("sha1", "sha256")}
    (row,) = DeadAddress.objects.all()
    (event,) = MailEvent.objects.all()
    assert not tried & {row.address_hash, event.key}


def test_a_key_that_is_being_replaced_revives_no_address(marit: User, settings: Any) -> None:
    bounce(marit, "complaint")
    former, settings.SECRET_KEY = (
        settings.SECRET_KEY,
        "another key of fifty signs, as long as it has to be..",
    )
    assert unreachable([marit]) == []
    settings.SECRET_KEY_FALLBACKS = [former]
    assert [one.person for one in unreachable([marit])] == [marit]


def test_news_is_forgotten_after_ninety_days_and_a_dead_address_stays(
    marit: User, at: Callable[[datetime], None]
) -> None:
    bounce(marit, "hard")
    at(NOW + 89 * DAY)
    assert run_tidy_bounces() == 0
    at(NOW + 91 * DAY)
    assert run_tidy_bounces() == 1
    assert not MailEvent.objects.exists()
    assert [one.person for one in unreachable([marit])] == [marit]


@pytest.mark.parametrize("way", ["another address", "left", "switched off"])
def test_a_dead_address_that_nobody_has_is_forgotten_at_night(marit: User, way: str) -> None:
    bounce(marit, "hard")
    match way:
        case "another address":
            User.objects.filter(pk=marit.pk).update(email="marit.new@example.org")
        case "left":
            end_membership(None, marit.memberships.get(), now=NOW)
        case _:
            User.objects.filter(pk=marit.pk).update(is_active=False)
    assert run_tidy_bounces() == 1
    assert not DeadAddress.objects.exists()
    assert MailEvent.objects.exists()
