"""S17: who guesses is slowed down, and a school behind one address is not; S29: a program asks only so fast."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import count

import pytest
from django.db import connection
from django.test import Client

from pestzorg.signin import throttle
from pestzorg.signin.models import Bucket, KnownDevice, Tries
from pestzorg.signin.tasks import run_tidy
from pestzorg.testing.builders import NOW, PASSWORD, make_person, make_school
from schools.models import User
from schools.roles import Role
from schools.services.tokens import issue_token

TOO_MANY = "Te veel"
WRONG = "fout-fout-fout"


@pytest.fixture
def school(db, at):
    at(NOW)
    return make_school()


@pytest.fixture
def teacher(school):
    return make_person(Role.TEACHER, school)


def guess(email, password=WRONG, client=None, **headers):
    """One try; says whether the password was looked at, or the person is in."""
    client = client or Client()
    answer = client.post("/account/login/", {"login": email, "password": password}, **headers)
    if answer.status_code == 302:
        return "in"
    return "refused" if TOO_MANY in answer.content.decode() else "looked at"


# ── guessing ─────────────────────────────────────────────────────────────────
def test_one_account_gets_five_tries_in_five_minutes(teacher, at):
    found = [guess(teacher.email) for _ in range(1000 // 50)]
    assert found.count("looked at") == 5
    at(NOW + timedelta(minutes=4, seconds=59))
    assert guess(teacher.email) == "refused"
    at(NOW + timedelta(minutes=5))
    assert guess(teacher.email) == "looked at"


def test_one_account_gets_fifty_tries_a_day(teacher, at):
    found = []
    for minute in (*range(0, 300, 10), 24 * 60 - 1):
        at(NOW + timedelta(minutes=minute))
        found += [guess(teacher.email), guess(teacher.email)]
    assert found.count("looked at") == 50


def test_many_addresses_are_no_more_tries(teacher):
    found = [guess(teacher.email, REMOTE_ADDR=f"10.0.{i}.1") for i in range(20)]
    assert found.count("looked at") == 5


def test_a_forged_address_changes_nothing(teacher):
    found = [guess(teacher.email, HTTP_X_FORWARDED_FOR=f"10.0.{i}.1, 10.9.9.9") for i in range(20)]
    assert found.count("looked at") == 5


def test_capitals_are_no_other_account(teacher):
    found = [guess(email) for email in [teacher.email] * 3 + [teacher.email.upper()] * 5]
    assert found.count("looked at") == 5


def test_right_passwords_do_not_count_and_do_not_wipe_the_wrong_ones(teacher):
    assert [guess(teacher.email) for _ in range(4)] == ["looked at"] * 4
    assert guess(teacher.email, PASSWORD) == "in"
    assert [guess(teacher.email) for _ in range(2)] == ["looked at", "refused"]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_tries_at_the_same_moment_are_no_more_tries() -> None:
    def attempt(_number: int) -> bool:
        try:
            return throttle.take("account x", throttle.SIGN_IN, NOW)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(attempt, range(40))) == 5


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_bucket_is_not_emptied_twice_at_the_same_moment() -> None:
    def ask(_number: int) -> bool:
        try:
            return throttle.spend("token x", NOW, burst=10, rate=1) == 0
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(ask, range(60))) == 10


# ── a school ─────────────────────────────────────────────────────────────────
def test_two_hundred_colleagues_behind_one_address_all_get_in(school):
    first = make_person(Role.TEACHER, school)
    emails = [f"t{number}@school.example.org" for number in range(200)]
    User.objects.bulk_create(User(email=email, password=first.password) for email in emails)
    found = [guess(email, PASSWORD, REMOTE_ADDR="192.0.2.1") for email in emails]
    assert found.count("in") == 200


def test_who_is_attacked_still_gets_in_with_a_known_browser(teacher, at):
    mine = Client()
    assert guess(teacher.email, PASSWORD, mine) == "in"
    mine.post("/account/logout/")
    for minute in range(0, 300, 6):
        at(NOW + timedelta(minutes=minute))
        guess(teacher.email)
    assert guess(teacher.email, PASSWORD) == "refused"
    assert guess(teacher.email, PASSWORD, mine) == "in"


def test_who_is_attacked_gets_in_with_a_new_browser_by_a_new_password(teacher, mailoutbox):
    while guess(teacher.email) != "refused":
        pass
    mine = Client()
    mine.post("/account/password/reset/", {"email": teacher.email})
    link = next(w for w in mailoutbox[0].body.split() if "/password/reset/key/" in w)
    form = mine.get(link.partition("8000")[2])["Location"]
    new = "een-heel-ander-woord"
    mine.post(form, {"password1": new, "password2": new})
    assert guess(teacher.email, new, mine) == "in"


def test_a_known_browser_may_not_guess_without_end_either(teacher):
    mine = Client()
    guess(teacher.email, PASSWORD, mine)
    mine.post("/account/logout/")
    found = [guess(teacher.email, client=mine) for _ in range(10)]
    assert found.count("looked at") == 5


def test_the_browser_of_a_colleague_is_not_known_for_another_account(teacher, school):
    colleague, mine = make_person(Role.COORDINATOR, school), Client()
    guess(colleague.email, PASSWORD, mine)
    mine.post("/account/logout/")
    found = [guess(teacher.email, client=mine) for _ in range(4)]
    found += [guess(teacher.email) for _ in range(4)]
    assert found.count("looked at") == 5


def test_an_old_copy_of_the_cookie_is_worth_nothing(teacher):
    mine = Client()
    guess(teacher.email, PASSWORD, mine)
    copy = mine.cookies["pz-device"].value
    assert not KnownDevice.objects.filter(secret_hash__contains=copy).exists()
    mine.post("/account/logout/")
    guess(teacher.email, PASSWORD, mine)
    assert mine.cookies["pz-device"].value != copy
    thief = Client()
    while guess(teacher.email) != "refused":
        pass
    thief.cookies["pz-device"] = copy
    assert guess(teacher.email, PASSWORD, thief) == "refused"


# ── other doors ──────────────────────────────────────────────────────────────
def test_the_old_password_of_an_open_screen_cannot_be_guessed(teacher):
    browser = Client()
    browser.force_login(teacher)
    wrong = {"oldpassword": "fout", "password1": "x", "password2": "x"}
    pages = [browser.post("/account/password/change/", wrong).content.decode() for _ in range(8)]
    assert sum(TOO_MANY not in page for page in pages) == 5


def test_a_fresh_proof_cannot_be_guessed(teacher):
    browser = Client()
    browser.force_login(teacher)
    pages = [
        browser.post("/account/reauthenticate/", {"password": "fout"}).content.decode()
        for _ in range(8)
    ]
    assert sum(TOO_MANY not in page for page in pages) == 5


def test_nobody_is_flooded_with_mail(teacher, mailoutbox):
    answers = [
        Client().post("/account/password/reset/", {"email": teacher.email}) for _ in range(9)
    ]
    assert len(mailoutbox) == 3
    assert {answer.status_code for answer in answers} == {302}


def test_a_token_may_ask_fast_and_then_steadily(teacher, school, at):
    _token, secret = issue_token(teacher, name="sheet", schools=[school], days=9, now=NOW)
    program = Client(headers={"Authorization": f"Bearer {secret}"})
    answers = [program.get("/api/v1/cases/") for _ in range(throttle.TOKEN_BURST + 1)]
    assert {answer.status_code for answer in answers[:-1]} == {200}
    assert (answers[-1].status_code, answers[-1]["Retry-After"]) == (429, "1")
    assert answers[-1].json()["code"] == "throttled"
    at(NOW + timedelta(seconds=10))
    allowed = sum(program.get("/api/v1/cases/").status_code == 200 for _ in range(30))
    assert allowed == 10 * throttle.TOKEN_RATE


def test_one_busy_token_slows_down_no_other(teacher, school):
    busy, other = (issue_token(teacher, name=n, schools=[school], days=9, now=NOW)[1] for n in "ab")
    Bucket.objects.create(key=throttle._hash("token 1"), level=0, filled_at=NOW.timestamp())
    first = Client(headers={"Authorization": f"Bearer {busy}"})
    second = Client(headers={"Authorization": f"Bearer {other}"})
    codes = {first.get("/api/v1/cases/").status_code, second.get("/api/v1/cases/").status_code}
    assert 200 in codes


# ── the counting itself ──────────────────────────────────────────────────────
def test_a_bucket_refills_to_its_brim_and_no_further(db):
    assert [throttle.spend("x", NOW, burst=2, rate=1) for _ in range(3)] == [0, 0, 1]
    later = NOW + timedelta(days=1)
    assert [throttle.spend("x", later, burst=2, rate=1) for _ in range(3)] == [0, 0, 1]


def test_how_long_to_wait_is_told(db):
    for _ in count():
        if wait := throttle.spend("x", NOW, burst=1, rate=0.1):
            break
    assert wait == 10


def test_no_table_of_tries_knows_an_address_or_a_name(teacher):
    guess(teacher.email)
    row = Tries.objects.get()
    assert teacher.email not in str(vars(row))


def test_what_no_limit_needs_any_more_is_swept_away(teacher, at):
    guess(teacher.email)
    run_tidy(NOW.isoformat())
    assert Tries.objects.count() == 1
    run_tidy((NOW + timedelta(days=1, seconds=1)).isoformat())
    assert not Tries.objects.exists()
