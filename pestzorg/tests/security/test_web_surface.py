"""S14, S15, S20, S25 over the whole URL map: headers, cookies, unsafe requests, links that follow no header."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings as project
from django.db import transaction
from django.test import Client

from pestzorg.rules.registry import Route, routes
from pestzorg.testing.builders import NOW, PASSWORD
from pestzorg.tests.security.personas import World, build_world
from pestzorg.tests.security.test_matrix import everything
from pestzorg.tests.security.test_second_factor import filled

# The same code answers on SQLite; once is enough for a walk over every route.
pytestmark = pytest.mark.postgres

PERSONAS = ("AN", "TM", "CO", "SA")
SAFE = {"GET", "HEAD", "OPTIONS"}


@pytest.fixture(scope="module")
def built(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    with django_db_blocker.unblock(), transaction.atomic():
        yield build_world()
        transaction.set_rollback(True)


@pytest.fixture
def world(built: World, db: None, at: Any, caplog: pytest.LogCaptureFixture) -> World:
    caplog.set_level("CRITICAL", "django")
    at(NOW)
    return built


@pytest.fixture
def as_production(settings: Any) -> None:
    settings.SECURE_HSTS_SECONDS = 365 * 24 * 3600
    settings.SECURE_HSTS_INCLUDE_SUBDOMAINS = settings.SECURE_HSTS_PRELOAD = True
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True
    settings.SESSION_COOKIE_NAME = "__Host-pz"
    settings.CSRF_COOKIE_NAME = "__Host-pz-csrf"
    settings.DEVICE_COOKIE_NAME = "__Host-pz-device"


def objects(world: World, persona: str) -> dict[str, Any]:
    return world.other | world.own.get(persona, {})


def visit(world: World, persona: str, methods: set[str]) -> Iterator[tuple[Route, str, Any]]:
    """Every route as this persona, each with every one of these methods; what it did is undone."""
    client = world.client(persona)
    for route in routes():
        if route.method not in {"GET", "POST"}:
            continue
        url = filled(route, objects(world, persona))
        for method in methods if route.method == "GET" else methods & {"POST"}:
            with transaction.atomic():
                yield route, method, client.generic(method, url, secure=True)
                transaction.set_rollback(method not in SAFE)


# ── S15: headers ─────────────────────────────────────────────────────────────
def missing(answer: Any) -> set[str]:
    """What a response lacks of the promised headers."""
    got = answer.headers
    hsts = got.get("Strict-Transport-Security", "")
    promised = {
        "hsts": int((re.search(r"max-age=(\d+)", hsts) or [0, 0])[1]) >= 31_536_000
        and "includeSubDomains" in hsts,
        "nosniff": got.get("X-Content-Type-Options") == "nosniff",
        "coop": got.get("Cross-Origin-Opener-Policy") == "same-origin",
        "corp": got.get("Cross-Origin-Resource-Policy") == "same-origin",
        # not "no-referrer": our own forms would then send "Origin: null" (decision 0015)
        "referrer": got.get("Referrer-Policy") == "same-origin",
        "permissions": "camera=()" in got.get("Permissions-Policy", ""),
        "cache": got.get("Cache-Control") == "no-store",
        "csp": csp_is_strict(got.get("Content-Security-Policy", "")),
        "frame": got.get("X-Frame-Options") == "DENY",
    }
    return {name for name, kept in promised.items() if not kept}


def csp_is_strict(policy: str) -> bool:
    parts = dict(part.strip().partition(" ")[::2] for part in policy.split(";"))
    none = ("default-src", "object-src", "base-uri", "frame-ancestors")
    return all(parts.get(name) == "'none'" for name in none) and all(
        parts.get(name) == "'self'"
        for name in ("script-src", "style-src", "connect-src", "form-action")
    )


@pytest.mark.parametrize("persona", PERSONAS)
def test_every_answer_of_every_route_has_every_header(
    world: World, as_production: None, persona: str
) -> None:
    # One persona asks in every way; for the others the two that differ by what they may do.
    methods = {"GET", "HEAD", "OPTIONS", "POST"} if persona == "TM" else {"GET", "POST"}
    lacking = {
        f"{method} /{route.path}": found
        for route, method, answer in visit(world, persona, methods)
        if (found := missing(answer))
    }
    assert lacking == {}


@pytest.mark.parametrize(
    ("path", "headers", "status"),
    [
        ("/no/such/page/", {}, 404),
        ("/", {"Host": "evil.example"}, 400),
        ("/account/login/", {"Origin": "https://evil.example"}, 403),
    ],
)
def test_answers_that_no_view_gave_have_them_too(
    world: World, as_production: None, path: str, headers: dict[str, str], status: int
) -> None:
    client = Client(enforce_csrf_checks=True)
    method = "POST" if status == 403 else "GET"
    answer = client.generic(method, path, secure=True, headers=headers)
    assert answer.status_code == status
    assert missing(answer) == set()


def test_only_static_files_may_stay_in_a_cache(client: Client, as_production: None) -> None:
    answer = client.get("/static/css/site.css", secure=True)
    assert answer.status_code == 200
    assert missing(answer) == {"cache"}


# ── S20: unsafe requests ─────────────────────────────────────────────────────
def unsafe(world: World) -> Iterator[tuple[Route, str]]:
    for route in routes():
        if route.method not in SAFE:
            yield route, filled(route, objects(world, "TM"))


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "https://testserver.evil.example"},
    ],
    ids=["no token", "foreign origin", "null origin", "look-alike"],
)
def test_no_unsafe_request_from_elsewhere_is_taken(world: World, headers: dict[str, str]) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(world.people["TM"])
    page = client.get("/account/settings/").content.decode()
    token = re.search(r'csrfmiddlewaretoken" value="([^"]+)', page)[1]  # type: ignore[index]
    # With a foreign origin even the right token is of no use.
    data = {"csrfmiddlewaretoken": token} if headers else {}
    taken, asked = [], 0
    for route, url in unsafe(world):
        asked += 1
        send = getattr(client, route.method.lower())
        answer = send(
            url, data, secure=True, headers={**headers, "X-CSRFToken": token} if headers else {}
        )
        if answer.status_code not in {401, 403, 404, 405}:
            taken.append(f"{route.method} /{route.path}: {answer.status_code}")
    assert taken == []
    assert asked > 30


@pytest.mark.parametrize("persona", PERSONAS)
def test_looking_changes_nothing(world: World, persona: str) -> None:
    client = world.client(persona)
    changed = []
    before = everything()
    for route in routes():
        if route.method == "GET":
            client.generic("GET", filled(route, objects(world, persona)))
            client.generic("HEAD", filled(route, objects(world, persona)))
    after = everything()
    changed = [label for label, rows in after.items() if rows != before[label]]
    assert set(changed) <= LOOKING_IS_NOTED


# Reading is noted in the audit log on purpose.
LOOKING_IS_NOTED = {"audit.AuditEvent"}


# ── S14: hosts and links ─────────────────────────────────────────────────────
@pytest.mark.parametrize("name", ["Host", "X-Forwarded-Host"])
def test_no_link_follows_a_forged_host(world: World, mailoutbox: list[Any], name: str) -> None:
    links = []
    for number in range(30):
        person = list(world.people.values())[number % 10]
        answer = Client().post(
            "/account/password/reset/",
            {"email": person.email},
            headers={name: f"evil{number}.example"},
        )
        assert answer.status_code == (400 if name == "Host" else 302)
    for mail in mailoutbox:
        links += re.findall(r"https?://\S+", mail.body)
    assert [link for link in links if not link.startswith(project.BASE_URL)] == []
    assert bool(links) == (name != "Host")


# ── S25: cookies ─────────────────────────────────────────────────────────────
def test_every_cookie_is_for_this_host_and_https_and_no_script(
    world: World, as_production: None
) -> None:
    person, seen = world.people["TM"], {}
    client = Client()
    for persona_client in (client, Client()):
        persona_client.get("/account/login/", secure=True)
        persona_client.post(
            "/account/login/", {"login": person.email, "password": PASSWORD}, secure=True
        )
        persona_client.get("/account/settings/", secure=True)
        seen |= persona_client.cookies
        persona_client.post("/account/logout/", secure=True)
        seen |= {name: c for name, c in persona_client.cookies.items() if c.value}
    assert set(seen) == {"__Host-pz", "__Host-pz-csrf", "__Host-pz-device"}
    for name, cookie in seen.items():
        kept = (cookie["secure"], cookie["httponly"], cookie["samesite"], cookie["path"])
        assert kept == (True, True, "Lax", "/"), name
        assert cookie["domain"] == "", name


@pytest.mark.parametrize("persona", PERSONAS)
def test_no_page_sets_another_cookie(world: World, as_production: None, persona: str) -> None:
    names = {
        name
        for _route, _method, answer in visit(world, persona, {"GET"})
        for name in answer.cookies
    }
    assert names <= {"__Host-pz", "__Host-pz-csrf", "__Host-pz-device"}
