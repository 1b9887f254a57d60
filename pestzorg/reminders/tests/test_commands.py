from __future__ import annotations

import json
from io import StringIO

import pytest
from django.conf import settings
from django.core import mail as django_mail
from django.core.management import CommandError, call_command

from pestzorg import celery_app
from pestzorg.reminders.tasks import run_sweep
from pestzorg.reminders.tests.fakes import planned

pytestmark = pytest.mark.django_db


def run(*args: str) -> dict[str, int]:
    out = StringIO()
    call_command("reminders", "run", *args, stdout=out)
    answer: dict[str, int] = json.loads(out.getvalue())
    return answer


def test_run_plans_queues_and_sends_and_prints_counts(source):
    planned()
    planned()
    moment = "2025-11-12T08:00:00+01:00"
    assert run("--now", moment) == {"planned": 2, "queued": 1, "sent": 1, "retry": 0, "parked": 0}
    assert run("--now", moment) == {"planned": 0, "queued": 0, "sent": 0, "retry": 0, "parked": 0}
    assert len(django_mail.outbox) == 1


def test_a_moment_without_offset_is_local_time(source):
    planned()
    assert run("--now", "2025-11-12T07:59")["sent"] == 0
    assert run("--now", "2025-11-12 08:00")["sent"] == 1


def test_without_a_moment_the_clock_decides(source):
    planned()
    assert run()["sent"] == 1


def test_paced_is_what_a_worker_does(source):
    planned()
    counts = run("--paced")
    assert (counts["planned"], counts["queued"], counts["sent"], counts["wait"]) == (1, 1, 1, 0)


def test_a_wrong_moment_is_an_error():
    with pytest.raises(CommandError):
        run("--now", "tomorrow")


def test_the_task_takes_an_explicit_moment(source):
    planned()
    assert run_sweep("2025-11-12T07:59") == {"planned": 0, "queued": 0}
    assert run_sweep("2025-11-12T08:00") == {"planned": 1, "queued": 1}


def test_every_hint_in_the_timetable_names_a_task():
    celery_app.autodiscover_tasks(force=True)
    wanted = {hint["task"] for hint in settings.CELERY_BEAT_SCHEDULE.values()}
    assert {"reminders.sweep", "outbox.deliver"} <= wanted <= set(celery_app.tasks)
