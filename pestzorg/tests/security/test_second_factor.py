"""S19: with a password alone nobody gets beyond setting up the second step, on any route."""

from __future__ import annotations

import base64
import json
import re
from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth as totp
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.test import Client

from pestzorg.outbox.addresses import Address
from pestzorg.outbox.models import Mail
from pestzorg.rules.registry import routes
from pestzorg.signin import notices, throttle
from pestzorg.signin.models import Tries
from pestzorg.testing.builders import NOW, PASSWORD, make_person, make_school
from pestzorg.tests.security.personas import build_world
from pestzorg.tests.security.test_matrix import address
from schools.roles import Role
from schools.services.tokens import issue_token

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
SET_UP = "/account/2fa/"
# What a session with a password alone reaches: path -> what it is for.
OPEN = {
    "account/login/": "leads on",
    "account/logout/": "the way out",
    "account/reauthenticate/": "a fresh proof before setting up",
    "clock/": "hide",
    "clock/back/": "the way back from there, to where the session may go",
    "healthz": "a sign of life",
    "readyz": "a sign of life",
    "source/": "the licence",
}
FILL = {
    "country": "nl",
    "uidb36": "1",
    "key": "a-b",
    "name": "mail-1",
    "pk": 1,
    "kind": "digest",
    "language": "nl",
}


@pytest.fixture(autouse=True)
def required(settings):
    settings.MFA_REQUIRED = True
    cache.clear()  # allauth keeps used codes there; the next test may have the same half minute


@pytest.fixture
def teacher(db, at):
    at(NOW)
    return make_person(Role.TEACHER, make_school())


def with_password(person):
    client = Client()
    client.post("/account/login/", {"login": person.email, "password": PASSWORD})
    return client


def code(shift=0):
    """The code of now, or of another half minute."""
    counter = list(totp.yield_hotp_counters_from_time())[1] + shift
    return totp.format_hotp_value(totp.hotp_value(SECRET, counter))


@pytest.fixture
def with_app(teacher):
    totp.TOTP.activate(teacher, SECRET)
    return teacher


def answer_code(client, given):
    return client.post("/account/2fa/authenticate/", {"code": given})


def is_in(client):
    return client.get("/account/settings/").status_code == 200


# ── every route ──────────────────────────────────────────────────────────────
def filled(route: Any, objects: dict[str, Any]) -> str:
    plain = re.sub(r"[\^$]", "", re.sub(r"\(\?P<\w+>[^)]*\)", "x", route.path))
    return address(type(route)(plain, route.method, route.rule), FILL | objects)


def test_a_password_alone_reaches_no_route_but_set_up_and_the_way_out(db, at, caplog):
    caplog.set_level("ERROR", "django.request")
    at(NOW)
    world = build_world()
    asked = 0
    for route in routes():
        client = world.client("TM")
        answer = client.generic(route.method, filled(route, world.other | world.own.get("TM", {})))
        asked += 1
        if route.path in OPEN or route.path.startswith("account/2fa/"):
            continue
        if route.path.startswith("api/"):
            assert (answer.status_code, answer.json()["code"]) == (403, "second_factor_required")
        else:
            assert (answer.status_code, answer.headers.get("Location")) == (302, SET_UP), route
    assert asked == len(list(routes()))


def test_a_route_that_declares_nothing_new_is_closed_too(teacher):
    client = with_password(teacher)
    assert client.get("/no/such/page/").status_code == 404
    assert client.get("/account/password/change/")["Location"] == SET_UP
    assert client.get("/account/sessions/")["Location"] == SET_UP


def test_without_the_setting_a_password_is_enough(teacher, settings):
    settings.MFA_REQUIRED = False
    assert is_in(with_password(teacher))


def test_a_token_needs_no_second_step_of_its_own(teacher):
    school = teacher.memberships.get().school
    _token, secret = issue_token(teacher, name="sheet", schools=[school], days=9, now=NOW)
    program = Client(headers={"Authorization": f"Bearer {secret}"})
    assert program.get("/api/v1/cases/").status_code == 200


# ── setting up ───────────────────────────────────────────────────────────────
def test_set_up_of_an_app_opens_the_rest_and_gives_codes_for_later(teacher):
    client = with_password(teacher)
    assert "App koppelen" in client.get(SET_UP).content.decode()
    page = client.get("/account/2fa/app/add/").content.decode()
    secret = re.search(r">([A-Z2-7]{32})<", page)[1]
    assert "data:image/svg+xml" in page
    counter = list(totp.yield_hotp_counters_from_time())[1]
    first = totp.format_hotp_value(totp.hotp_value(secret, counter))
    key = client.cookies["pz"].value
    answer = client.post("/account/2fa/app/add/", {"code": first})
    assert answer["Location"] == "/account/2fa/codes/"
    assert client.cookies["pz"].value != key
    codes = set(
        re.findall(r"<code[^>]*>(\d{8})</code>", client.get(answer["Location"]).content.decode())
    )
    assert len(codes) == 10
    saved = client.get("/account/2fa/codes/file/")
    assert "attachment" in saved["Content-Disposition"]
    assert codes <= set(saved.content.decode().split())
    assert is_in(client)
    # the code that set it up does not open another browser
    assert "Code" in answer_code(with_password(teacher), first).content.decode()


def test_who_sat_elsewhere_with_the_password_alone_is_out_once_it_is_set_up(teacher):
    thief, owner = with_password(teacher), with_password(teacher)
    page = owner.get("/account/2fa/app/add/").content.decode()
    counter = list(totp.yield_hotp_counters_from_time())[1]
    secret = re.search(r">([A-Z2-7]{32})<", page)[1]
    owner.post(
        "/account/2fa/app/add/",
        {"code": totp.format_hotp_value(totp.hotp_value(secret, counter))},
    )
    assert is_in(owner)
    assert thief.get("/account/2fa/codes/")["Location"].startswith("/account/login/")


def test_a_wrong_code_sets_nothing_up(teacher):
    client = with_password(teacher)
    client.get("/account/2fa/app/add/")
    client.post("/account/2fa/app/add/", {"code": "000000"})
    assert not Authenticator.objects.exists()
    assert not is_in(client)


def test_secrets_are_sealed_in_the_database(with_app):
    RecoveryCodes.activate(with_app)
    stored = str(list(Authenticator.objects.values_list("data", flat=True)))
    assert SECRET not in stored
    assert base64.b64encode(SECRET.encode()).decode() not in stored
    assert re.search(r"seed': '[0-9a-f]{80}'", stored) is None


# ── signing in ───────────────────────────────────────────────────────────────
def test_password_and_code_together_open_the_rest(with_app):
    client = with_password(with_app)
    assert not is_in(client)
    assert answer_code(client, code()).status_code == 302
    assert is_in(client)


def test_who_has_an_app_is_not_signed_in_by_a_password(with_app):
    client = with_password(with_app)
    assert client.get(SET_UP)["Location"].startswith("/account/login/")
    assert client.get("/account/2fa/codes/file/").status_code == 302


def test_no_code_counts_twice(with_app):
    given = code()
    assert answer_code(with_password(with_app), given).status_code == 302
    client, replays = with_password(with_app), []
    for _ in range(100):
        Tries.objects.all().delete()  # not the limit on tries: the code itself is worthless
        replays.append(answer_code(client, given).status_code)
    assert replays == [200] * 100


def test_an_older_code_does_not_count_after_a_newer_one(with_app):
    assert answer_code(with_password(with_app), code()).status_code == 302
    assert answer_code(with_password(with_app), code(-1)).status_code == 200


def test_a_code_of_long_ago_or_of_somebody_else_does_not_count(with_app):
    client = with_password(with_app)
    assert answer_code(client, code(-3)).status_code == 200
    assert answer_code(client, code(3)).status_code == 200


def test_a_recovery_code_counts_once(with_app):
    codes = RecoveryCodes.activate(with_app).get_unused_codes()
    assert answer_code(with_password(with_app), codes[0]).status_code == 302
    assert answer_code(with_password(with_app), codes[0]).status_code == 200
    assert answer_code(with_password(with_app), codes[1]).status_code == 302


def test_codes_cannot_be_guessed(with_app, at):
    client = with_password(with_app)
    pages = [answer_code(client, "000000").content.decode() for _ in range(8)]
    assert sum("Te veel" not in page for page in pages) == throttle.SIGN_IN[0][0]
    at(NOW + timedelta(minutes=6))
    assert answer_code(client, code()).status_code == 302


def test_a_new_password_by_mail_does_not_pass_the_second_step(with_app, mailoutbox):
    client = Client()
    client.post("/account/password/reset/", {"email": with_app.email})
    link = next(w for w in mailoutbox[0].body.split() if "/password/reset/key/" in w)
    form = client.get(link.partition("8000")[2])["Location"]
    new = "een-heel-ander-woord"
    client.post(form, {"password1": new, "password2": new})
    assert not is_in(client)
    client.post("/account/login/", {"login": with_app.email, "password": new})
    assert not is_in(client)
    assert answer_code(client, code()).status_code == 302
    assert is_in(client)


# ── changing it ──────────────────────────────────────────────────────────────
def test_changing_the_second_step_asks_for_a_fresh_proof(with_app, at):
    client = with_password(with_app)
    answer_code(client, code())
    at(NOW + timedelta(minutes=6))
    for page in ("app/remove/", "passkeys/add/", "codes/new/"):
        assert "reauthenticate" in client.get(SET_UP + page)["Location"], page


def test_whoever_takes_the_app_away_sets_up_anew_at_the_next_sign_in(with_app):
    client = with_password(with_app)
    answer_code(client, code())
    assert client.post("/account/2fa/app/remove/").status_code == 302
    assert not Authenticator.objects.exists()
    assert with_password(with_app).get("/account/settings/")["Location"] == SET_UP


def test_for_a_lost_telephone_an_operator_takes_the_second_step_away(with_app, capsys):
    client = with_password(with_app)
    answer_code(client, code())
    RecoveryCodes.activate(with_app)
    call_command("second_step", "remove", with_app.email.upper())
    assert json.loads(capsys.readouterr().out) == {"removed": 2, "sessions": 1}
    assert not is_in(client)
    assert Mail.objects.get().key.startswith("second_step_removed:")
    assert with_password(with_app).get("/account/settings/")["Location"] == SET_UP
    with pytest.raises(CommandError):
        call_command("second_step", "remove", "nobody@example.org")


def test_the_notice_says_what_happened_and_nothing_else(with_app):
    notices.tell(with_app, "totp_deactivated", NOW)
    content = notices.AccountNotice().build(Mail.objects.get(), Address("a@example.org", "nl"), NOW)
    assert "De app met inlogcodes is van je account gehaald." in content.text
    for part in (content.subject, content.text, content.html):
        assert with_app.last_name not in part
        assert with_app.email not in part
        assert "127.0.0.1" not in part.replace("http://127.0.0.1:8000", "")


def test_what_changes_is_told_by_mail_without_content(with_app, settings):
    settings.SIGN_IN_NOTICES = True
    client = with_password(with_app)
    answer_code(client, code())
    client.post("/account/2fa/app/remove/")
    assert [m.key.partition(":")[0] for m in Mail.objects.order_by("pk")] == [
        "new_device",
        "totp_deactivated",
    ]
