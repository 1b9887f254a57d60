"""Canaries: words that stand nowhere but in the personal fields of two schools, and where they must not be heard."""

from __future__ import annotations

import http.client
import re
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings

from cases.ceilings import Level
from cases.models import Case
from cases.services import items
from cases.services.conversations import step_records
from cases.services.sharing import share_case
from pestzorg.crypto.fields import EncryptedJSONField
from pestzorg.crypto.rotation import encrypted_models
from pestzorg.testing.builders import (
    NOW,
    PASSWORD,
    make_agreement,
    make_case_active,
    make_class,
    make_parked_mail,
    make_report,
    make_school,
    make_talk,
)
from pestzorg.tests.security import interventions
from pestzorg.tests.security.fields_of_pages import FormsOf
from pestzorg.tests.security.personas import rows_of_lists
from pestzorg.tests.security.personas_class import prepared
from schools.models import School, User
from schools.roles import Role
from schools.services.classes import enrol
from schools.services.feeds import open_feed
from schools.services.people import give_role, new_person
from schools.services.tokens import issue_token

TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
ADDRESSES = re.compile(r'(?:href|action|src)="([^"]*)"')


@dataclass
class Canaries:
    """Every word that was ever put somewhere, and what it was."""

    words: dict[str, str] = field(default_factory=dict)

    def new(self, what: str) -> str:
        """A word that nobody else uses."""
        word = "Kna" + secrets.token_hex(5)
        self.words[word.lower()] = what
        return word

    def heard_in(self, text: str | bytes) -> set[str]:
        """Of which personal fields something stands in this text."""
        if isinstance(text, bytes):
            text = text.decode(errors="replace")
        found = re.findall(r"kna[0-9a-f]{10}", text.lower())
        return {self.words[word] for word in found if word in self.words}


@dataclass
class Place:
    """One school with its people and one case with all its parts."""

    school: School
    people: dict[str, User]
    parts: dict[str, Any]
    secret: str


def build(canaries: Canaries, name: str, code: str) -> Place:
    """A school through the services, a canary in every field about somebody."""
    school = make_school(name, code)
    people = {role: person(canaries, school, role) for role in (Role.COORDINATOR, Role.TEACHER)}
    people |= {role: person(canaries, school, role) for role in (Role.PRINCIPAL, Role.COUNSELLOR)}
    boss, teacher = people[Role.COORDINATOR], people[Role.TEACHER]
    group = make_class(school, "7A", teacher)
    pupils = [enrol(group, canaries.new("pupil"), canaries.new("pupil")) for _ in range(60)]
    for _ in range(30):
        new = {"about": canaries.new("report"), "description": canaries.new("report")}
        make_report(teacher, school, None, **new)
    case = make_case_active(boss, boss, school, pupils[-1])
    share_case(boss, case, teacher, Level.MANAGE, now=NOW)
    parts = _parts(canaries, case, boss)
    token, secret = issue_token(
        teacher, name=canaries.new("token"), schools=[school], days=30, now=NOW
    )
    feed = open_feed(teacher, now=NOW)
    return Place(
        school,
        people,
        {**parts, **_of_people(teacher, token.uuid, feed), **_of_school(school, boss)},
        secret,
    )


def person(canaries: Canaries, school: School, role: Role) -> User:
    """A member of staff whose name and address are canaries."""
    email = f"{canaries.new('address')}@{school.code}.example.org"
    made = new_person(email, canaries.new("staff"), canaries.new("staff"), PASSWORD)
    give_role(None, made, role, now=NOW.replace(month=9), school=school)
    return made


def _of_school(school: School, boss: User) -> dict[str, Any]:
    return {"code": school.code, "method": interventions.adapted(boss, school)}


def _of_people(teacher: User, token: UUID, feed: str) -> dict[str, Any]:
    return {
        "token_uuid": token,
        "user_uuid": teacher.uuid,
        "secret": feed,
        "mail_uuid": make_parked_mail(teacher).uuid,
    }


def _parts(canaries: Canaries, case: Case, boss: User) -> dict[str, Any]:
    conversation = case.conversations.get()
    step_records(conversation)
    agreement = make_agreement(boss, case, what=canaries.new("agreement"))
    talk = make_talk(boss, case)
    told = items.put_incident(boss, case, None, now=NOW, description=canaries.new("incident"))
    contact = {"held_at": NOW, "mode": "phone", "by": boss, "person": canaries.new("parents")}
    contact |= {"concerns": canaries.new("parents")}
    spoken = items.put_parent_contact(boss, case, None, now=NOW, **contact)
    room, word = case.school.classes.get(), canaries.new("approach")
    run = {"method": "shared_concern", "variant": "group_first", "facilitator": boss}
    return {
        **rows_of_lists(boss, case),
        **interventions.of_case(boss, case, room, word, **run),
        **interventions.without_case(boss, case.school),
        **prepared(room),
        "case_uuid": case.uuid,
        "conversation_uuid": conversation.uuid,
        "incident_uuid": told.uuid,
        "contact_uuid": spoken.uuid,
        "agreement_uuid": agreement.uuid,
        "talk_uuid": talk.uuid,
        "report_uuid": case.report.uuid,
        "number": 2,
        "audience": "pupil",
    }


def fill_sealed_columns(canaries: Canaries) -> None:
    """A canary in every encrypted value that there is, whatever it held."""
    for model, fields in encrypted_models():
        for row in model._base_manager.all():
            for one in fields:
                is_json = isinstance(one, EncryptedJSONField)
                word = canaries.new(f"{model.__name__}.{one.attname}")
                setattr(row, one.attname, {"note": word} if is_json else word)
            row.save()


# ── a real web server, and somebody who uses it ──────────────────────────────
@contextmanager
def web_server(environment: dict[str, str], folder: Path) -> Iterator[int]:
    """gunicorn with an access log, as the image starts it; its words stand in files of `folder`."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    module = "pestzorg.tests.security.crashing:application"
    command = [sys.executable, "-m", "gunicorn", module, "--bind", f"127.0.0.1:{port}"]
    command += ["--worker-class", "gthread", "--threads", "4", "--no-control-socket"]
    command += ["--access-logfile", str(folder / "access.log"), "--log-level", "debug"]
    with (folder / "application.log").open("wb") as log:
        server = subprocess.Popen(
            command, cwd=settings.BASE_DIR, env=environment, stdout=log, stderr=log
        )
        try:
            _wait_for(port)
            yield port
        finally:
            server.terminate()
            server.wait(30)


def _wait_for(port: int) -> None:
    until = time.monotonic() + 40
    while time.monotonic() < until:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise AssertionError("gunicorn does not listen")


@dataclass
class Browser:
    """Asks the server, keeps its cookies, and remembers every address it was given or asked for."""

    port: int
    cookies: dict[str, str]
    canaries: Canaries
    headers: dict[str, str] = field(default_factory=dict)
    addresses: list[str] = field(default_factory=list)
    shown: set[str] = field(default_factory=set)
    statuses: list[int] = field(default_factory=list)

    def ask(self, method: str, path: str, data: dict[str, Any] | None = None) -> str:
        """One request; the text of the answer."""
        server = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        headers = {"Cookie": cookies, **self.headers}
        if data is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        server.request(method, path, urlencode(data, doseq=True) if data else None, headers)
        answer = server.getresponse()
        text = answer.read().decode(errors="replace")
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie":
                key, _, rest = value.partition("=")
                self.cookies[key] = rest.partition(";")[0]
        self.addresses += [path, answer.getheader("Location") or "", *ADDRESSES.findall(text)]
        self.shown |= self.canaries.heard_in(text)
        self.statuses.append(answer.status)
        server.close()
        return text

    def use(self, path: str) -> None:
        """Look at a page, then send each of its forms with a canary in every empty field."""
        page = self.ask("GET", path)
        for action, sent in FormsOf(page).found:
            if "logout" in action or "hide" in action:
                continue
            filled = {
                name: [value or self.canaries.new("typed") for value in values]
                for name, values in sent.items()
            }
            token = TOKEN.search(page)
            self.ask(
                "POST", action or path, filled | {"csrfmiddlewaretoken": token[1] if token else ""}
            )
