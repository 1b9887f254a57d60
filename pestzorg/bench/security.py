"""S18, S40 and S41: times that a test must not judge, because the machine it runs on has other work."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from time import monotonic, perf_counter_ns
from uuid import UUID

from django.contrib.auth.hashers import make_password
from django.db import connection, connections
from django.test import Client
from django.urls import reverse

from pestzorg import clock
from pestzorg.audit import log
from pestzorg.audit.chain import chain
from pestzorg.audit.models import AuditEvent, AuditLink
from pestzorg.audit.verify import verify
from pestzorg.bench.copying import copy, uuid_of
from pestzorg.bench.population import Population
from pestzorg.bench.rounds import Variant, race
from pestzorg.bench.verdict import Verdict
from pestzorg.signin.models import Tries
from schools.models import User

SIGN_INS = 31
WRITERS, EACH = 8, 250
MILLION = 1_000_000


def enumeration(population: Population, verdict: Verdict) -> None:
    """S18: signing in with a wrong password, as somebody known, unknown and inactive."""
    known, inactive = (population.member(population.quiet, place) for place in (5, 6))
    User.objects.filter(pk__in=(known, inactive)).update(password=make_password("right"))
    User.objects.filter(pk=inactive).update(is_active=False)
    addresses = {
        "known": f"u{known}@bench.example.org",
        "inactive": f"u{inactive}@bench.example.org",
    }
    addresses["unknown"] = "nobody@bench.example.org"
    times = race({kind: _sign_in(email) for kind, email in addresses.items()}, rounds=SIGN_INS)
    medians = {kind: taken.median for kind, taken in times.items()}
    shown = ", ".join(f"{kind} {taken:.1f}" for kind, taken in medians.items())
    verdict.shown("S18", "sign-in with a wrong password, ms", shown)
    difference = max(medians.values()) - min(medians.values())
    verdict.at_most("S18", "difference of the medians, ms", round(difference, 2), 15)


def chained(population: Population, verdict: Verdict) -> None:
    """S40 and S41: how fast the log is chained and checked, and that eight writers make no fork."""
    _fill_log(population.size)
    began = monotonic()
    linked = chain(clock.now(), everything=True)
    verdict.shown("S41", "rows chained a second", f"{linked / (monotonic() - began):.0f}")
    began = monotonic()
    found = verify({})
    seconds = (monotonic() - began) * MILLION / found.rows
    verdict.holds("S40", f"{found.rows} rows are as they were written", met=found.bad is None)
    verdict.at_most("S40", "audit verify, seconds a million rows", round(seconds, 1), 60)
    _eight_writers(verdict)


def _eight_writers(verdict: Verdict) -> None:
    before = AuditLink.objects.count()
    with ThreadPoolExecutor(WRITERS + 2) as pool:
        writers = [pool.submit(_write, number) for number in range(WRITERS)]
        chainers = [pool.submit(_chain_while, writers) for _two in range(2)]
        for job in writers + chainers:
            job.result()
    chain(clock.now())
    linked = AuditLink.objects.count() - before
    whole = verify({}).bad is None and linked == WRITERS * EACH
    verdict.holds("S41", f"{WRITERS} writers and two chainers: every row once, no fork", met=whole)


def _write(number: int) -> None:
    for _row in range(EACH):
        log.record(None, "bench", now=clock.now(), case_uuid=UUID(int=number))
    connections.close_all()


def _chain_while(writers: list[Future[None]]) -> None:
    while not all(job.done() for job in writers):
        chain(clock.now())
    connections.close_all()


def _fill_log(rows: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(id), 0) FROM audit_auditevent")
        ((last,),) = cursor.fetchall()
    moment = clock.now()
    numbers = range(last + 1, last + 1 + rows - AuditLink.objects.count())
    events = (
        (n, uuid_of(AuditEvent, n), moment, 1, "case.read", uuid_of(User, n % 1000))
        for n in numbers
    )
    copy(AuditEvent, "id uuid at actor_id verb case_uuid", events)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT setval(pg_get_serial_sequence('audit_auditevent', 'id'), max(id)) FROM audit_auditevent"
        )
        cursor.execute("ANALYZE audit_auditevent")


def _sign_in(email: str) -> Variant:
    client, path = Client(), reverse("account_login")

    def attempt() -> None:
        # Without the limit on tries, which would be what is measured.
        Tries.objects.all().delete()
        client.post(path, {"login": email, "password": f"wrong {perf_counter_ns()}"})

    return attempt
