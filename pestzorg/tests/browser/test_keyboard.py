"""The whole conversation of scenario A with the keyboard alone: signing in, ten steps, two sittings, and the end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Locator, Page

from cases.models import FollowUpTalk, Participant, SupportPerson
from pestzorg.demo import scenario_a
from pestzorg.demo.course import stored
from pestzorg.demo.scenario import Act, Answers, Discussed
from pestzorg.demo.scenario_a import AGREEMENTS, ANSWERS, MEASURES, A, said
from pestzorg.demo.scenario_a.acts import FIRST_SITTING
from pestzorg.testing.keys import Keys
from pestzorg.testing.outcome import agreement_of, agreements_of
from pestzorg.testing.playing import Player
from pestzorg.tests.browser.test_pages import school

__all__ = ["school"]
pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
]
HREFS = "links => links.map((link) => link.getAttribute('href'))"
# One row of a list is as hard as six.
PROMISES = [AGREEMENTS[0], AGREEMENTS[2]]
FEWER_ROWS: dict[str, Any] = {
    "people": said.STORY["people"][:1],
    "prior_actions": said.STORY["prior_actions"][:1],
    "agreements": PROMISES,
    "without_talk": {},
}


class WithoutMouse(Player):
    """Goes from page to page as Tab and Enter do: by what the page offers."""

    def open(self, path: str) -> None:
        if self.page.url == "about:blank" or "login" in path:
            super().open(path)  # what is typed in the address bar
            return
        wanted = urlsplit(path)
        while self._place != wanted.path:
            self.hand.follow(self._nearer(wanted.path))
        if wanted.query == "view=write":
            self._write_up()

    @property
    def _place(self) -> str:
        return urlsplit(self.page.url).path

    def _nearer(self, path: str) -> Locator:
        """The link on this page that comes closest, or the one that leaves the step, and then the conversation."""
        links = self.page.locator("a:visible")
        hrefs = [urlsplit(href).path for href in links.evaluate_all(HREFS)]
        so_far = len(self._place) if path.startswith(self._place) else len("/")
        near = [(len(href), -n) for n, href in enumerate(hrefs) if path.startswith(href)]
        length, place = max(near, default=(0, 0))
        up = self.page.locator(".pz-talk-top a, .breadcrumb a").first
        return links.nth(-place) if length > so_far else up

    def _write_up(self) -> None:
        button = self.page.locator("[name=action][value='see:view=write']:visible")
        if button.get_attribute("aria-current") is None:
            self.hand.follow(button)


def shortened(act: Act) -> Act:
    if not isinstance(act, Discussed):
        return act
    return replace(
        act, lists={name: FEWER_ROWS.get(name, rows) for name, rows in act.lists.items()}
    )


def test_the_whole_conversation_is_held_with_the_keyboard_alone(
    page: Page,
    live_server: Any,
    school: scenario_a.SchoolA,
    set_clock: Callable[[datetime], None],
) -> None:
    scenario_a.report_and_assess(school)
    marit = WithoutMouse(A, page, live_server.url, set_clock, Keys(page), place=school)
    marit.play(shortened(act) for act in A.acts if act.at >= FIRST_SITTING)
    assert marit.conversation.status == "completed"
    every_answer_is_there(marit)
    every_list_is_there(marit)


def every_answer_is_there(marit: WithoutMouse) -> None:
    """All ten steps are done, and hold what was typed."""
    records = {record.step: record for record in marit.conversation.step_records.all()}
    assert {number: record.status for number, record in records.items()} == dict.fromkeys(
        range(1, 11), "done"
    )
    for number, given in ANSWERS.items():
        said_then = stored(records[number].definition, given, marit.place)
        kept = {key: records[number].answers.get(key) for key in said_then}
        assert in_order(kept) == in_order(said_then), number


def in_order(answers: Answers) -> Answers:
    """Chips are kept in the order of the page, whatever was pressed first."""
    return {k: sorted(v) if isinstance(v, list) else v for k, v in answers.items()}


def every_list_is_there(marit: WithoutMouse) -> None:
    """Agreements of step 7, talks of step 9 beside the one of step 7, helpers of step 10, measures of step 6."""
    days = {row.what: row.deadline for row in PROMISES}
    assert {what: day for what, (_, _, day, _) in agreements_of(marit.case).items()} == days
    planned = {row.planned_at for row in said.TALKS} | {ANSWERS[7]["next_contact_at"]}
    assert set(FollowUpTalk.objects.values_list("planned_at", flat=True)) == planned
    helpers = {row["name"] for row in said.SUPPORT_PERSONS}
    assert set(SupportPerson.objects.values_list("name", flat=True)) == helpers
    assert Participant.objects.get(name="Lieke").role == "alleged_bully"
    assert agreement_of(marit.case, PROMISES[0].what).helper == "Karin"
    statuses = dict(marit.conversation.measures.values_list("key", "status"))
    assert statuses == {key: row["status"] for key, row in MEASURES.items()}
