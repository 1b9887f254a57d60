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
from cases.protocol import CURRENT_EDITION, edition
from pestzorg.demo import scenario_a
from pestzorg.demo.scenario_a import at
from pestzorg.testing.scenario_a import EXPECTED, FIRST_DAY, LAST_DAY, NUMBERS, TICKED, reminded_on
from pestzorg.testing.school_in_browser import School
from pestzorg.testing.servers import celery_worker, run_sweep, smtp_server
from pestzorg.testing.talk import add_to, answer_step, fill, fill_row, press

MOST_FIELDS, MOST_TAPS = 4, 6

pytestmark = [
    pytest.mark.browser,
    pytest.mark.postgres,
    pytest.mark.redis,
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
]


@pytest.fixture
def school(page: Page, live_server: Any, set_clock: Callable[[datetime], None]) -> School:
    return School(page, live_server.url, set_clock)


def test_scenario_a_from_report_to_the_last_reminder(
    school: School, settings: Any, live_server: Any
) -> None:
    report_in_six_taps(school)
    assess(school)
    first_sitting(school)
    call_the_mother(school)
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
def report_in_six_taps(school: School) -> None:
    """One page, at most four fields and six taps."""
    school.sign_in("teacher.a@example.org", at(3, 9))
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


def assess(school: School) -> None:
    """Sami looks at it the same day and assigns it on Tuesday: severity 9, level 2."""
    school.sign_in("coordinator.a@example.org", at(3, 16))
    school.open(f"/cases/{school.case.uuid}/")
    school.submit("form[action$='/begin/']")
    school.sign_in("coordinator.a@example.org", at(4, 9))
    school.open(f"/cases/{school.case.uuid}/assess/")
    for indicator, points in scenario_a.SEVERITY.items():
        fill(school.page, indicator, points)
    fill(school.page, "lead", school.a.marit.uuid)
    school.submit("main form[method=post]")
    assert (school.case.status, school.case.severity) == ("active", 2)


# ── Tue 4 and Wed 5 Nov ──────────────────────────────────────────────────────
def first_sitting(school: School) -> None:
    """Steps 1 to 5; step 3 waits for the parents, so it is saved and refused as done."""
    page = school.page
    school.sign_in("teacher.a@example.org", at(4, 10, 15))
    school.open(f"/cases/{school.case.uuid}/conversation/")
    school.submit("form[action$='/begin/']")
    answer(school, 1)
    press(page, "done")
    tell_the_story(school)
    school.open(school.step(3))
    answer(school, 3)
    press(page, "done")
    expect(page.locator("#parent_contacts .pz-err")).to_have_count(1)
    assert school.conversation.step_records.get(step=3).status == "in_progress"
    school.open(school.step(4))
    press(page, "done")
    answer(school, 5)
    press(page, "done")
    school.open(f"/cases/{school.case.uuid}/conversation/end/")
    for name, value in (
        ("ended_because", "time"),
        ("recap_read_aloud", True),
        ("next_contact_at", at(6, 13, 45)),
        ("safety_score", 4),
    ):
        fill(page, name, value)
    school.submit("main form[method=post]")
    done = school.conversation.step_records.filter(status="done").values_list("step", flat=True)
    assert sorted(done) == [1, 2, 4, 5]


def tell_the_story(school: School) -> None:
    """Step 2 with its three lists."""
    page = school.page
    answer(school, 2)
    incident = {
        "description": "Groepsapp zonder Noor, met stickers van haar foto.",
        "happened_on": date(2025, 10, 27),
        "date_precision": "month",
        "forms": ["relational", "cyber"],
        "cyber_subforms": ["exclusion", "denigration"],
        "channels": ["whatsapp"],
        "audience": "class",
    }
    add_to(page, "incidents", incident)
    for name, role in (
        ("Lieke", "alleged_bully"),
        ("Tess", "reinforcer"),
        ("Daan", "reinforcer"),
        ("Yara", "defender"),
    ):
        add_to(page, "people", {"name": name, "role": role, "certainty": "named_by_target"})
    for action, effect in (
        ("ignored", "no_effect"),
        ("left_group", "made_worse"),
        ("told_friend", "partly"),
    ):
        add_to(
            page,
            "prior_actions",
            {"action_type": action, "effect": effect, "keep_doing": effect == "partly"},
        )
    press(page, "done")


def call_the_mother(school: School) -> None:
    """Wed 5 Nov: the contact is written down and step 3 is done."""
    school.sign_in("teacher.a@example.org", at(5, 16, 30))
    school.open(school.step(3))
    contact = {"person": "Karin, moeder", "held_at": at(5, 16), "mode": "phone"}
    fill_row(school.page, "parent_contacts-new", contact)
    press(school.page, "done")
    assert school.conversation.step_records.get(step=3).status == "done"


# ── Thu 6 Nov ────────────────────────────────────────────────────────────────
def second_sitting(school: School) -> None:
    """Resume check, steps 6, 7, 10, 9 and 8, completed."""
    page = school.page
    school.sign_in("teacher.a@example.org", at(6, 13, 45))
    school.open(f"/cases/{school.case.uuid}/conversation/")
    for name, value in (("new_incident", False), ("safety_score", 5), ("still_agrees", True)):
        fill(page, name, value)
    school.submit("form[action$='/begin/']")
    school.open(school.step(6))
    for key, values in scenario_a.MEASURES.items():
        fill_row(page, f"measures-{key}", values)
    press(page, "done")
    make_agreements(school)
    name_support_persons(school)
    plan_talks(school)
    school.open(school.step(8))
    answer(school, 8)
    press(page, "done")
    school.open(f"/cases/{school.case.uuid}/conversation/")
    school.submit("form[action$='/complete/']")
    assert school.conversation.status == "completed"


def make_agreements(school: School) -> None:
    """Step 7: three offers from step 6 and four new ones."""
    page, a = school.page, school.a
    school.open(school.step(7))
    expect(page.locator(".pz-not-wish")).to_contain_text("niet voor de hele klas over mij praten")
    rows = {row.get("source_key"): row for row in given_agreements(school)}
    for key in ("collect_evidence", "change_password", "report_to_platform"):
        what = {"what": rows[key]["what"], "responsible_staff": a.sami.uuid}
        fill_row(page, f"agreements-offer-{key}", what)
    press(page, "add-agreements")
    for row in given_agreements(school):
        if "source_key" not in row:
            add_to(page, "agreements", as_typed(school, row))
    answer(school, 7)
    press(page, "done")


def given_agreements(school: School) -> list[dict[str, Any]]:
    """A1 to A7 as the scenario gives them."""
    return scenario_a.agreements_of_step_7(school.a, school.conversation.target)


def as_typed(school: School, row: dict[str, Any]) -> dict[str, Any]:
    """What the teacher taps and types for an agreement."""
    typed: dict[str, Any] = {
        "what": row["what"],
        "responsible_staff": row["responsible_staff"].uuid,
    }
    if row["owner_type"] == "staff" and row["owner_staff"] == school.a.marit:
        typed["owner"] = "me"
    elif row["owner_type"] == "staff":
        typed |= {"owner": "staff", "owner_staff": row["owner_staff"].uuid}
        if row["owner_staff"] == school.case.handler:
            typed = {
                "what": row["what"],
                "owner": f"staff:{row['owner_staff'].uuid}",
                "responsible_staff": typed["responsible_staff"],
            }
    else:
        typed |= {"owner": "external", "owner_name": row["owner_name"]}
    when = "deadline" if "deadline" in row else "review_on"
    return {**typed, "when": "", when: row[when]}


def name_support_persons(school: School) -> None:
    """Step 10: mother said yes, Mila is still to be asked."""
    school.open(school.step(10))
    mother = {"name": "Karin", "relationship": "parent", "tasks": ["listen"], "answer": "accepted"}
    mila = {
        "name": "Mila",
        "relationship": "older_pupil",
        "tasks": ["join_at_break"],
        "answer": "not_asked",
        "asked_by": school.a.marit.pk,
        "ask_before": date(2025, 11, 7),
    }
    add_to(school.page, "support_persons", mother)
    add_to(school.page, "support_persons", mila)
    press(school.page, "done")


def plan_talks(school: School) -> None:
    """Step 9: Noor, mother, Lieke; Tess and Daan are seen in the group."""
    page = school.page
    people = {p.name: p for p in Participant.objects.all()}
    school.open(school.step(9))
    for talk in (
        {
            "with_whom": f"participant:{people['Noor'].uuid}",
            "planned_at": at(17, 8, 30),
            "conductor": school.a.marit.uuid,
        },
        {
            "with_whom": "parent",
            "with_name": "Karin",
            "planned_at": at(13, 16),
            "conductor": school.a.sami.uuid,
        },
        {
            "with_whom": f"participant:{people['Lieke'].uuid}",
            "planned_at": at(25, 12, 15),
            "conductor": school.a.marit.uuid,
        },
    ):
        add_to(page, "talks", talk)
    for name in ("Tess", "Daan"):
        fill_row(page, f"people-{people[name].uuid}", {"without_talk": "in_group"})
    press(page, "done")


def agreements_are_the_given_seven(school: School) -> None:
    """Owners, followers and dates, as given."""
    found = {
        (a.what, a.owner, a.responsible_staff.first_name, a.due_on, a.standing)
        for a in Agreement.objects.all()
    }
    owner = {"target": "Noor"}
    given = {
        (
            row["what"],
            owner.get(row["owner_type"]) or row.get("owner_name") or row["owner_staff"].full_name,
            row["responsible_staff"].first_name,
            row.get("deadline") or row["review_on"],
            "review_on" in row,
        )
        for row in given_agreements(school)
    }
    assert found == given


# ── 6 to 28 Nov ──────────────────────────────────────────────────────────────
def live_through_november(school: School, worker: Any) -> dict[date, set[tuple[str, str, str]]]:
    """Each day: the morning's mail, then what was done that day is ticked off in the browser."""
    found: dict[date, set[tuple[str, str, str]]] = {}
    day = FIRST_DAY
    while day <= LAST_DAY:
        morning = datetime(day.year, day.month, day.day, 7, 31, tzinfo=scenario_a.AMSTERDAM)
        if day > FIRST_DAY:
            run_sweep(worker, morning)
        if reminded := reminded_on(school.conversation, morning):
            found[day] = reminded
        tick_off(school, morning + timedelta(hours=9))
        day += timedelta(days=1)
    return found


def tick_off(school: School, now: datetime) -> None:
    """Settle agreements on their page, and record talks that were held."""
    due = [a.uuid for a in Agreement.objects.all() if TICKED[NUMBERS[a.what]] == now.date()]
    talks = FollowUpTalk.objects.filter(status="planned", planned_at__date=now.date())
    if not due and not talks:
        return
    school.sign_in("coordinator.a@example.org", now)
    for uuid in due:
        school.open(f"/agreements/{uuid}/")
        school.submit("form[action$='/settle/']:has([type=hidden][name=status])")
        assert Agreement.objects.get(uuid=uuid).status == "done"
    for talk in talks:
        school.open(f"/talks/{talk.uuid}/")
        record_talk(school, talk)


def record_talk(school: School, talk: FollowUpTalk) -> None:
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
    for name, value in answers.items():
        fill(school.page, name, value)
    school.submit("main form:has([name=progress])")
    talk.refresh_from_db()
    assert talk.status == "held"


def mails_are_single_and_empty_of_names(school: School, mails: list[Any]) -> None:
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


def answer(school: School, number: int) -> None:
    """Fill in the questions of a step, opening its page first when another one is shown."""
    if school.step(number) not in school.page.url:
        school.open(school.step(number))
    a = school.a
    given = scenario_a.answers(marit=a.marit, sami=a.sami, fleur=a.fleur, groep7=a.groep7)[number]
    answer_step(school.page, edition(CURRENT_EDITION).step(number), given)
