"""Scenario A in a real browser, with a real worker, broker, database and SMTP server, from report to reminders."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from cases.models import Agreement, FollowUpTalk, Participant
from pestzorg.demo.scenario import Discussed
from pestzorg.demo.scenario_a import AGREEMENTS, AMSTERDAM, A, at
from pestzorg.demo.scenario_a.acts import FIRST_SITTING, PHONE_CALL, SECOND_SITTING
from pestzorg.testing.playing import Player
from pestzorg.testing.scenario_a import (
    EXPECTED,
    FIRST_DAY,
    LAST_DAY,
    NUMBERS,
    TICKED,
    reminded_on,
    see_to,
)
from pestzorg.testing.servers import celery_worker, run_sweep, smtp_server

MOST_FIELDS, MOST_TAPS = 4, 6
LOOKED_AT = at(3, 16)

pytestmark = [
    pytest.mark.browser,
    pytest.mark.postgres,
    pytest.mark.redis,
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
]


@pytest.fixture
def school(page: Page, live_server: Any, set_clock: Callable[[datetime], None]) -> Player:
    return Player(A, page, live_server.url, set_clock)


def test_scenario_a_from_report_to_the_last_reminder(
    school: Player, settings: Any, live_server: Any
) -> None:
    report_in_six_taps(school)
    school.play(A.between(LOOKED_AT, FIRST_SITTING))
    assert school.case.severity == 2
    first_sitting(school)
    second_sitting(school)
    agreements_are_the_given_seven(school)
    with (
        smtp_server() as (inbox, port),
        celery_worker(os.environ["REDIS_URL"], port, live_server.url) as worker,
    ):
        found = live_through_november(school, worker)
    assert found == EXPECTED
    mails_are_single_and_empty_of_names(school, inbox.mails)


# ── Mon 3 Nov ────────────────────────────────────────────────────────────────
def report_in_six_taps(school: Player) -> None:
    """One page, at most four fields and six taps."""
    school.be("Marit", at(3, 9))
    school.open("/reports/new/")
    page, taps = school.page, 0
    assert page.locator("main form .form-label:visible").count() <= MOST_FIELDS
    page.click("[name=about]")
    taps += 1
    page.keyboard.type("Noor", delay=20)
    page.locator("label.pz-chip:has(input[name=pupil])").first.click()
    taps += 1
    for sign in ("left_out", "group_chat_trouble"):
        page.locator(f"[name=signs][value={sign}]").check()
        taps += 1
    with page.expect_navigation():
        page.locator("main form .btn-primary").click()
    taps += 1
    assert taps <= MOST_TAPS
    assert school.case.status == "reported"


# ── Tue 4 to Thu 6 Nov ───────────────────────────────────────────────────────
def first_sitting(school: Player) -> None:
    """Steps 1 to 5; step 3 is refused as done until the mother was called on Wed 5 Nov."""
    school.play(A.between(FIRST_SITTING, PHONE_CALL))
    school.be("Marit", at(4, 10, 50))
    school.open(school.step(3))
    school.hand.press("done")
    expect(school.page.locator("#parent_contacts .pz-err")).to_have_count(1)
    done = school.conversation.step_records.filter(status="done").values_list("step", flat=True)
    assert sorted(done) == [1, 2, 4, 5]
    school.play(A.between(PHONE_CALL, SECOND_SITTING))


def second_sitting(school: Player) -> None:
    """Resume check, steps 6, 7, 10, 9 and 8, completed; what the pupil does not want stays in sight."""
    acts = [*A.between(SECOND_SITTING, at(7, 8))]
    before_agreeing = next(
        n for n, act in enumerate(acts) if isinstance(act, Discussed) and act.step == 7
    )
    school.play(acts[:before_agreeing])
    school.open(school.step(7))
    not_wish = school.page.locator(".pz-not-wish")
    expect(not_wish).to_contain_text("niet voor de hele klas over mij praten")
    school.play(acts[before_agreeing:])
    assert school.conversation.status == "completed"


def agreements_are_the_given_seven(school: Player) -> None:
    """Owners, followers and dates, as given."""
    found = {
        (a.what, a.owner.split()[0], a.responsible_staff.first_name, a.due_on, a.standing)
        for a in Agreement.objects.all()
    }
    given = {
        (row.what, row.owner, row.follower, row.deadline or row.review_on, row.deadline is None)
        for row in AGREEMENTS
    }
    assert found == given


# ── 6 to 28 Nov ──────────────────────────────────────────────────────────────
def live_through_november(school: Player, worker: Any) -> dict[date, set[tuple[str, str, str]]]:
    """Each day: the morning's mail, then what was done that day is ticked off in the browser."""
    found: dict[date, set[tuple[str, str, str]]] = {}
    day = FIRST_DAY
    while day <= LAST_DAY:
        morning = datetime(day.year, day.month, day.day, 7, 31, tzinfo=AMSTERDAM)
        if day > FIRST_DAY:
            run_sweep(worker, morning)
        if reminded := reminded_on(school.conversation, morning):
            found[day] = reminded
        tick_off(school, morning + timedelta(hours=9))
        see_to(school.conversation, morning + timedelta(hours=9))
        day += timedelta(days=1)
    return found


def tick_off(school: Player, now: datetime) -> None:
    """Settle agreements on their page, and record talks that were held."""
    due = [a.uuid for a in Agreement.objects.all() if TICKED[NUMBERS[a.what]] == now.date()]
    talks = FollowUpTalk.objects.filter(status="planned", planned_at__date=now.date())
    if not due and not talks:
        return
    school.be("Sami", now)
    for uuid in due:
        school.open(f"/agreements/{uuid}/")
        school.hand.submit("form[action$='/settle/']:has([type=hidden][name=status])")
        assert Agreement.objects.get(uuid=uuid).status == "done"
    for talk in talks:
        school.open(f"/talks/{talk.uuid}/")
        record_talk(school, talk)


def record_talk(school: Player, talk: FollowUpTalk) -> None:
    """It was held, it goes better, and that was named."""
    answers = {
        "status": "held",
        "progress": "better",
        "new_incident": False,
        "progress_examples": "Het gaat stap voor stap beter.",
        "congratulated": True,
    }
    if talk.with_role == "target":
        answers["safety_score"] = 6
    if school.page.locator("[name=no_next_talk]").count():
        answers["no_next_talk"] = True
    for name, value in answers.items():
        school.hand.fill(name, value)
    school.hand.submit("main form:has([name=progress])")
    talk.refresh_from_db()
    assert talk.status == "held"


def mails_are_single_and_empty_of_names(school: Player, mails: list[Any]) -> None:
    """The SMTP server got one mail per person and day, with a Message-ID of its own and no word of the case."""
    expected = {(person, day) for day, found in EXPECTED.items() for _what, _kind, person in found}
    assert len(mails) == len(expected) == len({m["Message-ID"] for m in mails})
    names = {p.name for p in Participant.objects.all()} | {"Karin", "Mila"}
    forbidden = re.compile(rf"\b({'|'.join(names)})\b|sticker|wachtwoord|groep 7", re.IGNORECASE)
    for message in mails:
        parts = [
            p.get_payload(decode=True).decode() for p in message.walk() if not p.is_multipart()
        ]
        whole = " ".join([*(str(v) for v in message.values()), *parts])
        assert forbidden.search(whole) is None
        assert school.case.reference in whole
