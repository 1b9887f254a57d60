"""One run: fill the database when it is empty, measure everything, print the table."""

from __future__ import annotations

import platform
import sys
from importlib.metadata import version
from time import monotonic

import django
from django.core.management import call_command
from django.db import connection

from cases.models import Case
from pestzorg import clock
from pestzorg.bench import growth, lists, load, mailing, security, sweep, web, writes
from pestzorg.bench.people import people
from pestzorg.bench.population import SIZES, Population
from pestzorg.bench.verdict import Verdict


def run(size: str) -> int:
    """0 when everything that was asked is met. What was found before something broke is shown all the same."""
    population = Population(SIZES[size])
    fill(population)
    verdict = Verdict(asks=size != "10k")
    try:
        _measure(population, verdict, at_1m=size == "1m")
    finally:
        _say(f"{_machine()}\n\n{verdict.table()}\n")
    for line in verdict.missed:
        _say(f"Missed: {line.scenario}, {line.what}: {line.found}, wanted {line.target}.")
    return 1 if verdict.missed else 0


def _measure(population: Population, verdict: Verdict, *, at_1m: bool) -> None:
    persons = people(population)
    lists.compare(persons, verdict)
    lists.pages(persons, verdict, at_1m=at_1m)
    lists.counts(persons, verdict, at_1m=at_1m)
    lists.checks(persons, verdict)
    lists.deep_page(persons, verdict)
    if verdict.asks:
        growth.growth(persons, verdict)
    web.page_cost(persons, verdict, at_1m=at_1m)
    web.existence_by_time(persons, population, verdict)
    writes.writes(population, verdict)
    security.enumeration(population, verdict)
    security.chained(population, verdict)
    sweep.sweep(verdict)
    mailing.mailing(verdict)


def fill(population: Population) -> None:
    """The tables of the migrations, with everybody and everything in them, unless a run with --keep left them."""
    began = monotonic()
    call_command("migrate", verbosity=0)
    if Case.objects.exists():
        return
    load.load(population)
    _say(f"Loaded {population.size} cases in {monotonic() - began:.0f} s.")


def _machine() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        ((server,),) = cursor.fetchall()
    versions = f"Python {platform.python_version()}, Django {django.__version__}"
    return f"{clock.now().date()}, PostgreSQL {server}, {versions}, guardian {version('django-guardian')}"


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()
