"""S03: the key of something that is not yours answers exactly like a key that nobody ever gave out.

Every route parameter, query parameter and form field that carries a key is sent once per foreign object and once
per random key. Each of the former answers is compared with each of the latter: status, headers, body and how many
questions the database was asked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import product
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.test import Client

from pestzorg.rules.registry import routes
from pestzorg.testing.builders import NOW
from pestzorg.tests.security.fields_of_pages import (
    UUID,
    FormsOf,
    Sent,
    answered,
    fields_with_a_key,
    forms_made,
)
from pestzorg.tests.security.foreign import Attacker, Parts, Strangers, build_strangers
from pestzorg.tests.security.test_matrix import API_OBJECTS

pytestmark = [pytest.mark.slow, pytest.mark.postgres]

METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE")
ATTACKERS = ("teacher", "program", "coordinator", "outsider")
RANDOM_KEYS = 6
# Pairs per attacker; together more than the 20,000 that are promised.
AT_LEAST = {"teacher": 8000, "program": 1000, "coordinator": 6000, "outsider": 7000}
IN_A_QUERY = [
    ("cases/", "after"),
    *product(
        [f"api/v1/{kind}/" for kind in ("cases", "conversations", "agreements", "talks")],
        ("school", "case"),
    ),
    *product(["api/v1/interventions/"], ("school", "case", "class_group")),
    *product(["api/v1/thermometer-runs/"], ("school", "class_group")),
]
PARAMETER = re.compile(r"<\w+:(\w+)>")
KEY = re.compile(r"<uuid:(\w+)>")
CSRF = re.compile(
    r'(name="csrfmiddlewaretoken" value="|X-CSRFToken&quot;: &quot;|X-CSRFToken": ")\w*'
)

Answer = tuple[Any, ...]


@pytest.fixture(scope="module")
def built(django_db_setup: None, django_db_blocker: Any) -> Iterator[Strangers]:
    """The world, built once; each test works in a savepoint of its own."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield build_strangers()
        transaction.set_rollback(True)


@pytest.fixture
def world(built: Strangers, db: None, at: Any, caplog: pytest.LogCaptureFixture) -> Strangers:
    caplog.set_level("ERROR", "django.request")  # thousands of intended 404s
    at(NOW)
    return built


@pytest.mark.parametrize("name", ATTACKERS)
def test_a_foreign_key_in_an_address_answers_like_no_key_at_all(
    world: Strangers, name: str
) -> None:
    attacker = world.attackers[name]
    client, pairs, different = attacker.client(), 0, []
    client.get("/api/v1/cases/")  # a token remembers the day it was used
    for path, parameter in places(only_api=name == "program"):
        absent = [attacker.mine | {parameter: uuid4()} for _ in range(RANDOM_KEYS)]
        for method in METHODS:
            strange = {ask(client, method, path, objects) for objects in absent}
            for foreign in attacker.foreign:
                objects = attacker.mine | {parameter: foreign[parameter]}
                pairs += len(absent)
                if {ask(client, method, path, objects)} != strange:
                    different.append(f"{method} /{path} by {parameter} of {foreign['case']}")
    assert different == []
    assert pairs >= AT_LEAST[name]


@pytest.mark.parametrize("name", ["teacher", "coordinator"])
def test_a_foreign_parent_closes_a_page_whatever_its_child(world: Strangers, name: str) -> None:
    attacker = world.attackers[name]
    client = attacker.client()
    for path in {path for path, _parameter in places() if len(PARAMETER.findall(path)) > 1}:
        for foreign in attacker.foreign:
            child = {**attacker.mine, "case_uuid": foreign["case_uuid"]}
            gone = {**attacker.mine, "case_uuid": uuid4(), "user_uuid": foreign["user_uuid"]}
            assert ask(client, "POST", path, child) == ask(client, "POST", path, gone), path


@pytest.mark.parametrize("name", ["teacher", "coordinator"])
def test_a_foreign_key_in_a_form_answers_like_no_key_at_all(world: Strangers, name: str) -> None:
    attacker = world.attackers[name]
    client, pairs, different = attacker.client(), 0, []
    for url, sent, field, before in posts_with_a_key(client, attacker):
        for kind, keys in world.keys.items():
            absent = [str(uuid4()) if kind == "public" else str(800_000_000 + n) for n in range(3)]
            strange = {post(client, url, sent, field, before + key) for key in absent}
            for key in keys:
                pairs += len(absent)
                if {post(client, url, sent, field, before + key)} != strange:
                    different.append(f"{url} {field}={before}{key}")
    assert different == []
    assert pairs > 500


@pytest.mark.parametrize("name", ATTACKERS)
def test_a_foreign_key_in_a_query_answers_like_no_key_at_all(world: Strangers, name: str) -> None:
    attacker = world.attackers[name]
    client = attacker.client()
    own_school = attacker.mine["case"].school
    for path, parameter in IN_A_QUERY:
        strange = {query(client, path, parameter, str(uuid4())) for _ in range(RANDOM_KEYS)}
        for foreign in attacker.foreign:
            school = foreign["case"].school
            value = str(foreign["class_uuid" if parameter == "class_group" else "case_uuid"])
            if parameter == "school" and school != own_school:
                value = school.code
            assert {query(client, path, parameter, value)} == strange, (path, parameter)


def test_an_own_key_answers_otherwise(world: Strangers) -> None:
    """The runner itself: what is mine is seen as different from what does not exist."""
    teacher = world.attackers["teacher"]
    client = teacher.client()
    page = "cases/<uuid:case_uuid>/"
    absent = teacher.mine | {"case_uuid": uuid4()}
    assert ask(client, "GET", page, teacher.mine)[0] == 200
    assert ask(client, "GET", page, teacher.mine) != ask(client, "GET", page, absent)


@pytest.mark.parametrize(
    ("name", "path", "parameter"),
    [
        ("keeper", "mail/<uuid:mail_uuid>/give-up/", "mail_uuid"),
        ("teacher", "cases/<uuid:case_uuid>/conversation/sittings/<int:number>/", "case_uuid"),
    ],
)
def test_an_own_row_beside_the_foreign_ones_is_there(
    world: Strangers, name: str, path: str, parameter: str
) -> None:
    """Else all of them are absent, and alike for that reason."""
    attacker = world.attackers[name]
    for number in (1, 2):
        mine = attacker.mine | {"number": number}
        assert ask(attacker.client(), "GET", path, mine)[0] == 200
        foreign = mine | {parameter: attacker.foreign[0][parameter]}
        assert ask(attacker.client(), "GET", path, foreign)[0] == 404


# ── places ───────────────────────────────────────────────────────────────────
def places(*, only_api: bool = False) -> list[tuple[str, str]]:
    """Every path with every parameter in it that carries a key."""
    found = {
        (path, parameter): None
        for route in routes()
        for path in [with_names(route.path)]
        if path.startswith("api/" if only_api else "")
        for parameter in KEY.findall(path)
    }
    return list(found)


def with_names(path: str) -> str:
    """The API calls every object `uuid`; here each gets the name of its kind."""
    if not path.startswith("api/v1/") or "<uuid:uuid>" not in path:
        return path
    return path.replace("<uuid:uuid>", f"<uuid:{API_OBJECTS[path.split('/')[2]]}>")


def address(path: str, objects: Parts) -> str:
    return "/" + PARAMETER.sub(lambda match: str(objects[match[1]]), path)


def posts_with_a_key(client: Client, attacker: Attacker) -> Iterator[tuple[str, Sent, str, str]]:
    """Address, what the page sends, the field with a key, what stands before the key in it."""
    for url in pages(attacker.mine):
        with forms_made() as made:
            answer = client.get(url)
        if answer.status_code != 200 or not answer["Content-Type"].startswith("text/html"):
            continue
        keyed = fields_with_a_key(made)
        for action, sent in FormsOf(answer.content.decode(errors="replace")).found:
            for field in sorted(keyed.keys() & sent.keys()):
                yield action or url, sent | answered(made), field, keyed[field]


def pages(mine: Parts) -> list[str]:
    found = {route.path: None for route in routes() if route.method == "GET"}
    urls: dict[str, None] = {}
    for path in found:
        if set(PARAMETER.findall(path)) <= set(mine):
            for number in range(1, 11):
                urls[address(path, {**mine, "number": number})] = None
    return [url for url in urls if not url.startswith(("/account/log", "/api/", "/demo/"))]


# ── asking ───────────────────────────────────────────────────────────────────
def ask(client: Client, method: str, path: str, objects: Parts) -> Answer:
    """One answer, with every key that was asked for taken out of it."""
    keys = [str(objects[name]) for name in KEY.findall(path)]
    return answer_to(client, method, address(path, objects), keys)


def post(client: Client, url: str, sent: Sent, field: str, value: str) -> Answer:
    return answer_to(client, "POST", url, [value], data={**sent, field: value})


def query(client: Client, path: str, parameter: str, value: str) -> Answer:
    return answer_to(client, "GET", f"/{path}?{parameter}={value}", [value])


def answer_to(client: Client, method: str, url: str, keys: list[str], data: Any = None) -> Answer:
    """Status, headers, body and number of queries; what it wrote is undone."""
    asked = 0

    def count(execute: Any, *args: Any) -> Any:
        nonlocal asked
        asked += 1
        return execute(*args)

    with transaction.atomic(), connection.execute_wrapper(count):
        answer = client.post(url, data) if data else client.generic(method, url)
        transaction.set_rollback(True)
    client.cookies.pop("messages", None)  # what one answer tells must not stand in the next
    headers = {name: _plain(value, keys) for name, value in answer.headers.items()}
    # What was just made has a key of its own. A page of the same length is compared without the key.
    headers["Location"] = UUID.sub("MADE", headers.get("Location", ""))
    headers.pop("Content-Length", None)
    body = _plain(answer.content.decode(errors="replace"), keys)
    return answer.status_code, tuple(sorted(headers.items())), body, asked


def _plain(text: str, keys: list[str]) -> str:
    for key in keys:
        text = text.replace(key, "KEY")
    return CSRF.sub("", text)
