"""A worker gives itself the hints of each minute, so that no reminder waits for a scheduler."""

from __future__ import annotations

from threading import Event

import pytest
from celery import Celery
from django.conf import settings

from pestzorg import celery as celery_module
from pestzorg.celery import OwnHints, app, give_hints, keep_looking
from pestzorg.outbox.heartbeat import last_beat_at
from pestzorg.testing.servers import url_of_test_database

MINUTE_JOBS = {"reminders.sweep", "outbox.deliver", "audit.chain"}


@pytest.fixture
def own_app() -> Celery:
    """An app with the timetable of the installation and a broker in memory."""
    own = Celery("hints", broker="memory://", set_as_current=False)
    own.conf.update(
        beat_schedule=settings.CELERY_BEAT_SCHEDULE,
        worker_hints_every=60.0,
        task_ignore_result=True,
    )
    return own


def waiting(own: Celery) -> list[str]:
    with own.connection_for_read() as connection:
        queue = connection.SimpleQueue("celery")
        found = [queue.get_nowait() for _ in range(queue.qsize())]
    return [message.headers["task"] for message in found]


def test_every_minutes_jobs_are_told_and_no_others(own_app: Celery) -> None:
    assert give_hints(own_app)
    assert sorted(waiting(own_app)) == sorted(MINUTE_JOBS)


def test_a_broker_that_is_away_does_not_stop_the_worker(
    own_app: Celery, caplog: pytest.LogCaptureFixture
) -> None:
    own_app.conf.broker_url = "redis://broker.invalid:6379/0"
    assert not give_hints(own_app)
    assert "broker does not answer" in caplog.text


def test_every_worker_has_the_step_but_those_of_tests_do_not_use_it(own_app: Celery) -> None:
    assert OwnHints in app.steps["worker"]
    assert settings.CELERY_WORKER_HINTS_EVERY == 0


class Stopped(Event):
    """Stops after so many rounds."""

    def __init__(self, rounds: int) -> None:
        super().__init__()
        self.rounds = rounds

    def wait(self, timeout: float | None = None) -> bool:
        self.rounds -= 1
        if not self.rounds:
            self.set()
        return self.is_set()


def test_without_a_broker_a_worker_looks_by_itself(
    own_app: Celery, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks: list[float] = []
    monkeypatch.setattr(celery_module, "look_without_broker", looks.append)
    own_app.conf.update(broker_url="redis://broker.invalid:6379/0", task_time_limit=120)
    keep_looking(own_app, Stopped(2))
    assert looks == [120, 120]


def test_with_a_broker_a_worker_leaves_the_looking_to_its_hints(
    own_app: Celery, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks: list[float] = []
    monkeypatch.setattr(celery_module, "look_without_broker", looks.append)
    keep_looking(own_app, Stopped(2))
    assert not looks


def test_a_worker_goes_on_looking_whatever_goes_wrong(
    own_app: Celery, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(_app: Celery) -> bool:
        raise RuntimeError("Noor")

    monkeypatch.setattr(celery_module, "give_hints", fail)
    keep_looking(own_app, Stopped(3))
    assert [record.getMessage() for record in caplog.records] == ["no hints: RuntimeError"] * 3


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_what_a_worker_does_without_a_broker_sends_what_is_due(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DATABASE_URL", url_of_test_database())
    celery_module.look_without_broker(60)
    assert last_beat_at("sweep") is not None
