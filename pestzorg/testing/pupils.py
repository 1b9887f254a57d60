"""Pupils who answer the class thermometer over real connections, many at the same moment: each with a browser of its own."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from http.cookies import SimpleCookie
from threading import Barrier
from typing import Any, TypeVar
from urllib.parse import urlencode

from pestzorg.testing.posted import fields_of
from pestzorg.testing.web_servers import WebServer

SCHOOL, ELSEWHERE = "127.0.0.2", "127.0.0.3"  # all of 127.0.0.0/8 is this machine
TIMEOUT = 60
ASKED = re.compile(r'<input type="radio" name="(\w+)"')
Fields = dict[str, Any]


class Device:
    """A browser without script: keeps cookies, sends a form with everything that its page put into it."""

    def __init__(self, server: WebServer, address: str = SCHOOL) -> None:
        self.server, self.address = server, address
        self.cookies: dict[str, str] = {}
        self.statuses: list[int] = []
        self.place = self.text = ""

    def get(self, path: str) -> int:
        """Open a page."""
        return self._ask("GET", path)

    def send(self, path: str, **typed: str) -> int:
        """Send the form of the page that is open."""
        fields = fields_of(self.text, 'method="post"') | {k: [v] for k, v in typed.items()}
        return self._ask("POST", path, urlencode(fields, doseq=True))

    def _ask(self, method: str, path: str, body: str = "") -> int:
        # A new connection each time, as behind a proxy: no worker keeps one pupil for itself.
        connection = HTTPConnection(
            "127.0.0.1", self.server.port, timeout=TIMEOUT, source_address=(self.address, 0)
        )
        try:
            connection.request(method, path, body, self._headers(method))
            answer = connection.getresponse()
            self.text = answer.read().decode()
        finally:
            connection.close()
        for cookie in answer.headers.get_all("Set-Cookie", []):
            self.cookies |= {name: m.value for name, m in SimpleCookie(cookie).items()}
        self.place = answer.headers.get("Location", "")
        self.statuses.append(answer.status)
        return answer.status

    def _headers(self, method: str) -> dict[str, str]:
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if self.server.has_proxy:
            headers |= {**self.server.proxy, "X-Forwarded-For": self.address}
        if method == "POST":
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            if self.server.has_proxy:
                # Behind HTTPS Django wants to know from which page a form comes.
                headers["Referer"] = f"https://127.0.0.1:{self.server.port}/k/"
        return headers


class Pupil(Device):
    """Somebody with a line of answers, such as "551551454121121451/8"."""

    def __init__(self, server: WebServer, line: str, address: str = SCHOOL) -> None:
        super().__init__(server, address)
        marks, _slash, temperature = line.partition("/")
        self.line, self.answers = line, [*marks, temperature]
        self.survey = ""

    def type_code(self, code: str) -> None:
        """Get a place with the code on the board."""
        self.get("/k/")
        self.send("/k/", code=f"{code[:3]} {code[3:]}")
        self.survey = self.place

    def answer_all_but_the_last(self) -> None:
        """From the first page to the temperature."""
        self.get(self.survey)
        self.send(self.survey, go="start")
        for answer in self.answers[:-1]:
            self._choose(answer)

    def send_answers(self) -> int:
        """Choose the temperature and send everything."""
        return self._choose(self.answers[-1])

    def _choose(self, answer: str) -> int:
        (question, *_others) = ASKED.findall(self.text)
        return self.send(self.survey, **{question: answer, "go": "next"})


P = TypeVar("P")
R = TypeVar("R")


def all_at_once(people: Sequence[P], act: Callable[[P], R]) -> list[R]:
    """Let everybody do the same, each in a thread, and nobody before all stand ready."""
    ready = Barrier(len(people))

    def go(person: P) -> R:
        ready.wait()
        return act(person)

    with ThreadPoolExecutor(len(people)) as pool:
        return list(pool.map(go, people))
