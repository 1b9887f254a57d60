"""The page *Who looked?*: who may open it, what it tells of whom, and that names stay with those who see the case."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client

from cases.ceilings import Level
from cases.events import CASE_LISTED, CASE_READ
from cases.services.break_glass import break_glass
from cases.services.sharing import share_case
from cases.tests.scene import Scene
from pestzorg.audit import log
from pestzorg.audit.log import Look
from pestzorg.audit.models import AuditEvent
from pestzorg.testing.builders import NOW, make_person
from schools.models import User
from schools.roles import Role


def address(scene: Scene) -> str:
    return f"/cases/{scene.case.uuid}/looks/"


def read_as(user: User, path: str) -> str:
    client = Client()
    client.force_login(user)
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def lines(page: str) -> list[str]:
    """The text of each row, in one line."""
    rows = page.split('<ul class="pz-rows">')[1].split("</ul>")[0].split("<li>")[1:]
    return [" ".join(_text(row).split()) for row in rows]


def _text(html: str) -> str:
    return re.sub(r"<[^>]+>", " ", html)


@pytest.fixture(autouse=True)
def monday(at) -> None:
    at(NOW)


def look(scene: Scene, user: User, verb: str = CASE_READ, days: int = 0) -> None:
    seen = Look(scene.case.uuid, scene.school.pk, role="teacher", through="grant")
    log.record_read(user, verb, [seen], rule="R14", now=NOW + timedelta(days=days))


def test_a_line_tells_who_when_as_what_by_what_and_how_often(scene) -> None:
    for verb in (CASE_READ, CASE_READ, CASE_READ, CASE_LISTED):
        look(scene, scene.teacher, verb)
    look(scene, scene.teacher, days=1)
    later, monday = lines(read_as(scene.coordinator, address(scene)))
    for word in (
        "Marit",
        "leraar",
        "maandag 3 november",
        "3 keer geopend",
        "één keer in een lijst",
    ):
        assert word in monday
    assert "kreeg persoonlijk toegang" in monday
    assert "dinsdag 4 november" in later
    assert "één keer geopend" in later


def test_the_reader_stands_on_it_from_the_next_time_on(scene) -> None:
    read_as(scene.coordinator, address(scene))
    (line,) = lines(read_as(scene.coordinator, address(scene)))
    assert "Sami" in line
    assert "door deze rol op school" in line


def test_emergency_access_stands_out_with_its_reason(scene) -> None:
    break_glass(scene.principal, scene.case, reason="x y" * 20, reason_code="danger", now=NOW)
    read_as(scene.principal, f"/cases/{scene.case.uuid}/")
    (line,) = lines(read_as(scene.coordinator, address(scene)))
    assert "noodtoegang" in line
    assert "Een leerling is nu misschien in gevaar" in line


def test_a_program_is_called_one(scene) -> None:
    seen = Look(scene.case.uuid, role="teacher", through="grant")
    log.record_read(scene.teacher, CASE_READ, [seen], rule="R14", now=NOW, token_id=1)
    assert "met een programma" in lines(read_as(scene.coordinator, address(scene)))[0]


def test_somebody_whose_account_is_gone_still_has_a_line(scene) -> None:
    class Gone:
        pk = 99999

    look(scene, Gone())
    assert "Een account dat er niet meer is" in lines(read_as(scene.coordinator, address(scene)))[0]


def test_refused_attempts_are_counted_and_nobody_is_named(scene) -> None:
    client = Client()
    client.force_login(scene.colleague)
    for _attempt in range(2):
        assert client.get(f"/cases/{scene.case.uuid}/").status_code == 404
    page = read_as(scene.coordinator, address(scene))
    assert "2 keer vroeg iemand om dit dossier" in page
    assert "Joost" not in page


def test_looks_at_other_cases_do_not_stand_here(scene) -> None:
    log.record_read(scene.teacher, CASE_READ, [Look(uuid4())], rule="R14", now=NOW)
    assert "Er keek nog niemand" in read_as(scene.coordinator, address(scene))


def test_a_long_history_comes_in_pages(scene, django_assert_max_num_queries) -> None:
    for day in range(60):
        look(scene, scene.teacher, days=-day)
    client = Client()
    client.force_login(scene.coordinator)
    client.get(address(scene))
    with django_assert_max_num_queries(22):
        page = client.get(address(scene) + "?page=2").content.decode()
    assert len(lines(page)) == 25
    assert "Pagina 2 van 3" in page


def test_the_data_protection_officer_sees_roles_and_initials_and_no_name(scene) -> None:
    look(scene, scene.teacher)
    officer = make_person(Role.DPO, scene.school, first_name="Dirk")
    page = read_as(officer, address(scene))
    assert "MV leraar" in lines(page)[0].removeprefix("MV ")
    assert scene.case.reference in page
    # A code may hold the letters of a class, as may the token of a form.
    said = _text(page.split("<main")[1]).replace(scene.case.reference, "")
    for name in ("Marit", scene.pupil.first_name, "7A"):
        assert name not in said


def test_the_officer_sees_nothing_else_of_the_case(scene, client) -> None:
    officer = make_person(Role.DPO, scene.school)
    client.force_login(officer)
    for path in ("", "access/", "conversation/"):
        assert client.get(f"/cases/{scene.case.uuid}/{path}").status_code == 404
    assert not client.get("/api/v1/cases/").json()["results"]


@pytest.mark.parametrize("level", [Level.VIEW, Level.CONTRIBUTE])
def test_who_only_works_along_does_not_see_who_looked(level, scene, client) -> None:
    share_case(scene.coordinator, scene.case, scene.colleague, level, now=NOW)
    client.force_login(scene.colleague)
    assert client.get(address(scene)).status_code == 404
    assert "looks/" not in client.get(f"/cases/{scene.case.uuid}/").content.decode()


def test_the_page_of_the_case_leads_there(scene) -> None:
    assert address(scene) in read_as(scene.coordinator, f"/cases/{scene.case.uuid}/")
    assert AuditEvent.objects.filter(verb=CASE_READ, rule="R14").exists()


def test_the_officer_comes_by_the_code_of_the_case(scene, client) -> None:
    client.force_login(make_person(Role.DPO, scene.school))
    answer = client.post("/cases/by-code/", {"code": scene.case.reference})
    assert answer["Location"] == address(scene)
