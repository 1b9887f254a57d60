"""Today: the next thing first, only what is yours, and nothing of a case that is closed to you."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cases.ceilings import Level
from cases.models import StepRecord
from cases.services.agreements import settle_agreement
from cases.services.conversations import begin_sitting, step_records
from cases.services.sharing import share_case, take_back
from pestzorg.testing.builders import NOW, make_agreement, make_person, make_report, make_talk
from schools.models import User
from schools.roles import Role

TODAY = NOW.date()


def talk_up_to_step(scene, number):
    begin_sitting(scene.teacher, scene.conversation, now=NOW)
    step_records(scene.conversation)
    StepRecord.objects.filter(step__lt=number).update(status="done")


def test_a_conversation_that_waits_is_the_first_thing(scene, read):
    page = read(scene.teacher)
    assert "Noor, 7A: begin the conversation" in page
    assert "You are all caught up" not in page


def test_an_open_conversation_goes_on_at_the_next_step(scene, read):
    talk_up_to_step(scene, 6)
    page = read(scene.teacher)
    assert "Noor, 7A: go on at step 6" in page
    assert "Five steps done." in page
    assert f"/cases/{scene.case.uuid}/conversation/6/" in page
    assert page.count("is-done") == 5


def test_a_step_to_complete_later_is_remembered(scene, read):
    talk_up_to_step(scene, 6)
    StepRecord.objects.filter(step=4).update(status="in_progress")
    page = read(scene.teacher)
    assert "go on at step 6" in page
    assert "At step 4 you wanted to add something." in page


def test_looking_at_today_writes_no_steps(scene, read):
    begin_sitting(scene.teacher, scene.conversation, now=NOW)
    read(scene.teacher)
    assert not StepRecord.objects.exists()


@pytest.mark.parametrize("part", ["owner_staff", "responsible_staff"])
def test_owner_and_follower_find_what_is_due(scene, read, part):
    people = {"owner_staff": scene.coordinator, "responsible_staff": scene.coordinator}
    make_agreement(scene.coordinator, scene.case, deadline=TODAY, **{**people, part: scene.teacher})
    assert "Bel de ouders" in read(scene.teacher)


def test_what_is_late_says_how_long(scene, read, at):
    make_agreement(scene.teacher, scene.case, deadline=TODAY)
    at(NOW + timedelta(days=3))
    assert "3 days late" in read(scene.teacher)


def test_a_standing_agreement_is_never_late(scene, read, at):
    make_agreement(scene.teacher, scene.case, review_on=TODAY)
    at(NOW + timedelta(days=3))
    page = read(scene.teacher)
    assert "Bel de ouders" in page
    assert "days late" not in page


def test_somebody_elses_task_is_not_mine(scene, read):
    make_agreement(scene.coordinator, scene.case, deadline=TODAY)
    share_case(scene.coordinator, scene.case, scene.colleague, Level.VIEW, now=NOW)
    assert "Bel de ouders" not in read(scene.colleague)


def test_a_settled_agreement_is_gone(scene, read):
    agreement = make_agreement(scene.teacher, scene.case, deadline=TODAY)
    settle_agreement(scene.teacher, agreement, "done", now=NOW)
    assert "Bel de ouders" not in read(scene.teacher)


def test_a_case_that_was_taken_back_leaves_nothing_behind(scene, read):
    share_case(scene.coordinator, scene.case, scene.colleague, Level.VIEW, now=NOW)
    make_agreement(scene.coordinator, scene.case, deadline=TODAY, owner_staff=scene.colleague)
    assert "Noor" in read(scene.colleague)
    take_back(scene.coordinator, scene.case, scene.colleague, now=NOW)
    page = read(scene.colleague)
    assert "Noor" not in page
    assert "Bel de ouders" not in page


def test_a_talk_of_today_and_one_that_was_forgotten_are_both_there(scene, read, at):
    make_talk(scene.teacher, scene.case, planned_at=NOW + timedelta(hours=2))
    make_talk(scene.teacher, scene.case, planned_at=NOW + timedelta(days=2, hours=2))
    at(NOW + timedelta(days=2))
    page = read(scene.teacher)
    assert page.count("Follow-up talk with Noor") == 2
    assert "2 days late" in page


def test_coming_up_looks_five_school_days_ahead(scene, read):
    # From Monday 3 November: the fifth school day is Monday 10.
    make_agreement(scene.teacher, scene.case, deadline=date(2025, 11, 10), what="Net op tijd")
    make_agreement(scene.teacher, scene.case, deadline=date(2025, 11, 11), what="Nog even niet")
    page = read(scene.teacher)
    assert "Net op tijd" in page
    assert "Nog even niet" not in page


def test_all_done_says_so(scene, read):
    page = read(scene.colleague)
    assert "You are all caught up" in page
    assert "Report a concern" in page


def test_own_reports_show_their_state_only(scene, read):
    make_report(scene.colleague, scene.school, about="Daan", description="Wat ik zag")
    page = read(scene.colleague)
    assert "Daan" in page
    assert "Reported" in page
    assert "Wat ik zag" not in page


def test_the_report_card_names_who_reads_it(scene, read):
    assert "Sami, our anti-bullying coordinator, reads it." in read(scene.colleague)


def test_my_cases_are_not_all_cases_of_the_school(scene, read):
    other = make_person(Role.COORDINATOR, scene.school, first_name="Els")
    User.objects.update(language="en")
    assert "My cases" in read(scene.coordinator)
    assert "My cases" not in read(other)


@pytest.mark.parametrize(
    ("hour", "greeting"), [(7, "Good morning"), (12, "Good afternoon"), (19, "Good evening")]
)
def test_the_greeting_follows_the_clock_on_the_wall(scene, read, at, hour, greeting):
    at(datetime(2025, 11, 3, hour - 1, 30, tzinfo=UTC))
    assert f"{greeting}, Marit" in read(scene.teacher)


def test_the_lede_counts_in_words(scene, read):
    talk_up_to_step(scene, 2)
    for what in ("Een", "Twee"):
        make_agreement(scene.teacher, scene.case, deadline=TODAY, what=what)
    page = read(scene.teacher)
    assert "One conversation is open and there are two things to do." in page


def test_a_tick_settles_and_comes_back_to_today(scene):
    agreement = make_agreement(scene.teacher, scene.case, deadline=TODAY)
    client = Client()
    client.force_login(scene.teacher)
    answer = client.post(f"/agreements/{agreement.uuid}/settle/", {"status": "done", "next": "/"})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/")
    agreement.refresh_from_db()
    assert agreement.status == "done"


@pytest.mark.parametrize("role", [Role.BOARD_VIEWER, Role.DPO, Role.SCHOOL_ADMIN])
def test_who_works_with_no_pupils_lands_on_a_calm_page(scene, read, client, role):
    person = make_person(role, scene.school)
    client.force_login(person)
    assert client.get("/").headers["Location"] == "/start/"
    page = client.get("/start/").content.decode()
    assert scene.case.reference not in page
    assert "Noor" not in page
    assert "/reports/new/" not in page


def test_the_number_of_queries_does_not_grow_with_the_work(scene):
    client = Client()
    client.force_login(scene.teacher)

    def queries():
        with CaptureQueriesContext(
            connection,
        ) as captured:
            client.get("/")
        return len(captured)

    def add(number):
        for _position in range(number):
            make_agreement(scene.teacher, scene.case, deadline=TODAY)
            make_talk(scene.teacher, scene.case, planned_at=NOW + timedelta(hours=1))

    add(3)
    few = queries()
    add(27)
    assert queries() == few


def test_new_reports_come_first_for_who_may_assign_them_and_the_most_urgent_on_top(scene, read):
    make_report(scene.teacher, scene.school, about="Milan")
    make_report(scene.teacher, scene.school, about="Yara", urgency="now")
    page = read(scene.coordinator)
    assert "You are all caught up" not in page
    assert page.index("New reports") < page.index("Yara") < page.index("Milan")
    for other in (scene.teacher, scene.colleague, scene.principal):
        assert "New reports" not in read(other)
