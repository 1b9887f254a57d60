"""Real servers for the end-to-end tests: an SMTP server that keeps what it receives, and a Celery worker."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from email import message_from_bytes
from email.message import Message
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from celery import Celery
from django.conf import settings
from django.db import connection

from pestzorg.outbox.models import Heartbeat

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 40  # seconds; a worker on a busy machine needs a while to start


class Inbox:
    """Keeps every mail that was accepted."""

    def __init__(self) -> None:
        self.mails: list[Message] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        """aiosmtpd calls this for every message."""
        self.mails.append(message_from_bytes(envelope.content))
        return "250 accepted"


@contextmanager
def smtp_server() -> Iterator[tuple[Inbox, int]]:
    """A real SMTP server on a free port of this machine."""
    inbox = Inbox()
    controller = Controller(inbox, hostname="127.0.0.1", port=free_port())
    controller.start()
    try:
        yield inbox, controller.port
    finally:
        controller.stop()


@contextmanager
def celery_worker(broker_url: str, smtp_port: int, base_url: str) -> Iterator[Celery]:
    """A real worker process on this test's database; yields an app that can send it tasks."""
    env = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "pestzorg.settings",
        "TESTING": "true",
        "DATABASE_URL": url_of_test_database(),
        "BROKER_URL": broker_url,
        "EMAIL_URL": f"smtp://127.0.0.1:{smtp_port}",
        "BASE_URL": base_url,
        "VAR_DIR": str(settings.VAR_DIR),
    }
    command = [
        sys.executable,
        "-m",
        "celery",
        "-A",
        "pestzorg",
        "worker",
        "-c",
        "1",
        "-l",
        "WARNING",
    ]
    worker = subprocess.Popen([*command, "--without-gossip", "--without-mingle"], cwd=ROOT, env=env)
    try:
        yield Celery("tests", broker=broker_url)
    finally:
        worker.terminate()
        worker.wait(PATIENCE)


def run_sweep(app: Celery, now: datetime) -> None:
    """Let the worker plan, queue and deliver what is due at `now`; returns when it has."""
    for task, heartbeat in (("reminders.sweep", "sweep"), ("outbox.deliver", "deliver")):
        app.send_task(task, kwargs={"now": now.isoformat()})
        _wait_for_beat(heartbeat, now)


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    # aiosmtpd calls itself on the port it was given, so it cannot be left to choose one.
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for_beat(name: str, now: datetime) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        if Heartbeat.objects.filter(name=name, beat_at__gte=now).exists():
            return
        time.sleep(0.1)
    raise AssertionError(f"The worker did not answer to {name} at {now:%Y-%m-%d %H:%M}.")


def url_of_test_database() -> str:
    """The address of this test's database, for a process of its own."""
    found = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{found['NAME']}"
    user = f"{found['USER']}:{found['PASSWORD']}" if found["PASSWORD"] else found["USER"]
    return f"postgres://{user}@{found['HOST']}:{found['PORT'] or 5432}/{found['NAME']}"
