"""What an operator does with the audit log; prints JSON, with ids and counts only."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from datetime import datetime
from typing import Any
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from pestzorg import clock
from pestzorg.audit import anchors
from pestzorg.audit.chain import chain
from pestzorg.audit.roles import Login, NotTheOwner, set_up
from pestzorg.audit.verify import verify


class Command(BaseCommand):
    """`audit verify`, `audit chain`, `audit anchor`, `audit roles`."""

    help = "Checks, chains, anchors and protects the audit log."

    def add_arguments(self, parser: CommandParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        check = verbs.add_parser("verify", help="check every row; exit 1 and the first bad row")
        check.add_argument(
            "--anchor",
            action="append",
            default=[],
            metavar="'POSITION HASH'",
            help="one more anchor, for example from a mail; may be repeated",
        )
        link = verbs.add_parser("chain", help="link the events that wait")
        link.add_argument("--all", action="store_true", help="look at the whole table")
        verbs.add_parser("roles", help="make the program's role of APP_DATABASE_URL (PostgreSQL)")
        verbs.add_parser("anchor", help="note the head of the chain outside the database")

    def handle(self, *, verb: str, **options: Any) -> None:
        answer = {"verify": _verify, "chain": _chain, "anchor": _anchor, "roles": _roles}[verb](
            options
        )
        self.stdout.write(json.dumps(answer))
        if answer.get("bad"):
            sys.exit(1)


def _verify(options: dict[str, Any]) -> dict[str, Any]:
    try:
        told = anchors.read(options["anchor"])
    except ValueError:
        raise CommandError("An anchor is a position and a hash, with a space between.") from None
    return asdict(verify({**anchors.kept(), **told}))


def _chain(options: dict[str, Any]) -> dict[str, Any]:
    return {"linked": chain(_now(), everything=options["all"])}


def _anchor(_options: dict[str, Any]) -> dict[str, Any]:
    chain(now := _now())
    return {"anchor": anchors.anchor(now)}


def _roles(_options: dict[str, Any]) -> dict[str, Any]:
    parts = urlsplit(settings.APP_DATABASE_URL)
    if not parts.username or not parts.password:
        raise CommandError("APP_DATABASE_URL names the program's role and its password.")
    login = Login(unquote(parts.username), unquote(parts.password))
    try:
        tables = set_up(login)
    except NotTheOwner:
        raise CommandError(
            "DATABASE_URL must be another role than APP_DATABASE_URL, on PostgreSQL: the owner of the tables."
        ) from None
    return {"role": login.name, "may_only_add_to": tables}


def _now() -> datetime:
    return clock.now()
