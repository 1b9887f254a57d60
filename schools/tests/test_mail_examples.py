"""Every mail as an example: the real templates, both languages, nothing sent and nothing changed by looking."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from django.apps import apps
from django.core import mail as sent
from django.test import Client

from pestzorg.outbox.builders import writers
from pestzorg.outbox.delivery import deliver
from pestzorg.reminders.models import Kind
from pestzorg.reminders.texts import TEXTS
from pestzorg.signin import notices
from pestzorg.testing.builders import NOW, make_person, make_school
from schools.models import School
from schools.roles import Role

LIST = "/mail/examples/"
LANGUAGES = ("nl", "en")


@pytest.fixture
def school(db: None, at: Callable[[datetime], None]) -> School:
    at(NOW)
    return make_school()


@pytest.fixture
def client_of_admin(school: School) -> Client:
    client = Client()
    client.force_login(make_person(Role.SCHOOL_ADMIN, school))
    return client


def everything() -> dict[str, list[str]]:
    models = [model for model in apps.get_models() if model._meta.app_label != "signin"]
    return {m._meta.label: sorted(map(repr, m._base_manager.values_list())) for m in models}


def addresses() -> list[str]:
    return [
        f"{LIST}{kind}/{example.key}/{language}/"
        for kind, writer in writers().items()
        for example in writer.examples("nl", NOW)
        for language in LANGUAGES
    ]


def test_every_kind_of_mail_has_an_example() -> None:
    found = {
        kind: {e.key for e in writer.examples("nl", NOW)} for kind, writer in writers().items()
    }
    assert {"reminders", "account", "audit_anchor", "password"} <= set(found)
    assert found["reminders"] == {*map(str, TEXTS), "digest"}
    assert found["account"] == set(notices.SENTENCES)
    assert all(found.values())


def test_the_list_leads_to_each_of_them_in_each_language(client_of_admin: Client) -> None:
    page = client_of_admin.get(LIST).content.decode()
    assert [path for path in addresses() if f'href="{path}"' not in page] == []


def test_looking_at_all_of_them_sends_nothing_and_changes_nothing(client_of_admin: Client) -> None:
    before = everything()
    for path in [LIST, *addresses()]:
        assert client_of_admin.get(path).status_code == 200, path
        assert client_of_admin.post(path).status_code == 405
    assert everything() == before
    assert sent.outbox == []
    assert deliver(NOW).total == 0


def test_an_example_reads_as_the_mail_that_leaves(school: School, client_of_admin: Client) -> None:
    marit = make_person(Role.TEACHER, school, first_name="Marit")
    notices.tell(marit, "totp_activated", NOW)
    deliver(NOW)
    (mail,) = sent.outbox
    path = f"{LIST}account/totp_activated/nl/"
    shown = client_of_admin.get(path).context["example"].content
    assert (shown.subject, shown.text) == (mail.subject, mail.body)
    assert client_of_admin.get(f"{path}html/").content.decode() == mail.alternatives[0][0]


def test_each_language_is_its_own(client_of_admin: Client) -> None:
    path = f"{LIST}reminders/{Kind.UPCOMING}/"
    dutch, english = (client_of_admin.get(f"{path}{code}/").content.decode() for code in LANGUAGES)
    assert "Voorbeeldschool" in dutch
    assert "Je krijgt dit omdat jij deze afspraak doet of opvolgt." in dutch
    assert "Example school" in english
    assert "You get this because you do or follow up this agreement." in english


@pytest.mark.parametrize(
    "path",
    [
        "nothing/upcoming/nl/",
        "reminders/nothing/nl/",
        "reminders/upcoming/xx/",
        "password/unknown_account/nl/html/",
    ],
)
def test_what_is_no_mail_is_not_there(client_of_admin: Client, path: str) -> None:
    assert client_of_admin.get(LIST + path).status_code == 404


@pytest.mark.parametrize(
    "role", [r for r in Role if r not in (Role.SCHOOL_ADMIN, Role.SYSTEM_ADMIN)]
)
def test_for_others_there_are_no_such_pages(school: School, role: Role) -> None:
    client = Client()
    client.force_login(make_person(role, school, first_name="Fleur"))
    assert {client.get(path).status_code for path in (LIST, addresses()[0])} == {404}


def test_every_mail_says_why_somebody_gets_it(school: School) -> None:
    for writer in writers().values():
        for language, words in (("nl", "Je krijgt d"), ("en", "You get this")):
            for example in writer.examples(language, NOW):
                assert words in example.content.text, example.key
                assert words in (example.content.html or words), example.key
