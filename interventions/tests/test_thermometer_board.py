"""What a board sees of the thermometer: whole schools, whole years, and nothing from which one class could be read."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from interventions.models import AnswerBox, Run
from interventions.queries.thermometer_board import figures_of, years_of
from interventions.services.smallest_group import set_smallest_group
from interventions.tests.classes import lines_of, scores_of
from interventions.tests.measured_classes import LINES, MEASURED, box_of, measured
from interventions.tests.running import at as morning
from interventions.thermometer.publish import FLOOR, Limits
from interventions.thermometer.questionnaire import JUNIOR
from interventions.thermometer.scoring import half_up
from pestzorg.testing.builders import NOW, make_person, make_school
from schools.models import School
from schools.roles import Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def school(db: None) -> School:
    return make_school()


@pytest.fixture
def next_year(school: School, at: Any) -> datetime:
    """The school year with the runs is over."""
    now = morning(school.years.earliest("starts_on").ends_on + timedelta(days=1))
    at(now)
    return now


def shown(school: School, now: datetime) -> list[int]:
    """Of each year that is shown, how many classes."""
    return [found.classes for found in years_of(school, now)]


def test_three_classes_are_one_mean_in_whole_points(school: School, next_year: datetime) -> None:
    parts = [lines_of("A before"), lines_of("A after"), lines_of("B before")]
    for name, lines in zip("abc", parts, strict=True):
        measured(school, name, lines)
    (found,) = years_of(school, next_year)
    means = [scores_of(lines).dimensions["safety"].mean for lines in parts]
    row = next(row for row in found.rows if row.key == "safety")
    assert row.at == int(half_up(sum(means) / 3, 0))
    assert [row.key for row in found.rows][-1] == "total"


def test_two_classes_show_nothing(school: School, next_year: datetime) -> None:
    for name in "ab":
        measured(school, name)
    assert shown(school, next_year) == []


def test_one_answer_less_in_one_class_hides_everything(school: School, next_year: datetime) -> None:
    runs = [measured(school, name, LINES[:8]) for name in "abc"]
    whole = shown(school, next_year)
    AnswerBox.objects.filter(run=runs[0]).delete()
    AnswerBox.objects.create(run=runs[0], answers=box_of(LINES[:7]))
    assert (whole, shown(school, next_year)) == ([3], [])


def test_one_class_less_hides_everything(school: School, next_year: datetime) -> None:
    runs = [measured(school, name) for name in "abc"]
    runs[0].delete()
    assert shown(school, next_year) == []


def test_raising_the_smallest_group_never_shows_the_rest_without_one_class(
    school: School, next_year: datetime
) -> None:
    boss = make_person(Role.COORDINATOR, school)
    for name, count in zip("abcd", (8, 10, 10, 10), strict=True):
        measured(school, name, LINES[:count])
    whole = shown(school, next_year)
    set_smallest_group(boss, school, Limits(9, 10), now=NOW)
    raised = shown(school, next_year)
    set_smallest_group(boss, school, FLOOR, now=NOW)
    assert (whole, raised, shown(school, next_year)) == ([4], [], [4])


def test_a_year_that_still_runs_is_not_shown(school: School) -> None:
    """Else the class that joined since would be the difference between two tables."""
    for name in "abcd":
        measured(school, name)
    year = school.years.earliest("starts_on")
    assert figures_of(school, year, year.ends_on) is None
    found = figures_of(school, year, year.ends_on + timedelta(days=1))
    assert found is not None
    assert found.classes == 4


def test_what_is_closed_after_the_year_changes_nothing(school: School, next_year: datetime) -> None:
    for name in "abc":
        measured(school, name)
    measured(school, "d", closed_on=next_year.date())
    assert shown(school, next_year) == [3]


def test_of_each_class_only_the_last_run_counts(school: School, next_year: datetime) -> None:
    runs = [measured(school, name) for name in "abc"]
    again = Run.objects.create(
        school=school,
        school_class=runs[0].school_class,
        state=Run.State.CLOSED,
        class_size=24,
        planned_on=MEASURED,
        opened_on=MEASURED + timedelta(weeks=5),
        closed_on=MEASURED + timedelta(weeks=5),
    )
    AnswerBox.objects.create(run=again, answers=box_of(LINES[:3]))
    assert shown(school, next_year) == []


def test_the_youngest_and_a_class_with_a_hidden_subject_do_not_count(
    school: School, next_year: datetime
) -> None:
    for name in "ab":
        measured(school, name)
    junior = measured(school, "c")
    Run.objects.filter(pk=junior.pk).update(version=JUNIOR)
    silent = tuple("000" + line[3:] for line in LINES[:3]) + LINES[3:]
    measured(school, "d", silent)
    assert shown(school, next_year) == []


def test_the_page_names_schools_and_no_class(school: School, next_year: datetime) -> None:
    for name in ("Vissen", "Vogels", "Otters"):
        measured(school, name)
    client = Client()
    client.force_login(make_person(Role.BOARD_VIEWER, school))
    assert "/thermometer/board/" in client.get("/start/").content.decode()
    page = client.get("/thermometer/board/").content.decode()
    assert school.name in page
    assert "3 klassen" in page
    assert "geen wettelijke monitor" in page
    assert page.count('role="img"') == 7
    for name in ("Vissen", "Vogels", "Otters"):
        assert name not in page


def test_another_board_sees_nothing_of_this_school(school: School, next_year: datetime) -> None:
    for name in "abc":
        measured(school, name)
    other = make_school("Het Kompas", "het-kompas")
    client = Client()
    client.force_login(make_person(Role.BOARD_VIEWER, other))
    assert school.name not in client.get("/thermometer/board/").content.decode()


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.PRINCIPAL, Role.DPO, Role.SCHOOL_ADMIN])
def test_it_is_for_board_members_alone(school: School, next_year: datetime, role: Role) -> None:
    client = Client()
    client.force_login(make_person(role, school))
    assert client.get("/thermometer/board/").status_code == 404
