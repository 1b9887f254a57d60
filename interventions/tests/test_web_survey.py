"""The survey as a pupil meets it: a code, a question per page, one sending, and no trace besides."""

from __future__ import annotations

import logging
import re
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from interventions.models import AnswerBox, Run, SurveyToken
from interventions.services.survey_tokens import hand_out, renew_codes
from interventions.services.thermometer_runs import close_run
from interventions.tests.measuring import Measured, make_measured
from interventions.thermometer.box import lines_in
from interventions.thermometer.questionnaire import FULL, JUNIOR, version
from pestzorg.audit.models import AuditEvent
from pestzorg.posting.models import Draft, Sending
from pestzorg.signin.models import Bucket, Session, Tries
from pestzorg.testing.builders import NOW
from pestzorg.testing.clients import text_of

HIDDEN = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)">')
ASKED = re.compile(r'<input type="radio" name="(\w+)"')


@pytest.fixture
def group(db: None, at: Any) -> Measured:
    at(NOW)
    return make_measured(pupils=10)


@pytest.fixture
def run(group: Measured) -> Run:
    return group.open()


def answers_of(run: Run) -> list[str]:
    return lines_in(AnswerBox.objects.get(run=run).answers)


class Pupil:
    """A browser without script: it sends what the page carries, and what was chosen."""

    def __init__(self, secret: str) -> None:
        self.client, self.address = Client(), f"/k/{secret}/"
        self.page = self.client.get(self.address)

    def press(self, go: str, chosen: str | None = None) -> HttpResponse:
        found = text_of(self.page)
        data = {
            name: value for name, value in HIDDEN.findall(found) if name != "csrfmiddlewaretoken"
        }
        if chosen is not None:
            data[ASKED.findall(found)[0]] = chosen
        self.page = self.client.post(self.address, {**data, "go": go})
        return self.page

    def fill_in(self, marks: str, temperature: str) -> HttpResponse:
        self.press("start")
        for mark in marks:
            self.press("next", mark)
        return self.press("next", temperature)


def test_from_the_code_on_the_board_to_the_box(run: Run) -> None:
    client = Client()
    found = client.post("/k/", {"code": f"{run.code[:3]} {run.code[3:]}"})
    assert found.status_code == 302
    pupil = Pupil(found.headers["Location"].split("/")[2])
    assert pupil.page.status_code == 200
    assert pupil.fill_in("551551454121121451", "8").headers["Location"] == "/k/done/nl/"
    assert answers_of(run) == ["551551454121121451/8"]


def test_the_page_says_who_sees_what_before_the_first_question(run: Run) -> None:
    page = text_of(Pupil(hand_out(run.code)).page)
    assert "Niemand ziet wat jij invult" in page
    assert "kan niemand je komen helpen" in page
    assert "Begin" in page


def test_going_back_keeps_what_was_chosen(run: Run) -> None:
    pupil = Pupil(hand_out(run.code))
    pupil.press("start")
    pupil.press("next", "4")
    page = text_of(pupil.press("back"))
    assert "Vraag 1 van 19" in page
    assert re.search(r'name="S1" value="4" checked', page)


def test_without_a_choice_the_page_stays_and_says_what_to_do(run: Run) -> None:
    pupil = Pupil(hand_out(run.code))
    pupil.press("start")
    page = pupil.press("next")
    assert page.status_code == 422
    assert "Vraag 1 van 19" in text_of(page)
    assert 'role="alert"' in text_of(page)


def test_every_question_may_be_skipped(run: Run) -> None:
    Pupil(hand_out(run.code)).fill_in("0" * 18, "-")
    assert answers_of(run) == ["0" * 18 + "/-"]


def test_what_bullying_is_stands_above_each_question_about_it(run: Run) -> None:
    pupil = Pupil(hand_out(run.code))
    pages = [text_of(pupil.press("start"))] + [
        text_of(pupil.press("next", "1")) for _item in range(18)
    ]
    shown = [number for number, page in enumerate(pages) if "steeds opnieuw gemeen" in page]
    assert shown == list(range(9, 15))
    assert "lekker warm" in pages[-1]


def test_a_second_sending_is_refused_kindly(run: Run) -> None:
    secret = hand_out(run.code)
    first, second = Pupil(secret), Pupil(secret)
    first.fill_in("5" * 18, "10")
    page = second.press("start")
    assert page.status_code == 404
    assert "Dan zijn ze aangekomen" in text_of(page)
    assert answers_of(run) == ["5" * 18 + "/10"]


def test_an_unknown_code_in_the_address_shows_the_same_page(run: Run) -> None:
    used = hand_out(run.code)
    Pupil(used).fill_in("5" * 18, "10")
    pages = {text_of(Client().get(f"/k/{secret}/")) for secret in (used, "pz_never", "x")}
    assert len({re.sub(r'value="[^"]*"|X-CSRFToken": "[^"]*"', "", page) for page in pages}) == 1


def test_closing_in_the_middle_is_told(group: Measured, run: Run) -> None:
    pupil = Pupil(hand_out(run.code))
    pupil.press("start")
    close_run(group.teacher, run, now=NOW)
    assert pupil.press("next", "3").status_code == 404
    assert answers_of(run) == []


@pytest.mark.parametrize(
    "sent", [{"S1": "9"}, {"S1": "x"}, {"S1": "-1"}, {"at": "99"}, {"at": "x"}]
)
def test_a_form_that_was_tampered_with_answers_a_page(run: Run, sent: dict[str, str]) -> None:
    page = Client().post(f"/k/{hand_out(run.code)}/", {"go": "next", **sent})
    assert page.status_code in {200, 422}
    assert answers_of(run) == []


def test_the_last_page_says_where_to_talk_in_this_country(group: Measured) -> None:
    for country, line in (("nl", "0800-0432"), ("be", "102")):
        page = Client().get(f"/k/done/{country}/")
        assert page.status_code == 200
        assert line in text_of(page)
    assert Client().get("/k/done/fr/").status_code == 404


def test_the_youngest_choose_a_face(group: Measured) -> None:
    run = group.open(JUNIOR)
    pupil = Pupil(hand_out(run.code))
    page = text_of(pupil.press("start"))
    assert "Vraag 1 van 10" in page
    assert page.count("<svg") > text_of(Client().get("/k/")).count("<svg")
    assert len(version(JUNIOR).items) == 9
    Pupil(hand_out(run.code)).fill_in("313133113", "10")
    assert answers_of(run) == ["313133113/10"]


# ── one device, one place ────────────────────────────────────────────────────
def place(client: Client, code: str) -> HttpResponse:
    return client.post("/k/", {"code": code})


def test_a_device_that_types_the_code_again_comes_back_to_its_place(run: Run) -> None:
    client = Client()
    first, again = place(client, run.code), place(client, run.code)
    assert first.headers["Location"] == again.headers["Location"]
    assert SurveyToken.objects.filter(is_handed_out=True).count() == 1


def test_a_device_that_answered_gets_no_second_place(run: Run) -> None:
    client = Client()
    secret = place(client, run.code).headers["Location"].split("/")[2]
    Pupil(secret).fill_in("5" * 18, "10")
    assert place(client, run.code).headers["Location"] == f"/k/{secret}/"
    assert client.get(f"/k/{secret}/").status_code == 404


def test_after_new_codes_a_device_may_ask_again(group: Measured, run: Run) -> None:
    client = Client()
    lost = place(client, run.code).headers["Location"]
    renew_codes(group.teacher, run, on_paper=False, now=NOW)
    run.refresh_from_db()
    assert place(client, run.code).headers["Location"] != lost


def test_more_devices_than_pupils_are_refused(run: Run) -> None:
    for _device in range(10):
        assert place(Client(), run.code).status_code == 302
    page = place(Client(), run.code)
    assert page.status_code == 422
    assert "Alle plaatsen zijn bezet" in text_of(page)


def test_a_forged_cookie_opens_nothing(run: Run) -> None:
    client = Client()
    client.cookies["pz-survey"] = f"{run.code}/pz_mine:forged"
    assert place(client, run.code).headers["Location"] != "/k/pz_mine/"


# ── no trace ─────────────────────────────────────────────────────────────────
def test_answering_leaves_no_session_no_event_and_no_line_in_the_log(
    run: Run, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    before = AuditEvent.objects.count()
    client = Client()
    secret = place(client, run.code).headers["Location"].split("/")[2]
    Pupil(secret).fill_in("551551454121121451", "8")
    assert AuditEvent.objects.count() == before
    for model in (Session, Tries, Bucket, Draft, Sending):
        assert not model.objects.exists()
    told = "\n".join(
        record.getMessage() for record in caplog.records if record.name != "django.db.backends"
    )
    assert "551551" not in told
    assert secret not in told


def test_no_cookie_outlives_the_browser_or_tells_a_time(run: Run) -> None:
    client = Client()
    place(client, run.code)
    cookie = client.cookies["pz-survey"]
    assert (cookie["max-age"], cookie["expires"], cookie["path"]) == ("", "", "/k/")
    assert cookie["httponly"]


def test_no_answer_stands_in_an_address_or_a_cache(run: Run) -> None:
    pupil = Pupil(hand_out(run.code))
    pupil.press("start")
    page = pupil.press("next", "4")
    assert page.headers["Cache-Control"] == "no-store"
    assert 'method="post"' in text_of(page)


@pytest.mark.parametrize("path", ["/k/", "/k/done/nl/", "/k/pz_never/"])
def test_every_page_says_that_it_is_no_official_monitor_and_has_no_htmx(
    db: None, path: str
) -> None:
    page = text_of(Client().get(path))
    assert "geen officiële monitor" in page
    assert "htmx" not in page.split("<body")[0].replace('name="htmx-config"', "")


def test_the_full_version_asks_nineteen_questions() -> None:
    assert len(version(FULL).items) == 18
