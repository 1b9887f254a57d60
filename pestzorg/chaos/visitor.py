"""Somebody with a browser: keeps cookies, and sends a form with everything that its page put into it."""

from __future__ import annotations

from http.client import HTTPConnection, HTTPException
from http.cookies import SimpleCookie
from urllib.parse import urlencode

from pestzorg.testing.builders import PASSWORD
from pestzorg.testing.posted import fields_of

# Each page with a part of the opening tag of its form.
SIGN_IN, REPORT = "/account/login/", "/reports/new/"
FORMS = {SIGN_IN: 'action="/account/login/"'}  # all others keep what is typed
TIMEOUT = 20.0
Fields = dict[str, list[str]]


class Failed(Exception):
    """No answer, or one that is neither a page nor the redirect of something that was saved."""


class Visitor:
    """One person at one server."""

    def __init__(self, port: int, email: str) -> None:
        self.port, self.email = port, email
        self._cookies: dict[str, str] = {}

    def sign_in(self) -> None:
        """With the password of everybody in this school."""
        self._cookies.clear()
        form = self.form(SIGN_IN)
        self.send(SIGN_IN, form | {"login": [self.email], "password": [PASSWORD]})

    def form(self, path: str) -> Fields:
        """The fields of the form of this page, as they are shown."""
        status, _place, text = self._ask("GET", path)
        if status != 200:
            raise Failed(f"{path} answers {status}")
        return fields_of(text, FORMS.get(path, "data-autosave"))

    def send(self, path: str, fields: Fields) -> str:
        """Where the answer leads: only a redirect says that something was saved."""
        status, place, _text = self._ask("POST", path, urlencode(fields, doseq=True))
        if status != 302:
            raise Failed(f"{path} answers {status}")
        return place

    def report(self, form: Fields, words: str) -> str:
        """Report a concern in these words; the address of the report."""
        typed = {"about": ["Noor"], "description": [words], "urgency": ["this_week"]}
        return self.send(REPORT, form | typed)

    def tell(self, step: str, form: Fields, words: str) -> str:
        """Write down in a conversation what happened, in these words; where that leads."""
        return self.send(step, form | {"incidents-new-description": [words]})

    def _ask(self, method: str, path: str, body: str = "") -> tuple[int, str, str]:
        headers = {"Cookie": "; ".join(f"{k}={v}" for k, v in self._cookies.items())}
        if method == "POST":
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        server = HTTPConnection("127.0.0.1", self.port, timeout=TIMEOUT)
        try:
            server.request(method, path, body, headers)
            answer = server.getresponse()
            text = answer.read().decode()
        except (OSError, HTTPException) as error:
            raise Failed(f"{path}: {type(error).__name__}") from None
        finally:
            server.close()
        for cookie in answer.headers.get_all("Set-Cookie", []):
            self._cookies |= {name: m.value for name, m in SimpleCookie(cookie).items()}
        return answer.status, answer.headers.get("Location", ""), text
