"""Settings of a chaos run: those of an installation, with a timetable as fast as the clock that is shown."""

import os

from pestzorg.settings import *  # noqa: F403 - the settings, and what is different below
from pestzorg.timetable import CELERY_BEAT_SCHEDULE, MINUTE

# How many seconds of the shown clock pass in one (pestzorg/chaos/shown_clock.py).
SPEED = float(os.environ.get("CHAOS_SPEED", "60"))
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# A connection that lived through a restart of the server is part of what is tried out.
DATABASES["default"]["OPTIONS"]["connect_timeout"] = 5  # type: ignore[index] # noqa: F405 - from the settings
CELERY_WORKER_HINTS_EVERY = MINUTE / SPEED
CELERY_BEAT_SCHEDULE = {
    name: {**entry, "schedule": MINUTE / SPEED, "options": {"expires": 55}}
    for name, entry in CELERY_BEAT_SCHEDULE.items()
    if name in {"reminders", "outbox"}
}
LOGGING["root"]["level"] = os.environ.get("LOG_LEVEL", "CRITICAL")  # type: ignore[index] # noqa: F405 - from the settings
