"""`manage.py demo`: the whole product on one computer, from one command, until Ctrl-C."""

from __future__ import annotations

import os
import sys
from argparse import ArgumentParser
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from pestzorg import env
from pestzorg.demo import broker
from pestzorg.demo.installation import AlreadyRunning, Installation
from pestzorg.demo.supervisor import ChildEnded, Children, StopRequested, port_is_free

STORY = [sys.executable, str(settings.BASE_DIR / "manage.py"), "demo_story"]
# Demo and worker may run as root in a container; celery's warning about that is no news there.
CELERY = [sys.executable, "-W", "ignore", "-m", "celery", "--quiet", "--app", "pestzorg"]
WORKER = [*CELERY, "worker", "--concurrency", "2", "--without-gossip", "--without-mingle"]
BEAT = [*CELERY, "beat", "--pidfile", ""]
WEB = [sys.executable, "-m", "gunicorn", "pestzorg.wsgi", "--workers", "2", "--threads", "4"]
QUIET = ["--loglevel", "WARNING"]


class Command(BaseCommand):
    """Supervises web server, worker, scheduler and, where there is no Redis, its own Valkey."""

    help = "Build the demo story and serve it; Ctrl-C stops everything."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=int(os.environ.get("PORT") or 8000))
        parser.add_argument("--reset", action="store_true", help="tell the story anew")

    def handle(self, *args: Any, port: int, reset: bool, **options: Any) -> None:
        if not port_is_free(port):
            raise CommandError(f"Port {port} is in use. Another one: make demo PORT={port + 1}")
        address = f"http://127.0.0.1:{port}"
        place = Installation.below(settings.VAR_DIR, address, env.text("DATABASE_URL", ""))
        try:
            with place.alone():
                self._serve(place, port, anew=reset or not place.is_built)
        except AlreadyRunning:
            raise CommandError("This demo is running already.") from None
        except ChildEnded as error:
            raise CommandError(f"{error} Everything has been stopped.") from None
        except StopRequested:
            self.stdout.write("Everything has been stopped.")

    def _serve(self, place: Installation, port: int, *, anew: bool) -> None:
        with TemporaryDirectory(prefix="pestzorg-") as runtime, Children(os.environ) as children:
            if anew:
                _clear(place, children)
            guide = _tell(place, children)
            _start(children, Path(runtime), place.folder, port)
            children.wait_until(lambda: answers(port))
            self._say(f"\npestzorg is ready at {place.address}/\n{guide}\nCtrl-C stops everything.")
            children.watch()

    def _say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()


def _clear(place: Installation, children: Children) -> None:
    if place.database_url:
        # First, since it may refuse: the folder holds the keys to what is in the database.
        children.environment = place.environment(place.clock_offset())
        children.finish("story", [*STORY, "--empty"])
    place.clear()


def _tell(place: Installation, children: Children) -> str:
    offset = place.clock_offset()
    children.environment = place.environment(offset)
    guide = children.finish("story", STORY)
    place.finish_building(offset)
    return guide


def _start(children: Children, runtime: Path, folder: Path, port: int) -> None:
    if not env.text("REDIS_URL", "") and broker.is_available():
        broker.start(children, runtime, folder / "valkey")
    children.start("web", web_command(port))
    if "REDIS_URL" in children.environment:
        children.start("worker", [*WORKER, *QUIET])
        children.start("beat", [*BEAT, *QUIET])
    else:
        children.start("worker", [sys.executable, "-W", "ignore", "-m", "pestzorg.demo.solo"])


def web_command(port: int) -> list[str]:
    """How the web server is started, for this computer alone."""
    bind = ["--bind", f"127.0.0.1:{port}", "--no-control-socket", "--log-level", "warning"]
    return [*WEB, *bind]


def answers(port: int) -> bool:
    """Whether the web server on this port does its work."""
    connection = HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == HTTPStatus.OK
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()
