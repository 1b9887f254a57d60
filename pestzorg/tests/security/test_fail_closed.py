"""When something the installation needs is gone, nobody sees more than before, and no page tells why (promise S43)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest
from django.core.cache.backends.base import BaseCache
from django.db import OperationalError, connection, transaction
from django.http import HttpResponse
from django.test import Client, override_settings

from cases.models import Agreement
from pestzorg.testing.builders import NOW, PASSWORD
from pestzorg.tests.security.personas import World, build_world
from pestzorg.tests.security.test_inventory import CSRF
from pestzorg.tests.security.test_matrix import Ask, asks, is_allowed, judge, shows_case, to_sign_in

# The same code answers on SQLite; once is enough for a walk over every route.
pytestmark = pytest.mark.postgres

PERSONAS = ("AN", "T0", "TV", "CO", "PX", "OB", "SA", "LV ended", "TKr")
EVERY = 3  # of the routes, one in so many; another third for each persona
DUTCH = "Er ging bij ons iets mis"
AWAY = "Dit lukt nu even niet"
NOT_LOGGED = ("We kunnen dit nu niet laten zien", "kan nu niet worden vastgelegd")
SECRET = "de-geheime-oorzaak"  # stands in every fault, and must stand in no answer


class BrokenCache(BaseCache):
    """A Redis that does not answer."""

    def __init__(self, *_args: Any) -> None:
        super().__init__({})

    def get(self, *_args: Any, **_kwargs: Any) -> Any:
        raise ConnectionError(SECRET)

    add = set = touch = delete = clear = incr = has_key = get  # type: ignore[assignment]


@contextmanager
def database_fails_at(position: int) -> Iterator[None]:
    """The database answers so many questions of a request, and no more."""
    asked = 0

    def ask(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        nonlocal asked
        asked += 1
        if asked > position and not sql.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK")):
            raise OperationalError(SECRET)
        return execute(sql, *rest)

    with connection.execute_wrapper(ask):
        yield


@contextmanager
def audit_fails() -> Iterator[None]:
    """Nothing can be written to the log."""

    def ask(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        if sql.startswith("INSERT") and "audit" in sql:
            raise OperationalError(SECRET)
        return execute(sql, *rest)

    with connection.execute_wrapper(ask):
        yield


@contextmanager
def key_file_fails() -> Iterator[None]:
    with override_settings(FIELD_KEYSET_FILE=f"/nowhere/{SECRET}"):
        yield


@contextmanager
def redis_fails() -> Iterator[None]:
    place = f"{__name__}.BrokenCache"
    with override_settings(CACHES={"default": {"BACKEND": place}}):
        yield


FAULTS: dict[str, Callable[[], AbstractContextManager[None]]] = {
    **{f"database after {n}": lambda n=n: database_fails_at(n) for n in (0, 1, 2, 3, 5, 8, 13)},
    "redis": redis_fails,
    "key file": key_file_fails,
    "audit": audit_fails,
}


@pytest.fixture(scope="module")
def built(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    with django_db_blocker.unblock(), transaction.atomic():
        yield build_world()
        transaction.set_rollback(True)


@pytest.fixture
def world(built: World, db: None, at: Any, caplog: pytest.LogCaptureFixture) -> World:
    caplog.set_level("CRITICAL")  # hundreds of intended errors
    at(NOW)
    return built


def some(world: World, persona: str, fault: str) -> list[Ask]:
    """Some of what this persona may ask, and another part for each fault."""
    begin = (PERSONAS.index(persona) + list(FAULTS).index(fault)) % EVERY
    return list(asks(world, persona, restricted=False))[begin::EVERY]


@pytest.mark.slow
@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_opens_nothing_and_tells_nothing(world: World, fault: str) -> None:
    wrong, broken = [], 0
    for persona in PERSONAS:
        client = world.client(persona)
        client.raise_request_exception = False
        for ask in some(world, persona, fault):
            answer = send(client, ask, FAULTS[fault])
            broken += answer.status_code >= 500
            if complaint := complain(ask, persona, answer, world):
                wrong.append(f"{persona} {ask}: {complaint}")
    assert wrong == []
    # The fault was felt; Redis holds nothing that a page of the matrix needs.
    assert broken > 0 or fault == "redis"


def send(client: Client, ask: Ask, fault: Callable[[], Any]) -> HttpResponse:
    with transaction.atomic(), ExitStack() as stack:
        stack.enter_context(fault())
        answer = client.generic(ask.route.method, ask.url)
        transaction.set_rollback(True)
    return answer


def complain(ask: Ask, persona: str, answer: HttpResponse, world: World) -> str | None:
    """What is wrong with an answer under a fault; a generic error is always right."""
    text = answer.content.decode(errors="replace")  # a paper is no text
    if SECRET in text or "Traceback" in text or "Error at" in text:
        return "tells what broke"
    if answer.status_code >= 500:
        # /readyz says to monitors which part does not answer, in words of its own.
        is_generic = any(said in text for said in (DUTCH, AWAY, *NOT_LOGGED)) or (
            ask.route.path == "readyz" and answer.status_code == 503
        )
        return None if is_generic and not shows_case(answer, world) else "is not the generic text"
    if ask.expected in {"allow", "header"}:
        return judge(ask, persona, answer, world) and "neither as without the fault nor an error"
    closed = answer.status_code in {401, 404} or to_sign_in(answer)
    return None if closed or not shows_case(answer, world) else "opened what was closed"


def test_the_judge_would_notice_an_opened_door_and_a_told_cause(world: World) -> None:
    client = world.client("CO")
    url = f"/cases/{world.case.uuid}/"
    ask = next(a for a in asks(world, "T0", restricted=False) if a.url == url)
    assert ask.expected == "deny"
    assert complain(ask, "T0", client.get(url), world) == "opened what was closed"
    assert complain(ask, "T0", HttpResponse(SECRET, status=500), world) == "tells what broke"
    assert complain(ask, "T0", HttpResponse("Oops", status=500), world) == "is not the generic text"
    assert is_allowed(client.get(url))


@pytest.mark.parametrize("path", ["/account/login/", "/cases/", "/api/v1/cases/", "/healthz"])
def test_without_a_database_there_is_one_text_and_no_page(world: World, path: str) -> None:
    client = world.client("CO")
    client.raise_request_exception = False
    with database_fails_at(0):
        answer = client.get(path, headers={"Accept-Language": "nl"})
    text = answer.content.decode()
    assert SECRET not in text
    if answer.status_code != 200:
        assert (answer.status_code, AWAY in text) == (503, True)
    else:
        assert path in {"/healthz", "/account/login/"}  # they need no database to say what they say


def test_without_redis_tries_to_sign_in_are_limited_all_the_same(world: World) -> None:
    client, email = Client(raise_request_exception=False), world.people["CO"].email
    with redis_fails():
        for password in [*["wrong"] * 10, PASSWORD]:
            answer = client.post("/account/login/", {"login": email, "password": password})
            assert SECRET not in answer.content.decode()
    assert client.get("/cases/").status_code == 302  # the right password came too late


def test_what_cannot_be_logged_is_not_done(world: World) -> None:
    client = world.client("CO")
    client.raise_request_exception = False
    agreement = Agreement.objects.get(uuid=world.other["agreement_uuid"])
    path = f"/agreements/{agreement.uuid}/settle/"
    with audit_fails():
        assert client.post(path, {"status": "done"}).status_code == 503
    agreement.refresh_from_db()
    assert agreement.is_open
    assert client.post(path, {"status": "done"}).status_code == 302


def test_closed_and_absent_look_the_same_while_nothing_can_be_logged(world: World) -> None:
    client = world.client("OB")
    client.raise_request_exception = False
    different = []
    for ask in asks(world, "OB", restricted=False):
        if world.other["case_uuid"].hex in ask.url.replace("-", ""):
            absent = replace(ask, url=ask.url.replace(str(world.other["case_uuid"]), str(uuid4())))
            closed, gone = (send(client, one, audit_fails) for one in (ask, absent))
            if (closed.status_code, seen(closed)) != (gone.status_code, seen(gone)):
                different.append(str(ask))
    assert different == []


def seen(answer: HttpResponse) -> bytes:
    return CSRF.sub(b"", answer.content)
