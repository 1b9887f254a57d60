"""A PostgreSQL of our own, to be killed: its programs come with the machine, its data lies in a temporary folder."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from pestzorg.chaos.ports import free_port

PLACES = "/usr/lib/postgresql"
# The data is thrown away, so nothing has to survive a power cut; a killed server loses nothing by it.
OPTIONS = "-c fsync=off -c full_page_writes=off -c listen_addresses=127.0.0.1"


class Postgres:
    """One cluster on a free port of this machine."""

    def __init__(self, folder: Path) -> None:
        self.bin, self.folder, self.port = _programs(), folder, free_port()
        self.data = folder / "data"
        folder.mkdir()
        if os.geteuid() == 0:
            shutil.chown(folder, "postgres")
        words = ["-D", str(self.data), "-U", "postgres", "-A", "trust", "-E", "UTF8"]
        self._run("initdb", *words, "--locale=C.UTF-8", "--no-sync")
        self.start()

    def url(self, name: str) -> str:
        """The address of one of its databases."""
        return f"postgres://postgres@127.0.0.1:{self.port}/{name}"

    def start(self) -> None:
        """Start, and wait until it takes questions."""
        options = f"{OPTIONS} -c port={self.port} -c unix_socket_directories={self.folder}"
        self._run("pg_ctl", "-w", "-s", "-l", str(self.folder / "log"), "-o", options, "start")

    def crash(self) -> None:
        """End all its processes in the middle of what they do."""
        self._run("pg_ctl", "-w", "-s", "-m", "immediate", "stop")

    def stop(self) -> None:
        """At the end; also when it does not run."""
        self._run("pg_ctl", "-w", "-s", "-m", "immediate", "stop", check=False)

    def make(self, name: str, template: str = "template0") -> None:
        """A database, as a copy of another one."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as server:
            server.execute(
                sql.SQL("CREATE DATABASE {} ENCODING 'UTF8' TEMPLATE {}").format(
                    sql.Identifier(name), sql.Identifier(template)
                )
            )

    def _run(self, program: str, *words: str, check: bool = True) -> None:
        command = [str(self.bin / program), *words]
        if program == "pg_ctl":
            command[1:1] = ["-D", str(self.data)]
        # PostgreSQL refuses to run as root, and initdb to look into a folder that it may not enter.
        own: dict[str, Any] = {"user": "postgres", "group": "postgres"} if os.geteuid() == 0 else {}
        own |= {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": "/"}
        subprocess.run(command, check=check, timeout=60, **own)  # noqa: S603 - words of this file


def is_available() -> bool:
    """Whether this machine has the programs."""
    return bool(_found())


def _programs() -> Path:
    found = _found()
    if not found:
        raise SystemExit("chaos needs PostgreSQL's own programs: apt-get install postgresql")
    return found[-1]


def _found() -> list[Path]:
    installed = sorted(Path(PLACES).glob("*/bin/initdb"), key=lambda p: float(p.parts[-3]))
    on_path = shutil.which("initdb")
    return [p.parent for p in installed] or ([Path(on_path).resolve().parent] if on_path else [])
