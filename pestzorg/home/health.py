"""Signs of life for monitors: ids, names and content never appear here."""

from __future__ import annotations

import logging
from datetime import datetime
from typing import Any

import redis
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError
from django.http import HttpResponse, JsonResponse

from pestzorg.outbox.heartbeat import ON_TIME, SWEEP, is_recent, last_beat_at
from pestzorg.outbox.queue import oldest_unsent_at
from pestzorg.web.middleware import TimedRequest
from pestzorg.web.pages import page

BROKER_TIMEOUT = 1.0  # seconds; a monitor waits no longer than a few
log = logging.getLogger(__name__)


@page(GET="R54")
@login_not_required
def alive(request: TimedRequest) -> HttpResponse:
    """The process answers; says nothing about what it needs."""
    return HttpResponse("alive\n", content_type="text/plain; charset=utf-8")


@page(GET="R54")
@login_not_required
def ready(request: TimedRequest) -> HttpResponse:
    """200 when database, broker and sweep are well, else 503; the ages are in seconds."""
    facts = {**_database_facts(request), "broker": _broker_answers()}
    needed = ("database", "sweep_is_recent", "mail_is_on_time")
    well = facts["broker"] is not False and all(facts[name] for name in needed)
    return JsonResponse({"ready": well, **facts}, status=200 if well else 503)


def _database_facts(request: TimedRequest) -> dict[str, Any]:
    try:
        now = request.now
        swept_at, unsent_at = last_beat_at(SWEEP), oldest_unsent_at(now)
        on_time_at = last_beat_at(ON_TIME)
    except DatabaseError:
        log.exception("readiness: the database does not answer")
        return {
            "database": False,
            "sweep_is_recent": False,
            "mail_is_on_time": False,
            "last_sweep_age": None,
            "oldest_unsent_mail_age": None,
        }
    return {
        "database": True,
        # An installation whose reminders never ran is not ready either.
        "sweep_is_recent": is_recent(swept_at, now),
        "mail_is_on_time": is_recent(on_time_at, now),
        "last_sweep_age": _age(swept_at, now),
        "oldest_unsent_mail_age": _age(unsent_at, now),
    }


def _broker_answers() -> bool | None:
    """None when the installation runs without one."""
    if not settings.REDIS_URL:
        return None
    try:
        with redis.Redis.from_url(
            settings.REDIS_URL, socket_connect_timeout=BROKER_TIMEOUT, socket_timeout=BROKER_TIMEOUT
        ) as client:
            return bool(client.ping())
    except redis.RedisError:
        log.warning("readiness: the broker does not answer")
        return False


def _age(moment: datetime | None, now: datetime) -> int | None:
    return None if moment is None else int((now - moment).total_seconds())
