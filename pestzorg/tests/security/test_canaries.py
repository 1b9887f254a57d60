"""No name and no told word leaves the pages: not into a log, a mail, an address, Redis or a file (promise S38).

Not looked at: the log of PostgreSQL itself, which a test cannot read everywhere. Instead every statement is checked
to travel apart from its values, so that the server has nothing to write down.
"""

from __future__ import annotations

import io
import logging
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import redis
from celery import Celery
from django.apps import apps
from django.conf import settings as project
from django.db import connection
from django.test import Client

from cases.models import Incident
from pestzorg.crypto.fields import Sealed
from pestzorg.logs import QuietFormatter
from pestzorg.outbox.tasks import run_deliver
from pestzorg.reminders.tasks import run_sweep
from pestzorg.rules.registry import routes
from pestzorg.testing.builders import NOW, PASSWORD
from pestzorg.testing.servers import Inbox, smtp_server, url_of_test_database
from pestzorg.tests.security.canaries import (
    Browser,
    Canaries,
    Place,
    build,
    fill_sealed_columns,
    web_server,
)
from pestzorg.tests.security.test_second_factor import filled
from schools.roles import Role

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.redis,
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
]
QUEUE = "canaries"
# Tables of the machinery: they name people by numbers only. Those of the schools are the pages' own content.
MACHINERY = ("audit", "outbox", "reminders", "signin", "sessions", "crypto", "four_eyes")
ROLES = (Role.COORDINATOR, Role.TEACHER, Role.PRINCIPAL, Role.COUNSELLOR)
# Of these rows somebody who may reads at least one text.
SHOWN = {
    *("Agreement.what", "Incident.description", "Evidence.described_as"),
    *("Closing.note", "AftercareCheck.move_reason"),
}
EVIL = "x\x1b[31mred\x1b[0m"


@dataclass
class Run:
    """Everything that could have heard a canary."""

    canaries: Canaries
    heard: dict[str, str]
    browsers: list[Browser]
    mails: int


@pytest.fixture
def run(settings: Any, tmp_path: Path) -> Run:
    settings.CLOCK_OFFSET = (NOW - datetime.now(UTC)).total_seconds()
    canaries = Canaries()
    places = [build(canaries, "De Vaart", "de-vaart"), build(canaries, "Het Kompas", "het-kompas")]
    fill_sealed_columns(canaries)
    (tmp_path / "tmp").mkdir()
    own_log = io.StringIO()
    with smtp_server() as (inbox, port), logged_to(own_log):
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
        with web_server(environment(tmp_path, port, settings.CLOCK_OFFSET), tmp_path) as web:
            browsers = [
                *live(places[0], web, canaries, ROLES),
                *live(places[1], web, canaries, ROLES[:2]),
            ]
            crash(browsers[0])
            forge(browsers[0])
            openapi = browsers[0].ask("GET", "/api/v1/openapi.json")
        remind(places)
        heard = {
            "application log": (tmp_path / "application.log").read_text(errors="replace"),
            "access log": (tmp_path / "access.log").read_text(errors="replace"),
            "log of worker": own_log.getvalue(),
            "mails": "\n".join(told_by(inbox)),
            "addresses": "\n".join(a for browser in browsers for a in browser.addresses),
            "redis": "\n".join(in_redis()),
            "tables of the machinery": "\n".join(in_tables()),
            "temporary files": "\n".join(in_files(tmp_path / "tmp")),
            "openapi": openapi,
        }
    return Run(canaries, heard, browsers, len(inbox.mails))


def environment(folder: Path, smtp_port: int, clock_offset: float) -> dict[str, str]:
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "pestzorg.settings",
        "TESTING": "true",
        "DATABASE_URL": url_of_test_database(),
        "EMAIL_URL": f"smtp://127.0.0.1:{smtp_port}",
        "VAR_DIR": str(project.VAR_DIR),
        "TMPDIR": str(folder / "tmp"),
        "CLOCK_OFFSET": str(round(clock_offset)),
        "LOG_LEVEL": "DEBUG",
    }


class logged_to:  # noqa: N801 - used as a verb in a with
    """What the sweep and the delivery write, with the formatter of the installation."""

    def __init__(self, where: io.StringIO) -> None:
        self.handler = logging.StreamHandler(where)
        # Not the mail server of this test, which stands for one somewhere else.
        self.handler.addFilter(lambda record: record.name != "mail.log")
        self.handler.setFormatter(QuietFormatter("{levelname} {name} {message}", style="{"))

    def __enter__(self) -> None:
        logging.getLogger().addHandler(self.handler)

    def __exit__(self, *_error: object) -> None:
        logging.getLogger().removeHandler(self.handler)


def live(place: Place, port: int, canaries: Canaries, roles: Sequence[Role]) -> Iterator[Browser]:
    """The whole URL map, by people with much and little to see, and by a program."""
    for role in roles:
        client = Client()
        client.force_login(place.people[role])
        name = project.SESSION_COOKIE_NAME
        browser = Browser(port, {name: client.cookies[name].value}, canaries)
        for path in paths(place, "GET"):
            browser.use(path)
        yield browser
    program = Browser(port, {}, canaries, {"Authorization": f"Bearer {place.secret}"})
    for path in paths(place, "GET"):
        if path.startswith("/api/"):
            program.ask("GET", path)
    yield program


def paths(place: Place, method: str) -> Iterator[str]:
    for route in routes():
        if route.method == method and "logout" not in route.path and "<path" not in route.path:
            yield filled(route, place.parts)


def crash(browser: Browser) -> None:
    """Pages that fall over: with a name in the error, in the database, and over a text that was tampered with."""
    for way in ("name", "database", "logged"):
        browser.ask("GET", f"/crash/{way}/")
    assert browser.statuses[-3:] == [500, 500, 500]
    row = Incident.objects.order_by("pk")[0]
    sealed: Sealed = row.__dict__["description"]
    row.__dict__["description"] = Sealed(sealed.ciphertext[:-1] + b"\0")
    row.save()
    browser.ask("GET", f"/cases/{row.case.uuid}/conversation/2/")


def forge(browser: Browser) -> None:
    """Somebody outside tries to write lines and colours into the logs."""
    liar = Browser(browser.port, {}, browser.canaries, {"User-Agent": EVIL})
    liar.ask("GET", "/")
    assert liar.statuses == [400]  # gunicorn refuses such a header
    stranger = Browser(browser.port, {}, browser.canaries, {"Referer": "http://x/%0aCRITICAL"})
    for path in (
        "/cases/%0a2026-01-01%20CRITICAL%20forged/",
        "/%1b%5b31mred/",
        "/x?q=%0d%0aCRITICAL",
    ):
        stranger.ask("GET", path)
    page = stranger.ask("GET", "/account/login/")
    stranger.use("/account/password/reset/")
    email = f"{stranger.canaries.new('typed')}@x.example\n2026-01-01 CRITICAL forged {EVIL}"
    assert "password" in page
    stranger.ask("POST", "/account/login/", {"login": email, "password": PASSWORD})


def remind(places: list[Place]) -> None:
    """Reminders and mail on the days of the agreements; and the hints that Celery gets for them."""
    for days in range(1, 5):
        now = (NOW + timedelta(days=days)).isoformat()
        run_sweep(now)
        run_deliver(now)
    hints = Celery("tests", broker=os.environ["REDIS_URL"])
    for task in ("reminders.sweep", "outbox.deliver"):
        hints.send_task(task, kwargs={"now": NOW.isoformat()}, queue=QUEUE)


def told_by(inbox: Inbox) -> Iterator[str]:
    for mail in inbox.mails:
        for name, value in mail.items():
            if name != "To":  # the one place where an address belongs
                yield f"{name}: {value}"
        for part in mail.walk():
            body = part.get_payload(decode=True)
            yield body.decode(errors="replace") if isinstance(body, bytes) else ""


def in_redis() -> Iterator[str]:
    with redis.Redis.from_url(os.environ["REDIS_URL"]) as server:
        read: dict[bytes, Callable[[bytes], Any]] = {
            b"string": server.get,
            b"list": lambda key: server.lrange(key, 0, -1),
            b"hash": server.hgetall,
            b"set": server.smembers,
            b"zset": lambda key: server.zrange(key, 0, -1),
        }
        for key in server.scan_iter():
            kind = server.type(key)
            yield f"{key!r} {read[kind](key)!r}" if kind in read else repr(key)
        server.delete(QUEUE, f"_kombu.binding.{QUEUE}")


def in_tables() -> Iterator[str]:
    for model in apps.get_models():
        if model._meta.app_label in MACHINERY:
            for values in model._base_manager.values_list():
                yield f"{model._meta.label} {values!r}"


def in_files(folder: Path) -> Iterator[str]:
    for path in folder.rglob("*"):
        yield str(path)
        if path.is_file():
            yield path.read_text(errors="replace")


def test_no_canary_is_heard_outside_the_pages(run: Run) -> None:
    assert len(run.canaries.words) >= 500
    # The drive was real: the pages showed what they may show, mails were sent, something crashed.
    shown = set().union(*(browser.shown for browser in run.browsers))
    assert {"pupil", "staff", "report", *SHOWN} <= shown, shown
    assert sum(len(browser.statuses) for browser in run.browsers) > 400
    assert run.mails >= 2
    assert "LookupError" in run.heard["application log"]
    assert QUEUE in run.heard["redis"]
    assert run.heard["tables of the machinery"].count("\n") > 100

    found = {where: run.canaries.heard_in(text) for where, text in run.heard.items()}
    assert {where: words for where, words in found.items() if words} == {}

    # And nobody wrote a line or a colour of their own.
    for where in ("application log", "access log"):
        lines = run.heard[where].splitlines()
        assert not [line for line in lines if line.startswith(("CRITICAL", "2026-01-01"))]
        assert "\x1b" not in run.heard[where]


def test_statements_travel_apart_from_their_values(settings: Any, at: Any) -> None:
    at(NOW)
    canaries, statements = Canaries(), []

    def listen(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        statements.append(sql)
        return execute(sql, *rest)

    with connection.execute_wrapper(listen):
        place = build(canaries, "De Vaart", "de-vaart")
        client = Client()
        client.force_login(place.people[Role.COORDINATOR])
        for path in paths(place, "GET"):
            client.get(path)
    assert len(statements) > 500
    assert canaries.heard_in("\n".join(statements)) == set()
    assert connection.settings_dict["OPTIONS"]["server_side_binding"] is True
