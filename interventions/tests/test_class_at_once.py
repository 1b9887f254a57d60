"""A whole class answers at the same time, behind the one address of its school, on a real gunicorn.

On PostgreSQL as the image starts it, in production settings; on SQLite as the demo starts it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest

from interventions.models import AnswerBox, Run, SurveyToken
from interventions.services.survey_tokens import renew_codes
from interventions.services.thermometer_runs import close_run
from interventions.tests.classes import lines_of
from interventions.tests.measuring import Measured, make_measured
from interventions.thermometer.box import lines_in
from interventions.web.survey_guesses import PER_ADDRESS
from pestzorg import clock
from pestzorg.testing.pupils import ELSEWHERE, Device, Pupil, all_at_once
from pestzorg.testing.web_servers import WebServer, web_server

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

PUPILS = 30
LINES = (lines_of("E before") * 2)[:PUPILS]
THANKED, GONE, REFUSED, TOO_MANY = 302, 404, 422, 429


@pytest.fixture
def group() -> Measured:
    return make_measured(pupils=PUPILS)


@pytest.fixture
def run(group: Measured) -> Run:
    return group.open()


@pytest.fixture(scope="module")
def server(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[WebServer]:
    with web_server(tmp_path_factory.mktemp("installation")) as server:
        yield server


def answered(run: Run) -> list[str]:
    return lines_in(AnswerBox.objects.get(run=run).answers)


def whole_class(server: WebServer) -> list[Pupil]:
    return [Pupil(server, line) for line in LINES]


def nothing_broke(server: WebServer, pupils: list[Pupil]) -> None:
    """Every page was a page, and the server had nothing to complain about."""
    seen = Counter(status for pupil in pupils for status in pupil.statuses)
    assert set(seen) <= {200, THANKED, GONE}, seen
    assert "Traceback" not in server.log.read_text()


def test_thirty_type_the_class_code_and_answer_at_the_same_time(
    server: WebServer, run: Run
) -> None:
    pupils = whole_class(server)
    all_at_once(pupils, lambda pupil: pupil.type_code(run.code))
    assert len({pupil.survey for pupil in pupils}) == PUPILS
    one_more = Device(server)
    one_more.get("/k/")
    assert one_more.send("/k/", code=run.code) == REFUSED
    assert "Alle plaatsen zijn bezet" in one_more.text
    all_at_once(pupils, Pupil.answer_all_but_the_last)
    assert answered(run) == []
    assert all_at_once(pupils, Pupil.send_answers) == [THANKED] * PUPILS
    assert {pupil.place for pupil in pupils} == {"/k/done/nl/"}
    assert answered(run) == sorted(LINES)
    assert not SurveyToken.objects.exists()
    nothing_broke(server, pupils)


def test_each_code_on_paper_is_used_once_though_everybody_taps_twice(
    server: WebServer, group: Measured, run: Run
) -> None:
    secrets = renew_codes(group.teacher, run, on_paper=True, now=clock.now())
    pupils = whole_class(server)
    for pupil, secret in zip(pupils, secrets, strict=True):
        pupil.survey = f"/k/{secret}/"
    all_at_once(pupils, Pupil.answer_all_but_the_last)
    taps = [tap for pupil in pupils for tap in (pupil, second_tap_of(pupil))]
    found = all_at_once(taps, Pupil.send_answers)
    assert Counter(found) == {THANKED: PUPILS, GONE: PUPILS}
    assert {pupil.get(pupil.survey) for pupil in pupils} == {GONE}
    assert "Deze code werkt niet meer" in pupils[0].text
    assert answered(run) == sorted(LINES)
    nothing_broke(server, taps)


def second_tap_of(pupil: Pupil) -> Pupil:
    """The same page of the same device once more."""
    again = Pupil(pupil.server, pupil.line)
    again.survey, again.text, again.cookies = pupil.survey, pupil.text, dict(pupil.cookies)
    return again


def test_a_flood_of_wrong_codes_waits_and_nobody_else_does(
    server: WebServer, group: Measured, run: Run
) -> None:
    wrong = "000000" if run.code != "000000" else "000001"
    floods = [Pupil(server, line) for line in LINES]
    for flood in floods:
        flood.get("/k/")
    times = PER_ADDRESS["burst"] // PUPILS + 1
    found = [s for _time in range(times) for s in all_at_once(floods, lambda f: guess(f, wrong))]
    # Those that were being looked at when the last one ran out are not counted back.
    assert Counter(found)[TOO_MANY] >= PUPILS // 2
    assert set(found) == {REFUSED, TOO_MANY}
    assert guess(floods[0], run.code) == TOO_MANY
    elsewhere = Pupil(server, LINES[0], ELSEWHERE)
    elsewhere.type_code(run.code)
    assert elsewhere.statuses[-1] == THANKED
    elsewhere.answer_all_but_the_last()
    assert elsewhere.send_answers() == THANKED
    on_paper(server, group, run)


def guess(flood: Pupil, code: str) -> int:
    return flood.send("/k/", code=code)


def on_paper(server: WebServer, group: Measured, run: Run) -> None:
    """From the address of the flood, with a code that was cut from a sheet."""
    pupil = Pupil(server, LINES[1])
    secrets = renew_codes(group.teacher, run, on_paper=True, now=clock.now())
    pupil.survey = f"/k/{secrets[0]}/"
    pupil.answer_all_but_the_last()
    assert pupil.send_answers() == THANKED
    assert len(answered(run)) == 2


def test_a_class_that_is_closed_meanwhile_is_told_so_and_nobody_gets_an_error(
    server: WebServer, group: Measured, run: Run
) -> None:
    pupils = whole_class(server)[:10]
    all_at_once(pupils, lambda pupil: pupil.type_code(run.code))
    all_at_once(pupils, Pupil.answer_all_but_the_last)
    assert [pupil.send_answers() for pupil in pupils[:5]] == [THANKED] * 5
    close_run(group.teacher, run, now=clock.now())
    assert all_at_once(pupils[5:], Pupil.send_answers) == [GONE] * 5
    assert len(answered(run)) == 5
    nothing_broke(server, pupils)
