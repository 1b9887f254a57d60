"""Promise R09: two teachers on the same conversation, five hundred times, in any order: nothing is overwritten unseen."""

from __future__ import annotations

import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from threading import Barrier
from typing import Any

import pytest
from django.contrib.messages.storage.cookie import CookieStorage
from django.db import connection
from django.http import HttpResponse
from django.test import RequestFactory
from django.urls import resolve, reverse

from cases.models import Case, StepRecord
from cases.web.step_form import StepForm
from cases.web.steps import step
from pestzorg.posting.drafts import typed_in
from pestzorg.posting.models import Draft
from pestzorg.testing.builders import (
    NOW,
    make_case_active,
    make_class,
    make_person,
    make_pupil,
    make_school,
)
from schools.models import User
from schools.roles import Role

ROUNDS, STEP, FIELD = 500, 5, "praise_words"

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
]


@dataclass(frozen=True)
class Attempt:
    """One text that somebody tried to save, on a page that showed `seen`."""

    round: int
    text: str
    seen: str
    status: int


@dataclass
class Writer:
    """Somebody with the step open in a browser."""

    user: User
    case: Case
    now: datetime = NOW

    def open(self) -> tuple[str, str]:
        """The stamp of the page, and the text that it shows."""
        record = StepRecord.objects.select_related("conversation__case__school").get(step=STEP)
        form = StepForm(None, record=record, now=self.now)
        return str(form["seen"].value()), record.answer(FIELD) or ""

    def save(self, page: tuple[str, str], number: int) -> Attempt:
        """Type and save; an answer of 409 shows both texts."""
        text = f"{self.user.first_name} {number}"
        answer = self.post({"action": "save", "seen": page[0], "once": text, FIELD: text})
        if answer.status_code == 409:
            assert text in answer.content.decode()
        return Attempt(number, text, page[1], answer.status_code)

    def post(self, data: dict[str, str]) -> HttpResponse:
        url = reverse("conversation:step", args=[self.case.uuid, STEP])
        request: Any = RequestFactory().post(url, data)
        request.user, request.now = self.user, self.now
        request.htmx, request.session = False, {}
        request._messages = CookieStorage(request)
        request.resolver_match = resolve(url)
        return step(request, case_uuid=self.case.uuid, number=STEP)


@pytest.fixture
def writers() -> list[Writer]:
    school = make_school()
    marit = make_person(Role.TEACHER, school, first_name="Marit")
    sami = make_person(Role.COORDINATOR, school, first_name="Sami")
    pupil = make_pupil(make_class(school, "7A", marit))
    case = make_case_active(sami, marit, school, pupil)
    conversation = case.conversations.get()
    StepRecord.objects.create(conversation=conversation, step=STEP)
    return [Writer(marit, case), Writer(sami, case)]


def a_round(
    number: int, writers: list[Writer], run: Callable[..., Any], dice: random.Random
) -> Any:
    """Both open the page, at once or one after the other's save, and both save."""
    dice.shuffle(writers)
    first, second = writers
    match dice.choice(["at once", "stale", "in turn"]):
        case "at once":
            pages = [writer.open() for writer in writers]
            return list(
                run(lambda pair: pair[0].save(pair[1], number), zip(writers, pages, strict=True))
            )
        case "stale":
            pages = [writer.open() for writer in writers]
            return [writer.save(page, number) for writer, page in zip(writers, pages, strict=True)]
        case _:
            return [first.save(first.open(), number), second.save(second.open(), number)]


def test_five_hundred_rounds_overwrite_nothing_unseen(writers: list[Writer]) -> None:
    dice = random.Random(20251103)  # noqa: S311 - the same five hundred rounds each time
    with ThreadPoolExecutor(2) as pool:
        rounds = [a_round(n, writers, pool.map, dice) for n in range(ROUNDS)]
        both = Barrier(2)
        list(pool.map(lambda _: (both.wait(), connection.close()), range(2)))
    attempts = [attempt for found in rounds for attempt in found]
    saved = [a for a in attempts if a.status == 302]
    refused = [a for a in attempts if a.status == 409]
    assert len(saved) + len(refused) == len(attempts) == 2 * ROUNDS
    assert len(refused) > ROUNDS / 4
    # Whoever replaced a text had that text on the screen.
    assert [new for old, new in pairwise(saved) if new.seen != old.text] == []
    kept = {typed_in(draft)[FIELD] for draft in Draft.objects.all()}
    assert {a.text for a in refused} <= kept
    assert StepRecord.objects.get(step=STEP).answer(FIELD) == saved[-1].text
