"""What this app does at night: compare the access rows, and clear away what ran out long ago."""

from __future__ import annotations

from celery import shared_task

from cases.services.comparing import compare_access
from cases.services.tidying import tidy_access
from pestzorg.outbox.moments import moment_or_now


def run_access_check(now: str | None = None) -> dict[str, int]:
    """Tidy, then compare every school. Differences are in the log and make `manage.py access check` exit with 1."""
    tidied = tidy_access(moment_or_now(now))
    found = compare_access()
    return {"tidied": tidied, "differences": sum(len(school.differences) for school in found)}


access_check_task = shared_task(name="cases.access_check")(run_access_check)
