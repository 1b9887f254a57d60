"""The class thermometer in the API: the figures of the page, to the same people, and nothing when that shows nothing."""

from __future__ import annotations

import json
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cases.tests.callers import post, program, results, token
from interventions.models import AnswerBox, Run
from interventions.queries.thermometer_results import Results, decimal
from interventions.tests.classes import lines_of
from interventions.tests.measuring import LATER, make_measured
from interventions.thermometer.box import empty_box, put_in
from interventions.thermometer.questionnaire import FULL, version
from pestzorg.testing.builders import NOW, make_class, make_person, make_school
from pestzorg.testing.clients import signed_in
from schools.roles import Role

LIST = "/api/v1/thermometer-runs/"
ROW = {
    *("uuid", "school", "class_group", "version", "state", "minimum", "planned_on", "opened_on"),
    *("previous", "notice"),
}


@pytest.fixture
def group(db, at):
    at(NOW)
    return make_measured(pupils=24)


def one(run):
    return f"{LIST}{run.uuid}/"


def closed(school_class, lines, size=24):
    """A closed run with these answers in its box."""
    box = empty_box(version(FULL), size)
    for line in lines:
        box = put_in(box, line) or ""
    run = Run.objects.create(
        school=school_class.school,
        school_class=school_class,
        state=Run.State.CLOSED,
        planned_on=NOW.date(),
        opened_on=NOW.date(),
        closed_on=NOW.date(),
        class_size=size,
    )
    AnswerBox.objects.create(run=run, answers=box)
    return run


# ── what is shown ────────────────────────────────────────────────────────────
def test_a_closed_run_shows_what_its_page_shows(group, at):
    group.measure(lines_of("A before"))
    at(LATER)
    run = group.measure(lines_of("A after"), now=LATER)
    shown = signed_in(group.teacher).get(one(run)).json()
    assert set(shown) == ROW | {"conclusion", "results"}
    page = Results(Run.objects.get(pk=run.pk))
    found = shown["results"]
    assert [s["key"] for s in found["subjects"]] == [row.key for row in page.rows]
    for subject, row in zip(found["subjects"], page.rows, strict=True):
        assert decimal(subject["now"]["mean"]) == row.text
        assert decimal(subject["before"]["mean"]) == row.before_text
        assert decimal(subject["now"]["spread"]) == row.sd
        assert subject["now"]["band"]["name"] == str(row.band.name)
        assert subject["change"]["word"] == row.change.label.value
        assert subject["name"] == str(row.name)
    assert [one["now"] for one in found["prevalence"]] == [one.texts.now for one in page.prevalence]
    assert [decimal(found["temperature"][k]) for k in ("before", "now")] == page.temperatures
    assert found["response"] == {
        "pupils": page.shown.respondents,
        "class_size": page.shown.class_size,
    }
    assert len(found["questions"]) == len(page.spreads) == 15
    html = signed_in(group.teacher).get(f"/thermometer/{run.uuid}/").content.decode()
    assert shown["conclusion"] in html
    assert shown["notice"] in html
    assert "wettelijke monitor" in shown["notice"]


def test_a_run_that_is_prepared_or_open_has_no_results_and_no_code(group):
    run = group.prepare()
    client = signed_in(group.teacher)
    shown = client.get(one(run)).json()
    assert (shown["state"], shown["conclusion"], shown["results"]) == ("prepared", None, None)
    Run.objects.all().delete()
    run = group.open()
    answer = client.get(one(run))
    assert answer.json()["results"] is None
    assert run.code not in answer.content.decode()
    assert set(answer.json()) == ROW | {"conclusion", "results"}


def test_the_list_has_no_figures_and_no_word_of_a_case(group):
    group.measure(lines_of("A before"))
    (row,) = results(signed_in(group.teacher), LIST)
    assert set(row) == ROW
    assert row["class_group"] == {"uuid": str(group.school_class.uuid), "name": "7A"}


# ── the minimum ──────────────────────────────────────────────────────────────
def told(client, run):
    """Page, paper, table and API of one run, without its own key."""
    places = (f"/thermometer/{run.uuid}/", f"/thermometer/{run.uuid}/poster/")
    places = (*places, f"/thermometer/{run.uuid}/table/", one(run))
    answers = [client.get(place) for place in places]
    return [
        (a.status_code, a.content.decode(errors="replace").replace(str(run.uuid), "KEY"))
        for a in answers
    ]


@settings(
    max_examples=6,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.data())
def test_one_answer_below_the_minimum_and_everything_is_hidden(group, data):
    """Whatever eight pupils answer is shown; of any seven of them nothing is, and always the same nothing."""
    lines = data.draw(st.lists(st.sampled_from(lines_of("A before")), min_size=8, max_size=8))
    left_out = data.draw(st.integers(0, 7))
    client = signed_in(group.teacher)
    whole = closed(group.school_class, lines)
    assert client.get(one(whole)).json()["results"]["response"]["pupils"] == 8
    whole.delete()
    fewer = closed(group.school_class, lines[:left_out] + lines[left_out + 1 :])
    shown = client.get(one(fewer)).json()
    assert (shown["results"], shown["minimum"]) == (None, 8)
    page, poster, table, api = told(client, fewer)
    fewer.delete()
    empty = closed(group.school_class, lines_of("A after")[:7])
    other_page, *others = told(client, empty)
    assert [poster, table, api] == others
    assert (poster[0], table[0]) == (302, 302)
    assert "De cijfers" not in page[1]
    assert "De cijfers" not in other_page[1]
    empty.delete()


def test_a_school_that_raised_the_minimum_is_heard(group):
    run = closed(group.school_class, lines_of("A before")[:11])
    client = signed_in(group.teacher)
    assert client.get(one(run)).json()["results"]
    Run.objects.update(minimum=12)
    assert client.get(one(run)).json()["results"] is None


def test_one_and_two_pupils_are_never_told_apart(group):
    run = closed(group.school_class, lines_of("A before"))
    found = signed_in(group.teacher).get(one(run)).json()["results"]
    texts = {a["pupils"] for question in found["questions"] for a in question["answers"]}
    assert "1\N{EN DASH}2 leerlingen" in texts
    assert not texts & {"1 leerling", "2 leerlingen"}
    asked = json.dumps(found["questions"])
    sensitive = [str(item.text) for item in version(FULL).items if item.sensitive]
    assert not [text for text in sensitive if text in asked]


# ── who ──────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.COUNSELLOR, Role.PRINCIPAL])
def test_roles_of_the_school_see_every_class(group, role):
    run = group.measure(lines_of("A before"))
    client = signed_in(make_person(role, group.school, first_name="Ander"))
    assert len(results(client, LIST)) == 1
    assert client.get(one(run)).json()["results"]


@pytest.mark.parametrize("role", [Role.TEACHER, Role.SCHOOL_ADMIN, Role.BOARD_VIEWER, Role.DPO])
def test_others_of_the_school_see_none(group, role):
    run = group.measure(lines_of("A before"))
    client = signed_in(make_person(role, group.school, first_name="Ander"))
    assert results(client, LIST) == []
    assert client.get(one(run)).status_code == 404


def test_another_school_gets_what_does_not_exist(group):
    run = group.measure(lines_of("A before"))
    client = signed_in(make_person(Role.COORDINATOR, make_school("Elders", "elders")))
    assert client.get(one(run)).content == client.get(f"{LIST}{uuid4()}/").content
    assert results(client, LIST) == []


def test_a_token_for_cases_sees_no_class(group):
    run = group.measure(lines_of("A before"))
    _token, secret = token(group.coordinator, group.school)
    assert results(program(secret), LIST) == []
    assert program(secret).get(one(run)).status_code == 404


def test_nothing_is_written_here(group):
    run = group.prepare()
    client = signed_in(group.coordinator)
    assert post(client, LIST, minimum=8).status_code == 405
    assert post(client, one(run), state="open").status_code == 405
    assert client.delete(one(run)).status_code == 405


# ── filters and pages ────────────────────────────────────────────────────────
def test_the_list_is_narrowed_and_asks_as_often_however_long(group):
    client = signed_in(group.coordinator)
    closed(group.school_class, lines_of("A before"))

    def asked() -> int:
        with CaptureQueriesContext(connection) as found:
            client.get(LIST)
        return len(found)

    asked()
    few = asked()
    for name in ("8A", "8B", "8C"):
        Run.objects.create(
            school=group.school,
            school_class=make_class(group.school, name),
            planned_on=NOW.date(),
        )
    assert asked() == few
    assert len(results(client, LIST)) == 4
    assert len(results(client, f"{LIST}?state=closed")) == 1
    assert len(results(client, f"{LIST}?class_group={group.school_class.uuid}")) == 1
    assert results(client, f"{LIST}?school=elders") == []
