"""Where the demo keeps its things, and the environment in which its processes run."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from pestzorg.demo.story import BEGINS_AT


class AlreadyRunning(Exception):
    """Another demo uses the same folder."""


@dataclass(frozen=True)
class Installation:
    """One demo: a folder and, when the environment names one, a database of its own."""

    folder: Path
    address: str
    database_url: str = ""  # given by the environment; empty: SQLite in the folder

    @classmethod
    def below(cls, folder: Path, address: str, database_url: str) -> Installation:
        """The demo below this folder; every database has its own keys, mails and clock."""
        # Not a secret: it only keeps the folders of two databases apart.
        suffix = "-" + hashlib.sha256(database_url.encode()).hexdigest()[:8] if database_url else ""
        return cls(folder / f"demo{suffix}", address, database_url)

    @property
    def is_built(self) -> bool:
        """The clock is stored last: without it a story was broken off halfway."""
        return self._clock.exists()

    @property
    def mails(self) -> Path:
        """Where mails end up as files."""
        return self.folder / "mails"

    @property
    def _clock(self) -> Path:
        return self.folder / "clock"

    def clear(self) -> None:
        """Forget everything in the folder; a database elsewhere is not touched."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self.mails.mkdir(parents=True)

    def clock_offset(self) -> int:
        """Seconds from the computer's clock to the demo's, which starts where the story ends and runs on."""
        if self.is_built:
            return int(self._clock.read_text(encoding="ascii"))
        return int(BEGINS_AT.timestamp() - time.time())

    def finish_building(self, clock_offset: int) -> None:
        """Remember the clock: from here on the demo is complete."""
        self._clock.write_text(str(clock_offset), encoding="ascii")

    def environment(self, clock_offset: int) -> dict[str, str]:
        """The environment of every process of this demo."""
        mine = {
            "DEMO": "true",
            "VAR_DIR": str(self.folder),
            "BASE_URL": self.address,
            "CLOCK_OFFSET": str(clock_offset),
            "EMAIL_URL": f"filemail:///{quote(str(self.mails))}",
        }
        if not self.database_url:
            mine["DATABASE_URL"] = f"sqlite:///{quote(str(self.folder / 'demo.sqlite3'))}"
        return {**os.environ, **mine}

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Refuses a second demo in the same place: a reset would pull the files from under the first."""
        self.folder.parent.mkdir(parents=True, exist_ok=True)
        parent = os.open(self.folder.parent, os.O_RDONLY)
        try:
            fcntl.flock(parent, fcntl.LOCK_EX | fcntl.LOCK_NB)
            yield
        except BlockingIOError:
            raise AlreadyRunning from None
        finally:
            os.close(parent)
