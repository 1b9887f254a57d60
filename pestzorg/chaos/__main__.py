"""python -m pestzorg.chaos short|long [R01 ...]: kills real servers of its own, prints a table, exits 1 on a loss."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

from pestzorg.chaos.postgres import Postgres

USAGE = "chaos [short|long] [R01 R02 ...]   (long, and every scenario, unless told otherwise)"


def main(words: list[str]) -> int:
    size = words[0] if words[:1] in (["short"], ["long"]) else "long"
    chosen = [word for word in words if word != size]
    with tempfile.TemporaryDirectory(prefix="pestzorg-chaos-") as place:
        folder = Path(place)
        folder.chmod(0o711)  # PostgreSQL runs as somebody else
        postgres = Postgres(folder / "postgres")
        try:
            return _run(size, chosen, postgres, folder)
        finally:
            postgres.stop()


def _run(size: str, chosen: list[str], postgres: Postgres, folder: Path) -> int:
    postgres.make("world")
    os.environ.update(
        TESTING="true",
        DJANGO_SETTINGS_MODULE="pestzorg.chaos.settings",
        DATABASE_URL=postgres.url("world"),
        EMAIL_URL="smtp://127.0.0.1:1",
        REDIS_URL="",
        BROKER_URL="memory://",
        VAR_DIR=str(folder / "var"),
        BASE_URL="https://pestzorg.example",
    )
    # After the address of the database is known: the settings read it when Django starts.
    import django

    django.setup()
    from pestzorg.chaos.run import SCENARIOS, run

    if set(chosen) - set(SCENARIOS):
        sys.exit(USAGE)
    return run(size, chosen, postgres, folder)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
