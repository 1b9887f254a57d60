"""What this app does by itself: give back handed-over work; at night look after access rows and the school year."""

from __future__ import annotations

import logging
from datetime import datetime

from celery import shared_task

from cases.deadlines import plan_school_lists
from cases.services.closing.recounting import recount_checks
from cases.services.comparing import compare_access
from cases.services.standing_in import hand_back_due
from cases.services.tidying import tidy_access
from pestzorg.outbox.moments import moment_or_now
from pestzorg.outbox.retry import describe
from schools.models import School

logger = logging.getLogger(__name__)


def run_access_check(now: str | None = None) -> dict[str, int]:
    """Tidy, then compare every school. Differences are in the log and make `manage.py access check` exit with 1."""
    tidied = tidy_access(moment_or_now(now))
    found = compare_access()
    return {"tidied": tidied, "differences": sum(len(school.differences) for school in found)}


access_check_task = shared_task(name="cases.access_check")(run_access_check)


def run_hand_back(now: str | None = None) -> int:
    """Give back what was handed over until a day that is over; returns how many tasks."""
    return hand_back_due(moment_or_now(now))


hand_back_task = shared_task(name="cases.hand_back")(run_hand_back)


def run_school_lists(now: str | None = None) -> dict[str, int]:
    """Follow the calendar of every school: lists before holidays and at the turn of the year, aftercare on its weeks.

    The log names who failed.
    """
    done = [
        _calendar_is_followed(school, moment_or_now(now))
        for school in School.objects.order_by("pk")
    ]
    return {"schools": sum(done), "failed": done.count(False)}


def _calendar_is_followed(school: School, now: datetime) -> bool:
    try:
        plan_school_lists(school, now=now)
        recount_checks(school, now=now)
    except Exception as error:
        # One school whose calendar is wrong must not take their lists from all that come after it.
        logger.error("calendar of school %s: %s", school.pk, describe(error))
        return False
    return True


school_lists_task = shared_task(name="cases.school_lists")(run_school_lists)
