"""python -m pestzorg.bench 10k|100k|1m: measures in a database of its own, prints a table, exits 1 on a miss."""

from __future__ import annotations

import os
import sys

from pestzorg.bench.place import own_database
from pestzorg.bench.population import SIZES

USAGE = f"bench {'|'.join(SIZES)} [--keep]   (--keep leaves the filled database for the next run)"


def main() -> int:
    words = [word for word in sys.argv[1:] if word != "--keep"] or ["100k"]
    if len(words) > 1 or words[0] not in SIZES:
        sys.exit(USAGE)
    os.environ.setdefault("TESTING", "true")
    os.environ["DJANGO_SETTINGS_MODULE"] = "pestzorg.bench.settings"
    with own_database(words[0], keep="--keep" in sys.argv) as url:
        os.environ["DATABASE_URL"] = url
        # After the address of the database is known: the settings read it when Django starts.
        import django

        django.setup()
        from pestzorg.bench.run import run

        return run(words[0])


if __name__ == "__main__":
    sys.exit(main())
