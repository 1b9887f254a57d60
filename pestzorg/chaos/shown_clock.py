"""A clock that runs as fast as a scenario wants, for every process on one database.

pestzorg asks the database what time it is. So a function of the same name is put before PostgreSQL's own, and no
process has to know.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import psycopg
from psycopg import sql

FUNCTION = """
CREATE SCHEMA chaos;
CREATE TABLE chaos.clock (began timestamptz, shown timestamptz, speed float8);
INSERT INTO chaos.clock VALUES (now(), now(), 1);
CREATE FUNCTION chaos.statement_timestamp() RETURNS timestamptz LANGUAGE sql STABLE AS
  $$ SELECT shown + (clock_timestamp() - began) * speed FROM chaos.clock $$;
"""
# pg_catalog comes first unless it is named, and then where it is named.
LOOK_THERE = sql.SQL("ALTER DATABASE {} SET search_path = public, chaos, pg_catalog")
SHOW = "UPDATE chaos.clock SET began = clock_timestamp(), shown = %s, speed = coalesce(%s, speed)"
ASK = "SELECT statement_timestamp()"


def install(url: str) -> None:
    """Put the clock into this database; nobody looks at it yet."""
    with psycopg.connect(url, autocommit=True) as server:
        server.execute(FUNCTION)


def look_there(url: str, name: str) -> None:
    """Let every later connection to the database of this name ask its clock."""
    with psycopg.connect(url, autocommit=True) as server:
        server.execute(LOOK_THERE.format(sql.Identifier(name)))


class ShownClock:
    """The clock of one scenario."""

    def __init__(self, url: str) -> None:
        self.url = url

    def show(self, moment: datetime, speed: float | None = None) -> None:
        """It is this moment now, and goes on from there."""
        with psycopg.connect(self.url, autocommit=True) as server:
            server.execute(SHOW, [moment, speed])

    def leap(self, by: timedelta) -> None:
        """Let time pass at once."""
        self.show(self.now() + by)

    def now(self) -> datetime:
        """What time it is for everybody on this database."""
        with psycopg.connect(self.url, autocommit=True) as server:
            row = server.execute(ASK).fetchone()
        if row is None:
            raise LookupError("the clock is not there")
        moment: datetime = row[0]
        return moment
