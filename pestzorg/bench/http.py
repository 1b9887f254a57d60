"""Requests through the real WSGI application in this process, and the processor time they take on both sides."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.core.handlers.wsgi import WSGIHandler
from django.db import connection
from django.test import Client, RequestFactory

from schools.models import User


class Caller:
    """A browser without a browser; `cookies` as it would send them."""

    def __init__(self, user: User | None = None) -> None:
        self.application, self.client = WSGIHandler(), Client()
        self.environ = RequestFactory().request().environ
        if user is not None:
            self.client.force_login(user)
            jar = (f"{name}={morsel.value}" for name, morsel in self.client.cookies.items())
            self.environ["HTTP_COOKIE"] = "; ".join(jar)

    def get(self, path: str) -> tuple[int, bytes]:
        """Status and body of a page."""
        path, _mark, query = path.partition("?")
        environ = {**self.environ, "PATH_INFO": path, "QUERY_STRING": query}
        response = self.application(environ, _ignore)
        body = b"".join(response)
        response.close()
        return response.status_code, body

    def search(self, words: str) -> None:
        """Search the list of cases; the words are kept in the session."""
        self.client.post("/cases/", {"q": words})


def cpu_clock() -> Callable[[], int]:
    """Nanoseconds this process and its database backend have computed; waiting and other processes do not count."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        ((backend,),) = cursor.fetchall()
    # Only for a server on this machine; for another one the database's part is unknown and left out.
    schedule = Path(f"/proc/{backend}/schedstat")
    if not schedule.exists():
        return time.process_time_ns
    return lambda: time.process_time_ns() + int(schedule.read_bytes().split()[0])


def _ignore(status: str, headers: list[tuple[str, str]], *args: Any) -> Any:
    """What a server would send."""
