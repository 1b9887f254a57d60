"""Worker and scheduler in one process run what is on the timetable, without any broker."""

import os
import sys
from pathlib import Path

import pytest

from pestzorg.demo.supervisor import Children

SETTINGS = """
from pestzorg.settings_test import *
CELERY_IMPORTS = ["probe_tasks"]
CELERY_BEAT_SCHEDULE = {"probe": {"task": "probe", "schedule": 0.2}}
CELERY_BEAT_SCHEDULE_FILENAME = "schedule"
"""
TASKS = """
import pathlib
from pestzorg.celery import app
@app.task(name="probe")
def probe():
    with pathlib.Path("ran").open("a") as log:
        log.write("x")
"""


@pytest.mark.slow
def test_timetable_runs_in_one_process_and_stops_cleanly(tmp_path, monkeypatch):
    (tmp_path / "probe_settings.py").write_text(SETTINGS)
    (tmp_path / "probe_tasks.py").write_text(TASKS)
    here = os.pathsep.join([str(tmp_path), str(Path.cwd())])
    environment = {"DJANGO_SETTINGS_MODULE": "probe_settings", "PYTHONPATH": here}
    ran = tmp_path / "ran"
    monkeypatch.chdir(tmp_path)
    with Children({**os.environ, **environment}) as children:
        worker = children.start(
            "worker", [sys.executable, "-W", "ignore", "-m", "pestzorg.demo.solo"]
        )
        children.wait_until(lambda: ran.exists() and len(ran.read_text()) > 1, seconds=30)
    assert worker.process.returncode == 0
