"""R03: PostgreSQL is restarted in the middle of requests. Whatever was said to be saved is there, once.

People report concerns, and those who lead a conversation write in it too.
"""

from __future__ import annotations

import time
import uuid
from collections import Counter
from itertools import count
from threading import Lock, Thread

from django.db import connections

from cases.models import Conversation, Incident, Report
from pestzorg.chaos import world
from pestzorg.chaos.broker import own_broker
from pestzorg.chaos.programs import web_server
from pestzorg.chaos.stage import Stage, Theatre
from pestzorg.chaos.visitor import REPORT, Failed, Visitor
from schools.models import User

PEOPLE = 20
TALKS_EVERY = 10  # of the posts of one person
PAUSE = 0.1  # before somebody sends the same form once more
LONGEST = 10  # seconds without service, per restart


class Crowd:
    """People who write down what happened, each until it was said to be saved."""

    def __init__(self, port: int, steps: dict[str, str], posts: int) -> None:
        self._visitors = [Visitor(port, email) for email in steps]
        self._steps = steps
        self._left, self._lock = posts, Lock()
        self.saved: list[str] = []
        self.told: list[str] = []
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
        for number in count():
            if not self._take_one():
                return
            step = self._steps[visitor.email] if number % TALKS_EVERY == 0 else ""
            self._write(visitor, step, uuid.uuid4().hex)

    def _write(self, visitor: Visitor, step: str, words: str) -> None:
        """In the step of the conversation, else as a report: the same form again, until it was saved."""
        form = None
        while True:
            try:
                form = form or visitor.form(step or REPORT)
                if step:
                    visitor.tell(step, form, words)
                else:
                    visitor.report(form, words)
                (self.told if step else self.saved).append(words)
                return
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
        crowd = Crowd(port, _steps_of_people(), size.posts)
        workers = server.children
        with crowd:
            moments = _restart(stage, crowd, size.posts, size.restarts)
        dead = len(workers - server.children)
        found = Counter(
            row.description for model in (Report, Incident) for row in model.objects.iterator()
        )
    saved = [*crowd.saved, *crowd.told]
    counts = f"{len(crowd.saved)}, {len(crowd.told)}, {len(crowd.failures)}"
    verdict.shown("R03", "reports, parts of talks, refused meanwhile", counts)
    verdict.at_least("R03", "restarts in between", len(moments), size.restarts)
    verdict.at_most("R03", "said to be saved, and not there", len(set(saved) - set(found)), 0)
    verdict.at_most("R03", "saved twice", sum(found[words] - 1 for words in saved), 0)
    worst = round(max(_without_service(moments, crowd.failures)), 1)
    verdict.at_most("R03", "longest time with errors after a restart, s", worst, LONGEST)
    verdict.at_most("R03", "web processes that died", dead, 0)


def _steps_of_people() -> dict[str, str]:
    """So many teachers by address, each with step 2 of a conversation that they lead, if they do."""
    steps: dict[str, str] = {}
    for teacher in User.objects.filter(email__startswith="teacher-").order_by("pk")[:PEOPLE]:
        talk = Conversation.objects.filter(lead=teacher).order_by("pk").first()
        place = f"/cases/{talk.case.uuid}/conversations/{talk.uuid}/2/" if talk else ""
        steps[teacher.email] = place
    return steps


def _restart(stage: Stage, crowd: Crowd, posts: int, restarts: int) -> list[float]:
    """The moments of the restarts: after equal parts of the posts."""
    moments: list[float] = []
    while crowd.is_at_work:
        done = len(crowd.saved) + len(crowd.told)
        if len(moments) < restarts and done > posts * (len(moments) + 1) / (restarts + 2):
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
