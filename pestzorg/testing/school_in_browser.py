"""A school being lived in a browser: who is signed in, and what day it is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from playwright.sync_api import Page

from cases.models import Case, Conversation
from pestzorg.demo.people import Place
from pestzorg.testing.talk import Hand
from schools.models import User

PASSWORD = "pestzorg-demo"
# A session ends after half an hour in which nothing was asked.
STAYS_SIGNED_IN = timedelta(minutes=25)


class SchoolInBrowser:
    """Signs people in at a moment and opens pages, all in one window."""

    def __init__(
        self,
        page: Page,
        url: str,
        set_clock: Callable[[datetime], None],
        place: Place,
        hand: Hand | None = None,
    ) -> None:
        self.page, self.url, self.set_clock, self.place = page, url, set_clock, place
        self.hand = hand or Hand(page)
        page.set_default_timeout(30_000)  # a busy machine is slow
        self._here: tuple[User, datetime] | None = None

    def open(self, path: str) -> None:
        """Go to a page of the installation."""
        self.page.goto(self.url + path)

    def be(self, first_name: str, now: datetime) -> None:
        """Go on as this colleague at this moment, signing in where a real person would have to."""
        person = self.place.staff[first_name]
        if self._here and self._here[0] == person and now - self._here[1] < STAYS_SIGNED_IN:
            self.set_clock(now)
            self._here = (person, now)
        else:
            self.sign_in(first_name, now)

    @property
    def person(self) -> User | None:
        """Who is signed in."""
        return self._here[0] if self._here else None

    def sign_in(self, first_name: str, now: datetime) -> None:
        """Sign in afresh at this moment."""
        self.set_clock(now)
        self._here = (self.place.staff[first_name], now)
        # An answer that is still on its way would bring the old session back.
        self.page.goto("about:blank")
        self.page.context.clear_cookies()
        self.open("/account/login/")
        self.hand.fill("login", self.place.staff[first_name].email)
        self.hand.fill("password", PASSWORD)
        self.hand.submit("form:has([name=password])")

    @property
    def case(self) -> Case:
        """The only case of this school."""
        return Case.objects.get(school=self.place.school)

    @property
    def conversation(self) -> Conversation:
        """Its conversation."""
        return Conversation.objects.get(case__school=self.place.school)

    @property
    def conversation_url(self) -> str:
        """The address of the conversation."""
        return f"/cases/{self.case.uuid}/conversation/"

    def step(self, number: int) -> str:
        """The address of a step of the conversation, with every question: the talk asks only the pupil's."""
        return f"{self.conversation_url}{number}/?view=write"
