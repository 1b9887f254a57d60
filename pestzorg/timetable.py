"""When Celery's scheduler gives a hint: to look into the database, which knows what is due."""

from __future__ import annotations

from typing import Any

from celery.schedules import crontab

MINUTE = 60.0
CELERY_BEAT_SCHEDULE: dict[str, dict[str, Any]] = {
    "reminders": {"task": "reminders.sweep", "schedule": MINUTE, "options": {"expires": 55}},
    "hand_back": {"task": "cases.hand_back", "schedule": 300.0, "options": {"expires": 280}},
    "access_check": {"task": "cases.access_check", "schedule": crontab(hour=3, minute=20)},
    "school-lists": {"task": "cases.school_lists", "schedule": crontab(hour=3, minute=40)},
    "outbox": {"task": "outbox.deliver", "schedule": MINUTE, "options": {"expires": 55}},
    "audit-chain": {"task": "audit.chain", "schedule": MINUTE, "options": {"expires": 55}},
    "audit-chain-all": {
        "task": "audit.chain",
        "schedule": crontab(hour=2, minute=40),
        "kwargs": {"everything": True},
    },
    "audit-anchor": {"task": "audit.anchor", "schedule": crontab(minute=5)},
    "audit-letter": {
        "task": "schools.anchor_mails",
        "schedule": crontab(hour=7, minute=15, day_of_week="mon"),
    },
    "mail-news": {"task": "schools.tidy_bounces", "schedule": crontab(hour=3, minute=15)},
    "posting": {"task": "posting.clean", "schedule": crontab(hour=3, minute=10)},
    "signin": {"task": "signin.tidy", "schedule": 3600.0, "options": {"expires": 3500}},
}
