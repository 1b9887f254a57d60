"""A real gunicorn on this test's database, as an installation starts it: the image on PostgreSQL, the demo on SQLite."""

from __future__ import annotations

import json
import os
import re
import secrets
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from django.db import connection

from pestzorg.crypto.keyset import current_keyset
from pestzorg.demo.installation import Installation
from pestzorg.demo.management.commands import demo
from pestzorg.testing.servers import ROOT, free_port, url_of_test_database

PATIENCE = 60  # seconds; two workers on a busy machine need a while to start
BIND = re.compile(r"0\.0\.0\.0:\d+")


@dataclass(frozen=True)
class WebServer:
    """Where it listens. `proxy` is what the proxy in front of an image adds; a demo has none."""

    port: int
    log: Path
    proxy: Mapping[str, str] = field(default_factory=dict)

    @property
    def has_proxy(self) -> bool:
        """Addresses come in a header, since the connection is the proxy's."""
        return bool(self.proxy)


@contextmanager
def web_server(folder: Path) -> Iterator[WebServer]:
    """The server of this database's kind of installation; ended with all its workers."""
    port = free_port()
    is_image = connection.vendor == "postgresql"
    command = _image(port) if is_image else demo.web_command(port)
    environment = _production(folder) if is_image else _embedded(folder, port)
    log = folder / "gunicorn.log"
    with log.open("wb") as file:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=file, stderr=file)
        try:
            _wait_for(port, process, log)
            yield WebServer(port, log, {"X-Forwarded-Proto": "https"} if is_image else {})
        finally:
            process.terminate()
            process.wait(PATIENCE)


def _image(port: int) -> list[str]:
    """The last words of the Dockerfile, on a port of this machine alone."""
    (words,) = re.findall(r"^CMD (.*)$", (ROOT / "Dockerfile").read_text(), re.M)
    gunicorn, *rest = json.loads(words)
    return [sys.executable, "-m", gunicorn, *(BIND.sub(f"127.0.0.1:{port}", w) for w in rest)]


def _production(folder: Path) -> dict[str, str]:
    """What docker compose gives to the container: no setting of a demo or of tests among it."""
    environment = {
        "PATH": os.environ["PATH"],
        "DJANGO_SETTINGS_MODULE": "pestzorg.settings",
        "SECRET_KEY": secrets.token_urlsafe(50),
        "FIELD_KEYSET": current_keyset(),
        "DATABASE_URL": url_of_test_database(),
        "BASE_URL": "https://localhost:8443",
        "VAR_DIR": str(folder),
        "REDIS_URL": os.environ.get("REDIS_URL", ""),
    }
    words = ["manage.py", "collectstatic", "--noinput", "--verbosity", "0", "--ignore", "redoc"]
    subprocess.run([sys.executable, *words], check=True, cwd=ROOT, env=environment)
    return environment


def _embedded(folder: Path, port: int) -> dict[str, str]:
    """What `./run demo` gives to its web server, with this database instead of the story."""
    place = Installation.below(folder, f"http://127.0.0.1:{port}", "")
    place.clear()
    own = {"DATABASE_URL": url_of_test_database(), "FIELD_KEYSET": current_keyset()}
    known = {"TESTING", "DJANGO_SETTINGS_MODULE"}
    settings = place.environment(place.clock_offset()) | own
    return {name: value for name, value in settings.items() if name not in known}


def _wait_for(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and process.poll() is None:
        if demo.answers(port):
            return
        time.sleep(0.1)
    raise AssertionError(f"gunicorn does not answer:\n{log.read_text(errors='replace')[-2000:]}")
