"""Scenario A's school being lived in a browser: who is signed in, and what day it is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from playwright.sync_api import Page

from cases.models import Case, Conversation
from pestzorg.demo import scenario_a
from pestzorg.demo.scenario_a import SchoolA

PASSWORD = "pestzorg-demo"


class School:
    """Scenario A being lived in a browser: who is signed in, and what day it is."""

    def __init__(self, page: Page, url: str, set_clock: Callable[[datetime], None]) -> None:
        self.page, self.url, self.set_clock = page, url, set_clock
        page.set_default_timeout(10_000)
        self.a: SchoolA = scenario_a.found_school_a(PASSWORD)

    def open(self, path: str) -> None:
        """Go to a page of the installation."""
        self.page.goto(self.url + path)

    def sign_in(self, email: str, now: datetime) -> None:
        """Sign in afresh at this moment."""
        self.set_clock(now)
        self.page.context.clear_cookies()
        self.open("/account/login/")
        self.page.fill("[name=login]", email)
        self.page.fill("[name=password]", PASSWORD)
        self.submit("form:has([name=password])")

    def submit(self, form: str) -> None:
        """Press the (first) button of a form and wait for the answer."""
        with self.page.expect_navigation():
            self.page.locator(f"{form} button:visible").last.click()

    def step(self, number: int) -> str:
        """The address of a step of the conversation."""
        return f"/cases/{self.case.uuid}/conversation/{number}/"

    @property
    def case(self) -> Case:
        """The only case there is."""
        return Case.objects.get()

    @property
    def conversation(self) -> Conversation:
        """Its conversation."""
        return Conversation.objects.get()
