"""The result as a table for a spreadsheet: what the page shows, to whom it shows it, and nothing else."""

from __future__ import annotations

import csv
import io

import pytest

from interventions.queries.thermometer_results import Results
from interventions.tests.classes import VECTOR, lines_of
from interventions.tests.measuring import LATER, make_measured
from pestzorg.testing.builders import NOW, make_person, make_school
from pestzorg.testing.clients import signed_in
from schools.models import School
from schools.roles import Role


@pytest.fixture
def group(db, at):
    at(NOW)
    return make_measured(pupils=24)


def read(person, run):
    answer = signed_in(person).get(f"/thermometer/{run.uuid}/table/")
    assert answer.status_code == 200
    text = answer.content.decode("utf-8")
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=";"))


def test_the_table_has_every_figure_of_the_page(group, at):
    group.measure(lines_of("A before"))
    at(LATER)
    run = group.measure(lines_of("A after"), now=LATER)
    rows = {row[0]: row[1:] for row in read(group.teacher, run) if row}
    page = Results(run)
    for row in page.rows:
        before, now, difference, words, spread_before, spread, pupils = rows[str(row.name)]
        assert (before, now, spread_before, spread) == (
            row.before_text,
            row.text,
            row.before_sd,
            row.sd,
        )
        assert (difference, words) == (row.difference.lstrip("+"), str(row.change.label.label))
        assert pupils == str(row.figure.n)
    assert rows["Temperatuur"] == page.temperatures
    for one in page.prevalence:
        assert rows[str(one.name)] == [one.texts.before, one.texts.now]
    for spread in page.spreads:
        for answer, count in spread.answers:
            assert rows[f"{spread.item.text} {answer}"] == ["", count]
    assert any("wettelijke monitor" in name for name in rows)


def test_of_one_run_the_column_before_is_empty(group):
    run = group.measure(lines_of("A before"))
    rows = read(group.teacher, run)
    heading = next(row for row in rows if row and row[0] == "Onderwerp")
    assert heading[1:3] == ["", "3 november 2025"]
    assert not [row for row in rows if len(row) > 3 and row[1] and row != heading]


def test_no_cell_begins_a_formula_whatever_a_school_is_called(group, at):
    group.measure(lines_of("A after"))
    at(LATER)
    run = group.measure(lines_of("A before"), now=LATER)
    School.objects.update(name="=cmd|x")
    cells = [cell for row in read(group.teacher, run) for cell in row]
    assert "'=cmd|x" in cells
    assert not [cell for cell in cells if cell[:1] in tuple("=+-@")]


def test_of_too_few_answers_there_is_no_table_and_no_button(group):
    run = group.measure(VECTOR[:-1])
    client = signed_in(group.teacher)
    page = f"/thermometer/{run.uuid}/"
    assert client.get(f"{page}table/").headers["Location"] == page
    assert "table/" not in client.get(page).content.decode()
    assert "Downloaden als tabel" not in client.get(page).content.decode()


def test_nothing_is_there_before_it_is_closed(group):
    run = group.open()
    answer = signed_in(group.teacher).get(f"/thermometer/{run.uuid}/table/")
    assert answer.headers["Location"] == f"/thermometer/{run.uuid}/"


def test_the_button_is_for_everybody_who_sees_the_result(group):
    run = group.measure(lines_of("A before"))
    for role in (Role.COUNSELLOR, Role.PRINCIPAL):
        client = signed_in(make_person(role, group.school))
        page = client.get(f"/thermometer/{run.uuid}/").content.decode()
        assert f'href="/thermometer/{run.uuid}/table/"' in page
        assert client.get(f"/thermometer/{run.uuid}/table/").status_code == 200


def test_others_find_no_table(group):
    run = group.measure(lines_of("A before"))
    strangers = (
        make_person(Role.TEACHER, group.school),
        make_person(Role.COORDINATOR, make_school("Elders", "elders")),
    )
    for person in strangers:
        assert signed_in(person).get(f"/thermometer/{run.uuid}/table/").status_code == 404
