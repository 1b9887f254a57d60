"""S24: a session has a beginning and an end, its key is only in the browser, and its owner can end it anywhere."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client

from cases.models import Report
from pestzorg.audit.models import AuditEvent
from pestzorg.crypto.keyset import new_keyset
from pestzorg.signin.models import Session
from pestzorg.signin.sessions import client_of, end_sessions
from pestzorg.signin.store import SessionStore, hash_of
from pestzorg.signin.tasks import run_tidy
from pestzorg.testing.builders import NOW, PASSWORD, make_person, make_school
from schools.roles import Role
from schools.services.people import end_membership, give_role

PAGE = "/account/settings/"


@pytest.fixture
def school(db, at):
    at(NOW)
    return make_school()


@pytest.fixture
def teacher(school):
    return make_person(Role.TEACHER, school)


def sign_in(person, client=None, **headers):
    client = client or Client(headers=headers)
    answer = client.post("/account/login/", {"login": person.email, "password": PASSWORD})
    assert answer.status_code == 302, answer.content
    return client


def key_of(client):
    return client.cookies["pz"].value


def is_in(client):
    return client.get(PAGE).status_code == 200


# ── what a copy of the table is worth ────────────────────────────────────────
def test_a_dump_of_the_session_table_opens_no_session(teacher):
    browsers = [sign_in(teacher) for _ in range(3)]
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM signin_session")
        words = {str(cell) for row in cursor.fetchall() for cell in row}
    assert not words & {key_of(browser) for browser in browsers}
    opened = []
    for word in words:
        thief = Client()
        thief.cookies["pz"] = word
        opened += [word] if is_in(thief) else []
    assert opened == []
    assert all(is_in(browser) for browser in browsers)


def test_the_data_of_a_session_cannot_be_read_or_moved(teacher):
    mine, other = sign_in(teacher), sign_in(teacher)
    row = Session.objects.get(session_key=hash_of(key_of(mine)))
    assert teacher.email not in row.session_data
    Session.objects.filter(session_key=hash_of(key_of(other))).update(session_data=row.session_data)
    assert SessionStore(key_of(other)).load() == {}
    assert not is_in(other)


def test_a_session_sealed_with_a_lost_key_is_an_ended_session(teacher, settings):
    browser = sign_in(teacher)
    settings.FIELD_KEYSET = new_keyset()
    assert not is_in(browser)


def test_every_sign_in_is_noted_without_a_name(teacher):
    sign_in(teacher)
    event = AuditEvent.objects.get(verb="signed_in")
    assert (event.actor_id, event.at, event.facts) == (teacher.pk, NOW, {"known_browser": False})


def test_a_refused_sign_in_leaves_no_address_in_the_log(teacher, caplog):
    Client().post("/account/login/", {"login": teacher.email, "password": "fout"})
    assert "a sign-in was refused" in caplog.text
    assert teacher.email not in caplog.text


def test_the_demo_says_on_every_page_that_it_has_no_second_step(teacher, settings):
    settings.DEMO = True
    browser = sign_in(teacher)
    pages = ("/account/login/", PAGE, "/", "/cases/", "/account/2fa/", "/source/", "/no/such/page/")
    for path in pages:
        visitor = Client() if path == "/account/login/" else browser
        assert "zonder tweede inlogstap" in visitor.get(path).content.decode(), path


# ── a new key whenever somebody becomes somebody else ────────────────────────
def test_sign_in_gives_a_new_key(teacher):
    browser = Client()
    browser.get("/account/2fa/passkeys/login/", headers={"Accept": "application/json"})
    before = key_of(browser)
    sign_in(teacher, browser)
    assert key_of(browser) != before
    assert not SessionStore().exists(before)


def test_a_fresh_proof_gives_a_new_key(teacher):
    browser = sign_in(teacher)
    before = key_of(browser)
    browser.post("/account/reauthenticate/", {"password": PASSWORD})
    assert key_of(browser) != before
    assert not SessionStore().exists(before)
    assert is_in(browser)


def test_a_new_role_gives_a_new_key(teacher, school):
    browser = sign_in(teacher)
    before = key_of(browser)
    give_role(None, teacher, Role.COORDINATOR, now=NOW, school=school)
    assert is_in(browser)
    assert key_of(browser) != before
    assert not SessionStore().exists(before)
    settled = key_of(browser)
    assert is_in(browser)
    assert key_of(browser) == settled


def test_the_end_of_a_role_gives_a_new_key(teacher, school):
    browser = sign_in(teacher)
    before = key_of(browser)
    end_membership(None, teacher.memberships.get(), now=NOW)
    browser.get(PAGE)
    assert key_of(browser) != before


# ── ends ─────────────────────────────────────────────────────────────────────
def test_half_an_hour_idle_ends_it(teacher, at):
    browser = sign_in(teacher)
    at(NOW + timedelta(minutes=29))
    assert is_in(browser)
    at(NOW + timedelta(minutes=58))
    assert is_in(browser)
    at(NOW + timedelta(minutes=89))
    assert not is_in(browser)
    at(NOW + timedelta(minutes=58))
    assert not is_in(browser)


def test_ten_hours_end_it_however_busy(teacher, at):
    browser = sign_in(teacher)
    for minutes in range(20, 600, 20):
        at(NOW + timedelta(minutes=minutes))
        assert is_in(browser), minutes
    at(NOW + timedelta(hours=10, seconds=1))
    assert not is_in(browser)


def test_who_was_away_reads_so_and_comes_back_to_the_page(teacher, at):
    browser = sign_in(teacher)
    at(NOW + timedelta(hours=1))
    answer = browser.get("/cases/")
    assert answer["Location"] == "/account/login/?next=/cases/"
    assert "even weg" in browser.get(answer["Location"]).content.decode()


def test_a_program_whose_session_ended_gets_401(teacher, at):
    browser = sign_in(teacher)
    at(NOW + timedelta(hours=1))
    assert browser.get("/api/v1/cases/").status_code == 401


def test_sign_out_ends_it_at_the_server_and_clears_the_browser(teacher):
    browser = sign_in(teacher)
    key = key_of(browser)
    answer = browser.post("/account/logout/")
    assert answer["Clear-Site-Data"] == '"cache", "storage"'
    assert not SessionStore().exists(key)
    thief = Client()
    thief.cookies["pz"] = key
    assert not is_in(thief)


def test_looking_at_sign_out_does_not_sign_out(teacher):
    browser = sign_in(teacher)
    assert "Clear-Site-Data" not in browser.get("/account/logout/")
    assert is_in(browser)


# ── hide ─────────────────────────────────────────────────────────────────────
def test_who_comes_back_from_hide_within_half_a_minute_goes_on(teacher, at):
    browser = sign_in(teacher)
    browser.get("/clock/")
    at(NOW + timedelta(seconds=29))
    assert browser.get("/clock/back/")["Location"] == "/"
    assert is_in(browser)
    at(NOW + timedelta(minutes=5))
    assert is_in(browser)


def test_while_hidden_every_page_is_the_clock_also_by_the_back_button(teacher):
    browser = sign_in(teacher)
    browser.get("/clock/")
    for path in ("/", PAGE, "/cases/", "/reports/new/", "/account/settings/", "/nowhere/"):
        answer = browser.get(path)
        assert (answer.status_code, answer.get("Location")) in {(302, "/clock/"), (404, None)}, path
    assert not is_in(browser)


def test_what_was_sent_before_hiding_is_done_and_not_shown(teacher):
    browser = sign_in(teacher)
    browser.get("/clock/")
    answer = browser.post("/reports/new/", {"about": "Noor", "urgency": "this_week"})
    assert answer["Location"] == "/clock/"
    assert Report.objects.get().about == "Noor"
    refused = browser.post("/reports/new/", {"description": "Zonder naam"})
    assert refused["Location"] == "/clock/"


def test_the_way_back_does_nothing_for_a_stranger(db):
    stranger = Client()
    assert stranger.get("/clock/back/")["Location"] == "/"
    assert "pz" not in stranger.cookies


def test_after_half_a_minute_hide_asks_to_sign_in_again(teacher, at):
    browser = sign_in(teacher)
    browser.get("/clock/")
    at(NOW + timedelta(seconds=20))
    browser.get("/clock/")  # looking at the clock again does not start it anew
    at(NOW + timedelta(seconds=31))
    assert not is_in(browser)


def test_text_that_is_still_on_its_way_does_not_end_hiding(teacher, at):
    browser = sign_in(teacher)
    browser.get("/clock/")
    kept = {"draft": "keep", "who": str(teacher.uuid), "once": "x", "description": "Half a"}
    assert browser.post("/reports/new/", kept).status_code == 201
    assert browser.get("/drafts/key/").status_code == 200
    at(NOW + timedelta(seconds=31))
    assert not is_in(browser)


def test_the_clock_is_for_everybody_and_starts_no_session(db):
    stranger = Client()
    assert stranger.get("/clock/").status_code == 200
    assert "pz" not in stranger.cookies


# ── list and end ─────────────────────────────────────────────────────────────
def test_the_list_shows_own_browsers_without_address_or_full_name_of_the_program(teacher, school):
    sign_in(teacher, **{"User-Agent": "Mozilla/5.0 (Windows NT 10.0) Firefox/144.0 secret/1"})
    sign_in(make_person(Role.COORDINATOR, school), **{"User-Agent": "Safari iPhone"})
    browser = sign_in(teacher, **{"User-Agent": "X11; Linux Chrome/140"})
    page = browser.get("/account/sessions/").content.decode()
    assert "Firefox, Windows" in page
    assert "Chrome, Linux" in page
    assert ", iOS" not in page
    assert "secret" not in page
    assert "127.0.0.1" not in page


def test_one_or_all_others_can_be_ended(teacher):
    phone, tablet, here = (sign_in(teacher) for _ in range(3))
    named = hash_of(key_of(phone))
    assert here.post("/account/sessions/", {"session": named}).status_code == 302
    assert (is_in(phone), is_in(tablet), is_in(here)) == (False, True, True)
    here.post("/account/sessions/")
    assert (is_in(tablet), is_in(here)) == (False, True)


def test_nobody_ends_the_session_of_somebody_else(teacher, school):
    other = sign_in(make_person(Role.COORDINATOR, school))
    here = sign_in(teacher)
    here.post("/account/sessions/", {"session": hash_of(key_of(other))})
    here.post("/account/sessions/")
    assert is_in(other)


def test_a_new_password_ends_the_other_sessions(teacher):
    other, here = sign_in(teacher), sign_in(teacher)
    new = "een-heel-ander-woord"
    answer = here.post(
        "/account/password/change/",
        {"oldpassword": PASSWORD, "password1": new, "password2": new},
    )
    assert answer.status_code == 302, answer.content.decode()
    assert (is_in(other), is_in(here)) == (False, True)
    assert Session.objects.filter(user_id=teacher.pk).count() == 1


def test_all_sessions_of_somebody_can_be_ended_at_once(teacher):
    browsers = [sign_in(teacher) for _ in range(3)]
    assert end_sessions(teacher.pk) == 3
    assert [is_in(browser) for browser in browsers] == [False] * 3


@pytest.mark.parametrize(
    ("agent", "expected"),
    [
        ("Mozilla/5.0 (Windows NT 10.0; Win64) Chrome/140 Safari/537 Edg/140", "Edge, Windows"),
        ("Mozilla/5.0 (Linux; Android 15) Chrome/140 Mobile Safari/537", "Chrome, Android"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 14) Version/18 Safari/605", "Safari, macOS"),
        ("curl/8", ""),
        ("", ""),
    ],
)
def test_a_browser_is_named_in_two_words_at_most(agent, expected):
    assert client_of(agent) == expected


def test_the_housekeeping_takes_only_what_is_over(teacher, at):
    browser = sign_in(teacher)
    run_tidy()
    assert is_in(browser)
    Session.objects.update(expire_date=NOW - timedelta(days=1))
    run_tidy()
    assert not Session.objects.exists()
