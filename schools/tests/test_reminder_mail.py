"""How often reminders are mailed is everybody's own choice, and counts from then on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from django.test import Client

from pestzorg.errors import RuleBroken
from pestzorg.outbox.models import Mail
from pestzorg.outbox.queue import put
from pestzorg.testing.builders import NOW, make_person, make_school
from schools.models import School, User
from schools.queries.reminder_mail import digest_from
from schools.roles import Role
from schools.services.reminder_mail import choose_reminder_mail

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
PAGE = "/account/settings/mail/"


@pytest.fixture
def school(db: None) -> School:
    return make_school()


@pytest.fixture
def teacher(school: School) -> User:
    person = make_person(Role.TEACHER, school)
    person.language = "en"
    person.save()
    return person


def local(written: str) -> datetime:
    return datetime.fromisoformat(written).replace(tzinfo=AMSTERDAM)


# when something is due, and from when a weekly mail may leave with it
WEEKLY = [
    ("2025-11-10 07:30", "2025-11-10 07:30"),  # Monday morning: at once
    ("2025-11-10 08:00", "2025-11-17 07:30"),
    ("2025-11-10 06:00", "2025-11-10 07:30"),
    ("2025-11-09 12:00", "2025-11-10 07:30"),
    ("2025-11-12 07:30", "2025-11-17 07:30"),
    ("2026-04-07 07:30", "2026-04-07 07:30"),  # the day after Easter Monday
    ("2025-12-19 08:00", "2026-01-05 07:30"),  # Christmas
]


@pytest.mark.parametrize(("due", "starts"), WEEKLY)
def test_once_a_week_is_the_first_school_day_of_the_week(
    teacher: User, due: str, starts: str
) -> None:
    choose_reminder_mail(teacher, "weekly", now=NOW)
    assert digest_from(teacher.pk, local(due)) == local(starts)


def test_daily_is_now_and_none_is_never(teacher: User) -> None:
    assert digest_from(teacher.pk, NOW) == NOW
    choose_reminder_mail(teacher, "none", now=NOW)
    assert digest_from(teacher.pk, NOW) is None


def test_a_week_that_no_calendar_knows_swallows_no_mail(teacher: User) -> None:
    choose_reminder_mail(teacher, "weekly", now=NOW)
    beyond = datetime(2031, 1, 8, 12, tzinfo=UTC)
    assert digest_from(teacher.pk, beyond) == beyond


def test_who_works_at_a_board_only_waits_for_no_school(school: School) -> None:
    officer = make_person(Role.SAFETY_OFFICER, school)
    choose_reminder_mail(officer, "weekly", now=NOW)
    assert digest_from(officer.pk, NOW) == NOW


def test_an_unknown_choice_is_refused(teacher: User) -> None:
    with pytest.raises(RuleBroken):
        choose_reminder_mail(teacher, "hourly", now=NOW)


def test_the_choice_hurries_the_mail_that_waits(teacher: User) -> None:
    later = local("2025-11-10 07:30")
    put("reminders", teacher.pk, NOW.date(), "digest", later, NOW)
    choose_reminder_mail(teacher, "daily", now=NOW)
    assert Mail.objects.get().not_before == NOW


def test_the_page_says_what_each_choice_means_and_keeps_it(
    teacher: User, client: Client, at: Callable[[datetime], None]
) -> None:
    at(NOW)
    client.force_login(teacher)
    shown = client.get("/account/settings/")
    page = shown.content.decode()
    assert "In the most serious cases you always get a mail at once." in page
    assert shown.context["mail_form"]["reminder_mail"].value() == "daily"
    answer = client.post(PAGE, {"reminder_mail": "none"}, follow=True)
    assert "This counts from the next mail." in answer.content.decode()
    teacher.refresh_from_db()
    assert (teacher.reminder_mail, teacher.theme, teacher.language) == ("none", "auto", "en")


@pytest.mark.parametrize("wrong", [{}, {"reminder_mail": "hourly"}])
def test_a_wrong_choice_stays_on_the_page_and_changes_nothing(
    teacher: User, client: Client, at: Callable[[datetime], None], wrong: dict[str, str]
) -> None:
    at(NOW)
    client.force_login(teacher)
    assert client.post(PAGE, wrong).status_code == 422
    assert client.get(PAGE).status_code == 405
    teacher.refresh_from_db()
    assert teacher.reminder_mail == "daily"
