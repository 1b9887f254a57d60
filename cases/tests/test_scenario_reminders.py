"""The five worked scenarios, day by day: exactly these reminders are mailed, and no other."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from cases.models import Case
from cases.queries.agreement_days import days_for
from cases.tests.mornings import moments, morning
from cases.tests.story import begin_story, local
from pestzorg.outbox.models import Mail
from pestzorg.reminders.models import Kind
from schools.queries.calendars import calendar_for

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


def test_a_groep_7_zonder_n() -> None:
    story = begin_story("midden", "2025-11-04 10:15", 2)
    at = "2025-11-06 14:20"
    story.agree("A1", at, "Noor", deadline=date(2025, 11, 7))
    story.agree("A2", at, "Noor", deadline=date(2025, 11, 7))
    story.agree("A3", at, story.teacher, deadline=date(2025, 11, 7))
    story.agree("A4", at, story.teacher, deadline=date(2025, 11, 10))
    story.agree("A5", at, "Karin", deadline=date(2025, 11, 10))
    story.agree("A6", at, story.handler, deadline=date(2025, 11, 14))
    story.agree("A7", at, "Mila", review_on=date(2025, 11, 17), responsible_staff=story.teacher)
    story.done("2025-11-06 20:00", "A2")
    story.done("2025-11-07 15:00", "A1", "A3")
    story.done("2025-11-10 11:00", "A4")
    story.done("2025-11-11 16:00", "A5")
    story.done("2025-11-13 11:00", "A6")
    story.done("2025-11-17 15:00", "A7")
    story.live_until(local("2025-12-12 16:00"))
    assert story.mailed == {
        # No "upcoming" of A1-A5: Wednesday and Thursday morning lie before the agreements. A2 was done before its day.
        ("A1", "due_today", "07 Nov 07:30", "Handler"),
        ("A3", "due_today", "07 Nov 07:30", "Teacher"),
        ("A4", "due_today", "10 Nov 07:30", "Teacher"),
        ("A5", "due_today", "10 Nov 07:30", "Handler"),
        ("A5", "overdue", "11 Nov 07:30", "Handler"),
        ("A6", "upcoming", "12 Nov 07:30", "Handler"),
        ("A7", "review_due", "17 Nov 07:30", "Teacher"),
    }


def test_b_the_rating_account() -> None:
    story = begin_story("zuid", "2026-01-14 11:20", 3)
    at = "2026-01-15 10:05"
    story.agree("B1", at, "Ravi", deadline=date(2026, 1, 15))
    story.agree("B2", at, "Ravi", deadline=date(2026, 1, 16))
    story.agree("B3", at, story.handler, deadline=date(2026, 1, 21))
    story.agree("B5", at, story.teacher, deadline=date(2026, 1, 19))
    story.agree("B6", at, story.teacher, review_on=date(2026, 2, 6))
    story.done("2026-01-15 20:00", "B1")
    story.done("2026-01-16 12:30", "B2")
    story.done("2026-01-19 15:00", "B5")
    story.done("2026-01-21 15:00", "B3")
    asked, calendar = date(2026, 2, 17), calendar_for(story.case.school)
    offered = days_for(story.case, calendar, asked, date(2026, 2, 5))
    assert offered == (date(2026, 2, 13), date(2026, 2, 23)), "both are offered, backward first"
    b8 = story.agree("B8", "2026-02-05 11:00", "Jesse", deadline=asked, due=offered[1])
    story.done("2026-02-06 15:00", "B6")
    assert moments(b8) == [
        ("upcoming", morning(2026, 2, 12)),
        ("due_today", morning(2026, 2, 23)),
        ("overdue", morning(2026, 2, 24)),
        ("escalation", morning(2026, 2, 24)),
    ]
    story.done("2026-02-23 15:00", "B8")
    story.live_until(local("2026-03-06 16:00"))
    assert story.mailed == {
        ("B2", "due_today", "16 Jan 07:30", "Handler"),
        ("B5", "due_today", "19 Jan 07:30", "Teacher"),
        ("B3", "upcoming", "19 Jan 07:30", "Handler"),
        ("B3", "due_today", "21 Jan 07:30", "Handler"),
        ("B6", "review_due", "06 Feb 07:30", "Teacher"),
        ("B8", "upcoming", "12 Feb 07:30", "Handler"),
        ("B8", "due_today", "23 Feb 07:30", "Handler"),
    }


def test_c_ro_ro_robot() -> None:
    story = begin_story("flanders", "2025-10-07 13:20", 2)
    at = "2025-10-07 14:05"
    story.agree("C1", at, "Wout", deadline=date(2025, 10, 7))
    story.agree("C3", at, "Wout", deadline=date(2025, 10, 10))
    story.agree("C4", at, story.teacher, review_on=date(2025, 10, 24))
    story.agree("C5", at, story.handler, deadline=date(2025, 10, 17))
    story.done("2025-10-07 20:00", "C1")
    story.done("2025-10-10 15:00", "C3")
    story.done("2025-10-17 15:00", "C5")
    c6 = story.agree("C6", "2025-10-20 14:00", "Ilyas", deadline=date(2025, 10, 31))
    assert (c6.deadline, c6.was_moved) == (date(2025, 11, 3), True)
    assert moments(c6) == [
        ("upcoming", morning(2025, 10, 23)),
        ("due_today", morning(2025, 11, 3)),
        ("overdue", morning(2025, 11, 4)),
        ("escalation", morning(2025, 11, 6)),
    ]
    story.done("2025-10-24 15:00", "C4")
    story.done("2025-11-03 15:00", "C6")
    story.live_until(local("2025-11-18 12:00"))
    assert story.mailed == {
        ("C3", "upcoming", "08 Oct 07:30", "Handler"),
        ("C3", "due_today", "10 Oct 07:30", "Handler"),
        ("C5", "upcoming", "15 Oct 07:30", "Handler"),
        ("C5", "due_today", "17 Oct 07:30", "Handler"),
        ("C6", "upcoming", "23 Oct 07:30", "Handler"),
        ("C4", "review_due", "24 Oct 07:30", "Teacher"),
        ("C6", "due_today", "03 Nov 07:30", "Handler"),
    }


def test_d_the_fake_image() -> None:
    story = begin_story("flanders", "2026-02-24 10:20", 4)
    at = "2026-02-24 10:55"
    story.agree("D1", at, story.handler, deadline=date(2026, 2, 24))
    story.agree("D3", at, "Murat", deadline=date(2026, 2, 24))
    story.done("2026-02-24 18:00", "D1", "D3")
    at = "2026-02-25 09:50"
    story.agree("D4", at, "Aylin", deadline=date(2026, 2, 25))
    story.agree("D7", at, "Sara", deadline=date(2026, 3, 3))
    story.agree("D8", at, story.teacher, deadline=date(2026, 2, 26))
    story.done("2026-02-25 18:00", "D4")
    story.done("2026-02-26 15:00", "D8")
    story.done("2026-03-03 15:00", "D7")
    at = "2026-03-30 16:00"
    story.agree("D10", at, "Robbe", deadline=date(2026, 4, 3))
    story.agree("D13", at, "Robbe", deadline=date(2026, 4, 24))
    story.agree("D14", at, story.teacher, deadline=date(2026, 5, 8))
    story.done("2026-04-03 15:00", "D10")
    story.done("2026-04-24 15:00", "D13")
    story.done("2026-05-08 15:00", "D14")
    story.live_until(local("2026-05-19 16:00"))
    assert story.mailed == {
        ("D8", "due_today", "26 Feb 07:30", "Teacher"),
        ("D7", "upcoming", "27 Feb 07:30", "Handler"),
        ("D7", "due_today", "03 Mar 07:30", "Handler"),
        ("D10", "upcoming", "01 Apr 07:30", "Handler"),
        ("D10", "due_today", "03 Apr 07:30", "Handler"),
        ("D13", "upcoming", "22 Apr 07:30", "Handler"),
        ("D13", "due_today", "24 Apr 07:30", "Handler"),
        ("D14", "upcoming", "06 May 07:30", "Teacher"),
        ("D14", "due_today", "08 May 07:30", "Teacher"),
    }
    told = Mail.objects.filter(reminders__source="agreement").values_list("key", flat=True)
    assert all(key.startswith("urgent:") for key in told), (
        "at the highest level each is a mail apart"
    )


def test_e_the_gossip_account() -> None:
    story = begin_story("noord", "2026-03-03 12:10", 2)
    at = "2026-03-04 11:30"
    story.agree("E2", at, "Wieke", deadline=date(2026, 3, 4))
    story.agree("E3", at, story.handler, deadline=date(2026, 3, 11))
    story.agree("E4", at, story.teacher, deadline=date(2026, 3, 5))
    story.agree("E5", at, story.teacher, deadline=date(2026, 3, 12))
    story.done("2026-03-04 18:00", "E2")
    story.done("2026-03-05 15:00", "E4")
    story.done("2026-03-11 15:00", "E3")
    story.done("2026-03-12 15:00", "E5")
    e6 = story.agree("E6", "2026-03-19 11:00", story.teacher, deadline=date(2026, 4, 27))
    assert e6.deadline == date(2026, 5, 4)
    assert moments(e6) == [
        ("upcoming", morning(2026, 4, 23)),
        ("due_today", morning(2026, 5, 4)),
        ("overdue", morning(2026, 5, 6)),
        ("escalation", morning(2026, 5, 8)),
    ]
    story.live_until(local("2026-04-24 16:00"))
    Case.objects.filter(pk=story.case.pk).update(status="aftercare")
    story.done("2026-05-06 15:00", "E6")
    story.live_until(local("2026-05-18 16:00"))
    assert story.mailed == {
        ("E4", "due_today", "05 Mar 07:30", "Teacher"),
        ("E3", "upcoming", "09 Mar 07:30", "Handler"),
        ("E5", "upcoming", "10 Mar 07:30", "Teacher"),
        ("E3", "due_today", "11 Mar 07:30", "Handler"),
        ("E5", "due_today", "12 Mar 07:30", "Teacher"),
        ("E6", "upcoming", "23 Apr 07:30", "Teacher"),
        ("E6", "due_today", "04 May 07:30", "Teacher"),
        ("E6", "overdue", "06 May 07:30", "Teacher"),
        ("E6", "overdue", "06 May 07:30", "Handler"),
    }


def test_what_stays_undone_reaches_the_coordinator_and_a_closed_case_is_silent() -> None:
    story = begin_story("midden", "2025-11-04 10:15", 2)
    story.agree("late", "2025-11-06 14:20", story.teacher, deadline=date(2025, 11, 14))
    story.agree("closed", "2025-11-06 14:20", story.teacher, deadline=date(2025, 11, 28))
    story.live_until(local("2025-11-20 12:00"))
    assert ("late", Kind.ESCALATION, "19 Nov 07:30", "Handler") in story.mailed
    before = story.mailed
    Case.objects.filter(pk=story.case.pk).update(status="closed")
    story.live_until(local("2025-12-18 12:00"))
    assert story.mailed == before
