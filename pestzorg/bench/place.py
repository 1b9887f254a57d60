"""A database of its own beside the one that DATABASE_URL names, made for the run and removed after it."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import psycopg
from psycopg import sql


@contextmanager
def own_database(size: str, *, keep: bool) -> Iterator[str]:
    """The address of `<given>_bench_<size>`. Nothing is read from or written to the given one itself."""
    given = os.environ.get("DATABASE_URL", "")
    if not given.startswith("postgres"):
        sys.exit(
            "bench measures PostgreSQL: set DATABASE_URL to one whose role may create databases."
        )
    parts = urlsplit(given)
    name = f"{parts.path.strip('/')}_bench_{size}"
    with psycopg.connect(given, autocommit=True) as server:
        if not (keep and _exists(server, name)):
            _make(server, name)
    yield parts._replace(path=f"/{name}").geturl()
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
