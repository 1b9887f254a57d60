"""Who calls the API in tests: a program with a token, beside the browser with a session of pestzorg.testing.clients."""

from __future__ import annotations

from typing import Any

from django.test import Client

from pestzorg.testing.builders import NOW
from schools.models import ApiToken, School, User
from schools.services.tokens import issue_token


def program(secret: str) -> Client:
    return Client(headers={"Authorization": f"Bearer {secret}"})


def token(person: User, *schools: School, days: int = 30) -> tuple[ApiToken, str]:
    return issue_token(person, name="report", schools=schools, days=days, now=NOW)


def results(client: Client, path: str = "/api/v1/cases/") -> list[dict[str, Any]]:
    answer = client.get(path)
    assert answer.status_code == 200, answer.content
    found: list[dict[str, Any]] = answer.json()["results"]
    return found


def post(client: Client, path: str, **sent: Any) -> Any:
    return client.post(path, sent, content_type="application/json")


def patch(client: Client, path: str, version: int | str | None, **sent: Any) -> Any:
    """A change of the version that was read; None leaves If-Match out."""
    headers = {} if version is None else {"If-Match": f'"{version}"'}
    return client.patch(path, sent, content_type="application/json", headers=headers)


def problems(answer: Any) -> list[tuple[str | None, str]]:
    return [(p["field"], p["code"]) for p in answer.json()["problems"]]
