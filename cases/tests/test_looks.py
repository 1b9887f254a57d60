"""Every look at the content of a case leaves a row before the bytes leave; without a row there is no content (S39)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cases.models import Case
from pestzorg.audit.log import LogUnwritable
from pestzorg.audit.models import AuditEvent
from pestzorg.rules.registry import routes
from pestzorg.testing.builders import NOW
from pestzorg.tests.security.personas import PUPIL, World, build_world
from pestzorg.tests.security.test_inventory import CSRF
from pestzorg.tests.security.test_matrix import address

LOOKS = ("case_read", "case_listed", "case_header_read", "case_denied")


@pytest.fixture(scope="module")
def built(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """The world, built once: each test below works in a savepoint of its own."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield build_world()
        transaction.set_rollback(True)


@pytest.fixture
def world(built: World, db: None, at: Any, caplog: pytest.LogCaptureFixture) -> World:
    caplog.set_level("ERROR", "django.request")
    at(NOW)
    return built


def looks(**narrowed: Any) -> list[AuditEvent]:
    return list(AuditEvent.objects.filter(verb__in=LOOKS, **narrowed).order_by("pk"))


def forget() -> None:
    AuditEvent.objects.all().delete()


def pages_with_content() -> list[Any]:
    """Every page and answer about a case that is read, and those that show the names of several."""
    with_object = [r for r in routes() if r.method == "GET" and "uuid:" in r.path]
    about_a_case = [r for r in with_object if r.rule in {"R13", "R14", "R17", "R24", "R25", "R26"}]
    lists = [r for r in routes() if r.method == "GET" and r.path in {"", "cases/", "overview/"}]
    api = [r for r in routes() if r.path.startswith("api/v1/c") and "uuid" not in r.path]
    return about_a_case + lists + [r for r in api if r.method == "GET"]


# ── complete ─────────────────────────────────────────────────────────────────
def test_every_page_and_answer_with_content_leaves_a_row(world) -> None:
    shown = 0
    for route in pages_with_content():
        # Of the coordinator's many cases only the own ones stand on the start page.
        persona = "TM" if route.path == "" else "CO"
        forget()
        answer = world.client(persona).get(address(route, world.other))
        rows = looks()
        if answer.status_code == 200:
            shown += 1
            of_the_case = [row.verb for row in rows if row.case_uuid == world.case.uuid]
            is_late = route.path == "overview/"  # which names the case from its first deadline on
            assert of_the_case in ([], ["case_read"], ["case_listed"]), route
            assert of_the_case or is_late, route
            assert {row.actor_id for row in rows} == {world.people[persona].pk}
        else:
            assert (answer.status_code, rows) == (302, []), route
    assert shown > 12


def test_no_answer_with_the_pupils_name_goes_without_a_row(world) -> None:
    """Whatever the route: who meets the name meets the log. Own reports show what the reader wrote."""
    named = 0
    ours = (r for r in routes() if r.method == "GET" and not re.search("<(slug|int:pk)", r.path))
    for route in ours:
        for persona in ("CO", "TM"):
            forget()
            answer = world.client(persona).get(address(route, world.other))
            said = getattr(answer, "content", b"").decode(errors="replace")  # also of a paper
            if PUPIL in said and route.rule != "R10":
                named += 1
                assert looks(case_uuid=world.case.uuid), route
    assert named > 12


def test_a_row_says_who_when_by_which_rule_and_through_what(world) -> None:
    for persona, role, through in (("TV", "teacher", "grant"), ("CO", "coordinator", "role")):
        forget()
        world.client(persona).get(f"/cases/{world.case.uuid}/conversation/")
        (row,) = looks()
        assert (row.verb, row.rule, row.role, row.through) == ("case_read", "R14", role, through)
        assert (row.at, row.school_id, row.token_id) == (NOW, world.school.pk, None)


def test_the_page_of_a_case_is_a_look_at_its_content_or_at_its_header(world) -> None:
    page = f"/cases/{world.case.uuid}/"
    world.client("TV").get(page)
    world.client("PR").get(page)
    content, header = looks()
    assert (content.verb, content.rule) == ("case_read", "R14")
    assert (header.verb, header.rule, header.role) == ("case_header_read", "R13", "principal")


def test_a_part_of_a_case_is_named_in_the_row(world) -> None:
    world.client("TV").get(f"/agreements/{world.other['agreement_uuid']}/")
    (row,) = looks()
    assert (row.case_uuid, row.subject_uuid) == (world.case.uuid, world.other["agreement_uuid"])


def test_a_program_leaves_the_token_it_came_with(world) -> None:
    world.client("TKr").get(f"/api/v1/cases/{world.case.uuid}/")
    (row,) = looks()
    assert row.token_id is not None
    assert row.actor_id == world.people["TV"].pk


def test_what_is_posted_and_answered_with_a_page_is_a_look_too(world) -> None:
    world.client("TM").post(f"/cases/{world.case.uuid}/agreements/new/", {})
    assert [row.verb for row in looks()] == ["case_read"]


def test_a_list_has_a_row_for_each_case_with_content_and_none_for_headers(world) -> None:
    world.client("CO").get("/cases/")
    listed = {row.case_uuid for row in looks(verb="case_listed")}
    assert listed == {case.uuid for case in Case.objects.filter(school=world.school)}
    forget()
    world.client("PR").get("/cases/")
    assert looks() == []


def test_a_case_shown_twice_on_a_page_has_one_row(world) -> None:
    world.client("TV").get("/")
    rows = looks()
    assert len(rows) == len({row.case_uuid for row in rows})
    assert world.case.uuid in {row.case_uuid for row in rows}


def test_a_list_that_does_not_say_what_it_shows_fails(world, monkeypatch) -> None:
    monkeypatch.setattr("cases.web.case_pages.shows", lambda *args: None)
    with pytest.raises(LookupError):
        world.client("CO").get("/cases/")


# ── refused ──────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    "path",
    [
        "/cases/{case_uuid}/",
        "/agreements/{agreement_uuid}/",
        "/talks/{talk_uuid}/",
        "/api/v1/cases/{case_uuid}/",
        "/api/v1/conversations/{conversation_uuid}/",
        "/api/v1/agreements/{agreement_uuid}/",
    ],
)
def test_who_is_refused_leaves_a_row_and_learns_nothing(path, world) -> None:
    client = world.client("T0")
    refused = client.get(path.format(**world.other))
    absent = client.get(path.format(**{name: uuid4() for name in world.other}))
    assert (refused.status_code, absent.status_code) == (404, 404)
    assert CSRF.sub(b"", refused.content) == CSRF.sub(b"", absent.content)
    known, unknown = looks()
    assert (known.verb, known.case_uuid) == ("case_denied", world.case.uuid)
    assert known.actor_id == world.people["T0"].pk
    assert (unknown.verb, unknown.school_id) == ("case_denied", None)


def test_being_refused_costs_the_same_for_a_closed_and_an_absent_case(world) -> None:
    client = world.client("T0")
    assert statements(client, f"/cases/{world.case.uuid}/") == statements(
        client, f"/cases/{uuid4()}/"
    )


def statements(client: Client, path: str) -> int:
    with CaptureQueriesContext(connection) as found:
        client.get(path)
    return len(found)


def test_a_verb_that_is_closed_on_a_visible_case_is_logged_as_refused(world) -> None:
    answer = world.client("TV").get(f"/cases/{world.case.uuid}/agreements/new/")
    assert answer.status_code == 404
    (row,) = looks()
    assert (row.verb, row.rule) == ("case_denied", "R24")


def test_a_stranger_is_asked_to_sign_in_and_leaves_no_row(world) -> None:
    Client().get(f"/cases/{world.case.uuid}/")
    Client().get(f"/api/v1/cases/{world.case.uuid}/")
    assert looks() == []


# ── not without a row ────────────────────────────────────────────────────────
@pytest.fixture
def unwritable(world, monkeypatch) -> None:
    """The log as a database that refuses it would be; test_unwritable.py does it with a real one."""

    def refuse(*args: Any, **kwargs: Any) -> None:
        raise LogUnwritable

    monkeypatch.setattr("pestzorg.audit.log.record_read", refuse)


def test_without_a_row_no_content_leaves(world, unwritable) -> None:
    client = world.client("CO")
    for route in pages_with_content():
        answer = client.get(address(route, world.other))
        assert answer.status_code in {302, 503}, route
        assert b"Fenna" not in answer.content


def test_the_page_says_calmly_what_is_the_matter(world, unwritable) -> None:
    answer = world.client("CO").get(f"/cases/{world.case.uuid}/")
    assert answer.status_code == 503
    assert "We kunnen dit nu niet laten zien" in answer.content.decode()
    assert answer["Content-Language"] == "nl"


def test_the_api_says_so_in_its_own_form(world, unwritable) -> None:
    answer = world.client("TKr").get(f"/api/v1/cases/{world.case.uuid}/")
    assert (answer.status_code, answer.json()["code"]) == (503, "not_logged")


def test_a_refusal_that_cannot_be_logged_tells_nothing_either(world, unwritable) -> None:
    client = world.client("T0")
    answers = [client.get(f"/cases/{uuid}/") for uuid in (world.case.uuid, uuid4())]
    assert {answer.status_code for answer in answers} == {503}
    assert answers[0].content == answers[1].content


# ── acting ───────────────────────────────────────────────────────────────────
def test_what_is_done_is_logged_with_the_way_by_which_its_actor_came(world) -> None:
    agreement = world.other["agreement_uuid"]
    answer = world.client("TM").post(f"/agreements/{agreement}/settle/", {"status": "done"})
    assert answer.status_code == 302
    settled = AuditEvent.objects.get(verb="agreement_settled")
    assert (settled.role, settled.through) == ("teacher", "grant")
