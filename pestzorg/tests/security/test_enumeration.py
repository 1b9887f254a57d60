"""S18: nobody learns from an answer whether somebody has an account; the times are measured in the bench."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from pestzorg.testing.builders import NOW, PASSWORD, make_person, make_school
from schools.models import User
from schools.roles import Role
from schools.services.tokens import issue_token, revoke_token


@pytest.fixture
def accounts(db: None, at: Any) -> dict[str, str]:
    at(NOW)
    school = make_school()
    known = make_person(Role.TEACHER, school)
    closed = make_person(Role.COORDINATOR, school)
    User.objects.filter(pk=closed.pk).update(is_active=False)
    return {"known": known.email, "unknown": "nobody@example.org", "closed": closed.email}


def plain(answer: Any, email: str) -> tuple[int, str, list[tuple[str, str]]]:
    body = answer.content.decode().replace(email, "EMAIL")
    body = re.sub(r'(csrfmiddlewaretoken" value="|X-CSRFToken": ")[^"]*', "", body)
    return (
        answer.status_code,
        body,
        sorted((n, v) for n, v in answer.items() if n not in {"Date", "Expires", "Content-Length"}),
    )


@pytest.mark.parametrize("password", ["fout-fout-fout", PASSWORD], ids=["wrong", "right"])
def test_sign_in_tells_nobody_who_has_an_account(accounts: dict[str, str], password: str) -> None:
    names = ("unknown", "closed") if password == PASSWORD else ("known", "unknown", "closed")
    answers = []
    for name in names:
        client = Client()
        page = [
            plain(
                client.post("/account/login/", {"login": accounts[name], "password": password}),
                accounts[name],
            )
            for _ in range(7)
        ]
        answers.append((page, sorted(client.cookies)))
    assert all(answer == answers[0] for answer in answers)


def test_asking_for_a_new_password_tells_nobody_either(
    accounts: dict[str, str], mailoutbox: list[Any]
) -> None:
    answers, mails = [], []
    for email in accounts.values():
        client = Client()
        sent = plain(client.post("/account/password/reset/", {"email": email}), email)
        told = plain(client.get("/account/password/reset/done/"), email)
        answers.append((sent, told, sorted(client.cookies)))
        mails.append([mail.to for mail in mailoutbox if mail.to == [email]])
    assert all(answer == answers[0] for answer in answers)
    assert [len(found) for found in mails] == [1, 1, 1]


def test_a_mail_server_that_is_away_tells_nobody_either(
    accounts: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_args: Any, **_kwargs: Any) -> None:
        raise ConnectionRefusedError

    monkeypatch.setattr("django.core.mail.message.EmailMessage.send", away)
    found = {
        Client().post("/account/password/reset/", {"email": email}).status_code
        for email in accounts.values()
    }
    assert found == {302}


def test_tokens_that_do_not_work_all_answer_alike(accounts: dict[str, str], at: Any) -> None:
    owner = User.objects.get(email=accounts["known"])
    school = owner.memberships.get().school
    ended, revoked = (
        issue_token(owner, name=name, schools=[school], days=1, now=NOW) for name in "ab"
    )
    revoke_token(owner, revoked[0], now=NOW)
    at(NOW + timedelta(days=2))
    answers = [
        plain(Client(headers={"Authorization": f"Bearer {secret}"}).get("/api/v1/cases/"), "")
        for secret in (ended[1], revoked[1], "pz_" + "x" * 43, "nonsense")
    ]
    assert {answer[0] for answer in answers} == {401}
    assert all(answer == answers[0] for answer in answers)
