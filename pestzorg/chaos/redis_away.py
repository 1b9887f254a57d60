"""R02: Redis is full, emptied, read-only, killed, restarted. Reminders leave all the same, and people sign in and save."""

from __future__ import annotations

import time
from datetime import timedelta
from itertools import count
from threading import Event, Thread

from celery import Celery
from redis.exceptions import RedisError

from cases.models import Report
from pestzorg.bench.verdict import Verdict
from pestzorg.chaos import world
from pestzorg.chaos.broker import Broker, own_broker
from pestzorg.chaos.ledger import Ledger
from pestzorg.chaos.programs import WORKER, running, wait_until, web_server
from pestzorg.chaos.punctuality import Punctuality, p95
from pestzorg.chaos.stage import Stage, Theatre
from pestzorg.chaos.visitor import REPORT, Failed, Visitor
from pestzorg.outbox import heartbeat

FULL = 0.7  # of the time: longer than a minute, in which every worker looks
FLUSHES_EACH = 4
PAUSE, READ_ONLY, VISIT_EVERY = 0.25, 3.0, 1.0
LATE, BACK = 150, 60  # seconds


def run(theatre: Theatre) -> None:
    """Full for a while, then emptied, read-only and gone in turn, while reminders fall due and somebody works."""
    speed = theatre.size.speed
    with (
        theatre.stage("r02", world.REMINDED_AT, speed) as stage,
        own_broker(stage.folder) as broker,
        web_server(stage, broker) as (_server, port),
        running(stage, broker, WORKER, WORKER, speed=speed),
    ):
        punctuality = Punctuality(stage, speed, timedelta(minutes=1 + stage.size.minutes))
        stage.clock.show(world.REMINDED_AT - timedelta(days=1), speed)
        wait_until(lambda: heartbeat.last_beat_at(heartbeat.SWEEP) is not None)
        punctuality.begin()
        with Visits(port) as visits:
            is_full = _fill_up(broker, punctuality)
            longest = max(_until_consumed(broker), _strike(broker, stage.size.redis_kills))
            punctuality.wait_until(1)
        left = wait_until(stage.is_quiet)
        theatre.verdict.holds("R02", "Redis refused to store more", met=is_full)
        theatre.verdict.at_most("R02", "s until a worker takes hints again", longest, BACK)
        _judge(theatre.verdict, stage, punctuality, visits)
        theatre.verdict.holds("R02", "everything left", met=left)


class Visits:
    """Somebody who signs in and reports, again and again, in a thread."""

    def __init__(self, port: int) -> None:
        self.visitor = Visitor(port, world.somebody().email)
        self.saved, self.failures = 0, list[str]()
        self._enough = Event()
        self._thread = Thread(target=self._visit)

    def __enter__(self) -> Visits:
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._enough.set()
        self._thread.join()

    def _visit(self) -> None:
        for number in count():
            try:
                self.visitor.sign_in()
                self.visitor.report(self.visitor.form(REPORT), f"without Redis, {number}")
                self.saved += 1
            except Failed as error:
                self.failures.append(str(error))
            if self._enough.wait(VISIT_EVERY):
                return


def _fill_up(broker: Broker, punctuality: Punctuality) -> bool:
    """Whether nothing could be stored any more, for this part of the time."""
    broker.ask("CONFIG", "SET", "maxmemory", "1mb")
    try:
        broker.ask("SET", "more", "x")
    except RedisError:
        return True
    finally:
        punctuality.wait_until(FULL)
        broker.ask("CONFIG", "SET", "maxmemory", "0")
    return False


def _strike(broker: Broker, times: int) -> float:
    """Emptied, read-only, then killed or restarted; the longest time until hints were taken again."""
    longest = 0.0
    for number in range(times):
        for _ in range(FLUSHES_EACH):
            broker.ask("FLUSHALL")
            time.sleep(PAUSE)
        broker.take_nothing()
        time.sleep(READ_ONLY)
        broker.take_all()
        longest = max(longest, _until_consumed(broker))
        (broker.stop if number % 2 else broker.kill)()
        time.sleep(PAUSE)
        broker.start()
        longest = max(longest, _until_consumed(broker))
    return longest


def _until_consumed(broker: Broker) -> float:
    began = time.monotonic()
    Celery("chaos", broker=broker.url, set_as_current=False).send_task("reminders.sweep")
    wait_until(lambda: not broker.waiting)
    return round(time.monotonic() - began, 1)


def _judge(verdict: Verdict, stage: Stage, punctuality: Punctuality, visits: Visits) -> None:
    Ledger(stage.relay.log, world.expected()).judge("R02", verdict)
    delays = punctuality.delays()
    verdict.at_most("R02", "due until accepted, p95, s", p95(delays), LATE)
    verdict.shown("R02", "due until accepted, latest, s", f"{max(delays):.0f}")
    verdict.at_least("R02", "signed in and saved meanwhile", visits.saved, 2)
    verdict.at_most("R02", "of which in vain", len(visits.failures), 0)
    stored = Report.objects.filter(reporter=world.somebody()).count()
    verdict.at_least("R02", "reports that are there", stored, visits.saved)
