"""Who has how much to do: numbers of what the coordinator sees, and nothing of a case."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from cases.queries.workload import Load, workload
from cases.services.agreements import settle_agreement
from cases.services.restriction import restrict_case
from cases.tests.scene import Scene
from pestzorg.testing.builders import NOW, make_agreement, make_person, make_school, make_talk
from schools.models import User
from schools.roles import Role

WORKLOAD = reverse("cases:workload")


@pytest.fixture(autouse=True)
def clock(at: Any) -> None:
    at(NOW)


def load_of(scene: Scene, person: User, now: Any = NOW) -> Load:
    rows = workload(scene.who(scene.coordinator, now), scene.school)
    return next(load for load in rows if load.person == person)


def test_open_late_and_this_week_are_counted_per_colleague(scene: Scene) -> None:
    for _ in range(2):
        make_agreement(scene.teacher, scene.case)
    done = make_agreement(scene.teacher, scene.case)
    settle_agreement(scene.teacher, done, "done", now=NOW)
    make_talk(scene.teacher, scene.case)
    make_talk(scene.teacher, scene.case, planned_at=NOW + timedelta(days=7))
    assert load_of(scene, scene.teacher) == Load(scene.teacher, 2, 0, 1, 1, 2)
    assert load_of(scene, scene.colleague) == Load(scene.colleague, 0, 0, 0, 0, 0)
    # A week later both agreements and the first talk are late, and the second talk is of this week.
    assert load_of(scene, scene.teacher, NOW + timedelta(days=7)) == Load(
        scene.teacher, 2, 3, 1, 1, 2
    )


def test_an_agreement_of_a_pupil_is_work_for_whoever_follows_up(scene: Scene) -> None:
    others = {"owner_type": "parent", "owner_staff": None, "owner_name": "Karin"}
    make_agreement(scene.teacher, scene.case, **others)
    assert load_of(scene, scene.teacher).agreements == 1


def test_what_looks_back_is_never_late(scene: Scene) -> None:
    make_agreement(scene.teacher, scene.case, review_on=NOW.date() + timedelta(days=1))
    assert load_of(scene, scene.teacher, NOW + timedelta(days=9)).late == 0


def test_the_one_with_most_late_stands_first(scene: Scene) -> None:
    make_agreement(scene.coordinator, scene.case)
    make_agreement(scene.teacher, scene.case, deadline=NOW.date() + timedelta(days=10))
    rows = workload(scene.who(scene.coordinator, NOW + timedelta(days=4)), scene.school)
    assert rows[0].person == scene.coordinator
    assert rows[0].late == 1


def test_a_case_that_is_closed_off_adds_no_number(scene: Scene) -> None:
    make_agreement(scene.teacher, scene.case)
    other = make_person(Role.COORDINATOR, scene.school, first_name="Co")
    restrict_case(scene.coordinator, scene.case, now=NOW)
    rows = workload(scene.who(other), scene.school)
    assert {load.total for load in rows} == {0}


def test_the_page_shows_numbers_and_nothing_of_a_case(scene: Scene, client: Client) -> None:
    make_agreement(scene.teacher, scene.case)
    client.force_login(scene.coordinator)
    page = client.get(WORKLOAD).content.decode()
    assert "Marit de Vries" in page
    row = page.partition('rowheader">Marit de Vries')[2].partition("</tr>")[0]
    numbers = re.findall(r'data-label="([^"]+)">\s*(\d+)', row)
    assert numbers == [
        ("Afspraken", "1"),
        ("Vervolggesprekken", "0"),
        ("Leidt een gesprek", "1"),
        ("Te laat", "0"),
    ]
    assert 'width="60" height="8" rx="4"' in row
    assert reverse("cases:work", args=[scene.teacher.uuid]) in page
    for word in ("Noor", "Bel de ouders", scene.case.reference, str(scene.case.uuid)):
        assert word not in page
    assert WORKLOAD in client.get("/overview/").content.decode()


@pytest.mark.parametrize("who", ["teacher", "principal", "counsellor"])
def test_it_is_there_for_coordinators_only(scene: Scene, client: Client, who: str) -> None:
    client.force_login(getattr(scene, who))
    assert client.get(WORKLOAD).status_code == 404


def test_a_school_of_somebody_else_is_absent(scene: Scene, client: Client) -> None:
    make_school("De Brug", "de-brug")
    client.force_login(scene.coordinator)
    assert client.get(f"{WORKLOAD}?school=de-vaart").status_code == 200
    assert client.get(f"{WORKLOAD}?school=de-brug").status_code == 404


def test_the_number_of_queries_does_not_grow(
    scene: Scene, django_assert_max_num_queries: Any
) -> None:
    for _ in range(5):
        make_agreement(scene.teacher, scene.case)
        make_talk(scene.teacher, scene.case)
    with django_assert_max_num_queries(8):
        workload(scene.who(scene.coordinator), scene.school)
