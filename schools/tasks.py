"""Jobs of this app, as Celery tasks: hints to look into the database."""

from __future__ import annotations

from celery import shared_task

from pestzorg import clock
from schools.services.anchor_mail import queue_anchor_mails
from schools.services.bounced_mail import tidy_bounces


def run_anchor_mails() -> int:
    """Every Monday morning."""
    return queue_anchor_mails(clock.now())


def run_tidy_bounces() -> int:
    """Every night; returns how many rows are gone."""
    return tidy_bounces(clock.now())


anchor_mails_task = shared_task(name="schools.anchor_mails")(run_anchor_mails)
tidy_bounces_task = shared_task(name="schools.tidy_bounces")(run_tidy_bounces)
