"""A database of its own beside the one that DATABASE_URL names, made for the run and removed after it."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

import psycopg
from psycopg import sql


@dataclass(frozen=True)
class Found:
    """Where to measure, and whether an earlier run with --keep filled it already."""

    url: str
    is_filled: bool


@contextmanager
def own_database(size: str, *, keep: bool) -> Iterator[Found]:
    """The database `<given>_bench_<size>`. Nothing is read from or written to the given one itself."""
    given = os.environ.get("DATABASE_URL", "")
    if not given.startswith("postgres"):
        sys.exit(
            "bench measures PostgreSQL: set DATABASE_URL to one whose role may create databases."
        )
    parts = urlsplit(given)
    name = f"{parts.path.strip('/')}_bench_{size}"
    with psycopg.connect(given, autocommit=True) as server:
        is_filled = keep and _exists(server, name)
        if not is_filled:
            _make(server, name)
    yield Found(parts._replace(path=f"/{name}").geturl(), is_filled)
    if not keep:
        with psycopg.connect(given, autocommit=True) as server:
            _drop(server, name)


def _exists(server: psycopg.Connection, name: str) -> bool:
    found = server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
    return found.fetchone() is not None


def _make(server: psycopg.Connection, name: str) -> None:
    _drop(server, name)
    server.execute(
        sql.SQL("CREATE DATABASE {} ENCODING 'UTF8' TEMPLATE template0").format(
            sql.Identifier(name)
        )
    )


def _drop(server: psycopg.Connection, name: str) -> None:
    server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
