"""A form sent twice is one sending, for every form that makes something; what was changed in between is another."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from cases.models import Agreement, FollowUpTalk, Report
from pestzorg.posting import once
from pestzorg.posting.models import Sending
from pestzorg.testing.builders import NOW
from pestzorg.testing.posted import fields_of

REPORT = reverse("reports:new")
FORM = re.compile(r'<form[^>]*method="post"(?:[^>{]|\{[^}]*\}\}?|\{%.*?%\})*>\s*([^<]*)', re.DOTALL)


@pytest.fixture
def marit(scene, at):
    at(NOW)
    client = Client()
    client.force_login(scene.teacher)
    return client


def typed(client, url=REPORT, **values):
    return fields_of(client.get(url).content.decode(), "novalidate") | values


def test_two_taps_on_send_make_one_report(scene, marit):
    sent = typed(marit, about="Kees uit 8B")
    answers = [marit.post(REPORT, sent) for _tap in range(3)]
    assert {answer.url for answer in answers} == {answers[0].url}
    assert Report.objects.filter(about="Kees uit 8B").count() == 1


def test_a_refused_form_may_be_sent_again(scene, marit):
    sent = typed(marit, about="")
    assert marit.post(REPORT, sent).status_code == 422
    assert marit.post(REPORT, sent).status_code == 422
    assert marit.post(REPORT, sent | {"about": "Kees"}).status_code == 302


def test_a_page_that_comes_back_keeps_its_word(scene, marit):
    sent = typed(marit, about="")
    page = marit.post(REPORT, sent)
    assert fields_of(page.content.decode(), "novalidate")["once"] == sent["once"]


def test_the_same_page_about_another_child_is_another_report(scene, marit):
    sent = typed(marit, about="Noor")
    first = marit.post(REPORT, sent).url
    assert marit.post(REPORT, sent | {"about": "Adam"}).url != first
    assert Report.objects.filter(about__in=["Noor", "Adam"]).count() == 2


def test_the_word_of_somebody_else_tells_nothing(scene, marit):
    sent = typed(marit, about="Noor")
    first = marit.post(REPORT, sent).url
    other = Client()
    other.force_login(scene.coordinator)
    assert other.post(REPORT, sent).url != first
    assert Report.objects.filter(about="Noor").count() == 2


def test_an_hour_later_it_is_still_the_same_and_after_a_week_forgotten(scene, marit, at):
    sent = typed(marit, about="Noor")
    first = marit.post(REPORT, sent).url
    at(NOW + timedelta(hours=1))
    later = Client()
    later.force_login(scene.teacher)
    assert later.post(REPORT, sent).url == first
    assert once.clean(now=NOW + timedelta(days=6)) == 0
    assert once.clean(now=NOW + timedelta(days=8)) == 1


def test_what_fails_halfway_leaves_nothing_behind(scene, marit, monkeypatch):
    def broken(*_args, **_values):
        raise RuntimeError("halfway")

    monkeypatch.setattr("cases.web.reports.promise_of", broken)
    sent = {"about": "Noor", "urgency": "this_week", "once": "a1"}
    with pytest.raises(RuntimeError, match="halfway"):
        marit.post(REPORT, sent)
    assert not Report.objects.filter(about="Noor").exists()
    assert not Sending.objects.exists()


def test_no_word_of_a_child_stands_in_the_row(scene, marit):
    marit.post(REPORT, typed(marit, about="Kanarie"))
    row = Sending.objects.get()
    assert "anarie" not in f"{row.key}{row.place}{row.result_url}"
    assert len(row.key) == 64


def test_agreement_talk_sitting_and_rows_are_made_once(scene, marit):
    case = scene.case.uuid
    agreement = {"what": "Belt", "owner": "me", "when": "2025-11-05"}
    talk = {"with_whom": f"participant:{scene.case.target.uuid}", "planned_at": "2025-11-06T10:00"}
    row = {"incidents-new-description": "Stickers", "incidents-new-date_precision": "exact"}
    for name, args, values in (
        ("cases:agreement-new", [case], agreement),
        ("cases:talk-new", [case], talk),
        ("conversation:step", [case, 2], row | {"action": "add-incidents"}),
    ):
        url = reverse(name, args=args)
        sent = typed(marit, url, **values)
        answers = [marit.post(url, sent) for _tap in range(2)]
        assert [answer.status_code for answer in answers] == [302, 302], name
    assert Agreement.objects.count() == FollowUpTalk.objects.count() == 1
    assert scene.case.incidents.count() == 1


def test_a_key_for_programs_is_made_once(scene, marit):
    url = reverse("people:tokens")
    sent = typed(marit, url, name="Cijfers", schools=[str(scene.school.pk)], days="30")
    assert marit.post(url, sent).status_code == 200
    assert marit.post(url, sent).status_code == 302
    assert scene.teacher.api_tokens.count() == 1


def test_every_form_that_makes_something_carries_its_word():
    # A form with data-quiet only ticks or looks something up: twice is the same as once.
    folder = Path(settings.BASE_DIR) / "templates"
    forgotten = [
        str(file.relative_to(folder))
        for room in ("cases", "reports", "people")
        for file in (folder / room).rglob("*.html")
        for form in FORM.finditer(file.read_text())
        if not re.search(r"data-quiet|account_logout", form.group(0))
        and "{% once %}" not in form.group(0)
    ]
    assert forgotten == []
