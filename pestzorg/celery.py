"""The Celery app: a clock that gives hints, never a store of what has to happen. The timetable is in settings.

Celery's own support for Django closes the database connections around every task of a worker.
"""

from __future__ import annotations

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pestzorg.settings")

app = Celery("pestzorg")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
