"""R03: PostgreSQL is restarted in the middle of requests. Whatever was said to be saved is there, once."""

from __future__ import annotations

import time
import uuid
from collections import Counter
from threading import Lock, Thread

from django.db import connections

from cases.models import Report
from pestzorg.chaos import world
from pestzorg.chaos.broker import own_broker
from pestzorg.chaos.programs import web_server
from pestzorg.chaos.stage import Stage, Theatre
from pestzorg.chaos.visitor import REPORT, Failed, Visitor
from schools.models import User

PEOPLE = 20
PAUSE = 0.1  # before somebody sends the same form once more
LONGEST = 10  # seconds without service, per restart


class Crowd:
    """People who report concerns, each until it was said to be saved."""

    def __init__(self, port: int, emails: list[str], posts: int) -> None:
        self._visitors = [Visitor(port, email) for email in emails]
        self._left, self._lock = posts, Lock()
        self.saved: list[str] = []
        self.failures: list[float] = []
        for visitor in self._visitors:
            visitor.sign_in()

    def __enter__(self) -> Crowd:
        self._threads = [Thread(target=self._work, args=(one,)) for one in self._visitors]
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        for thread in self._threads:
            thread.join()

    @property
    def is_at_work(self) -> bool:
        """Whether somebody still has something to send."""
        return any(thread.is_alive() for thread in self._threads)

    def _work(self, visitor: Visitor) -> None:
        while self._take_one():
            words, form = uuid.uuid4().hex, None
            while True:
                try:
                    form = form or visitor.form(REPORT)
                    visitor.report(form, words)
                    self.saved.append(words)
                    break
                except Failed:
                    self.failures.append(time.monotonic())
                    time.sleep(PAUSE)

    def _take_one(self) -> bool:
        with self._lock:
            self._left -= 1
            return self._left >= 0


def run(theatre: Theatre) -> None:
    """So many restarts, spread over so many posts."""
    size, verdict = theatre.size, theatre.verdict
    with (
        theatre.stage("r03", world.REMINDED_AT, 1) as stage,
        own_broker(stage.folder) as broker,
        web_server(stage, broker) as (server, port),
    ):
        emails = User.objects.filter(email__startswith="teacher-").order_by("pk")
        crowd = Crowd(port, list(emails.values_list("email", flat=True)[:PEOPLE]), size.posts)
        workers = server.children
        with crowd:
            moments = _restart(stage, crowd, size.posts, size.restarts)
        dead = len(workers - server.children)
        found = Counter(report.description for report in Report.objects.iterator())
    verdict.shown("R03", "posts, refused meanwhile", f"{len(crowd.saved)}, {len(crowd.failures)}")
    verdict.at_least("R03", "restarts in between", len(moments), size.restarts)
    verdict.at_most("R03", "said to be saved, and not there", len(set(crowd.saved) - set(found)), 0)
    verdict.at_most("R03", "saved twice", sum(found[words] - 1 for words in crowd.saved), 0)
    worst = round(max(_without_service(moments, crowd.failures)), 1)
    verdict.at_most("R03", "longest time with errors after a restart, s", worst, LONGEST)
    verdict.at_most("R03", "web processes that died", dead, 0)


def _restart(stage: Stage, crowd: Crowd, posts: int, restarts: int) -> list[float]:
    """The moments of the restarts: after equal parts of the posts."""
    moments: list[float] = []
    while crowd.is_at_work:
        if len(moments) < restarts and len(crowd.saved) > posts * (len(moments) + 1) / (
            restarts + 2
        ):
            connections.close_all()
            moments.append(time.monotonic())
            stage.postgres.crash()
            stage.postgres.start()
        time.sleep(0.05)
    return moments


def _without_service(moments: list[float], failures: list[float]) -> list[float]:
    """For each restart: until the last failure before the next one."""
    ends = [*moments[1:], float("inf")]
    return [
        max((moment - began for moment in failures if began <= moment < end), default=0.0)
        for began, end in zip(moments, ends, strict=True)
    ]
