"""Worker and scheduler in one process, over a queue in memory: `python -m pestzorg.demo.solo`.

For computers for which there is no Valkey. What pages ask for then waits for the next minute's
sweep: messages are hints, the database is the truth (docs/decisions/0005-reminders.md).
"""

from __future__ import annotations

from celery.beat import EmbeddedService

from pestzorg.celery import app


def main() -> None:
    """Run until SIGTERM."""
    app.conf.broker_url = "memory://"
    scheduler = EmbeddedService(app, thread=True)
    scheduler.start()
    # The solo pool, since a thread pool stalls on a queue in memory.
    app.worker_main(["--quiet", "worker", "--pool", "solo", "--loglevel", "WARNING"])


if __name__ == "__main__":
    main()
