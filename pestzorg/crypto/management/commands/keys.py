"""What an operator does with the keyset; prints JSON, with ids and counts only, never a key."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from pestzorg import clock
from pestzorg.crypto import ceremony


class Command(BaseCommand):
    """`keys status`, and in this order: `keys add`, `keys promote`, `keys rotate`, `keys prune`."""

    help = "Shows the keys of the encrypted columns, or replaces the key in four steps."

    def add_arguments(self, parser: CommandParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        verbs.add_parser("status", help="the keys, and how much each of them has sealed")
        verbs.add_parser("add", help="add a new key, which opens but does not seal yet")
        verbs.add_parser("promote", help="let the added key seal new text")
        rotate = verbs.add_parser("rotate", help="seal older text anew; may be broken off")
        rotate.add_argument("--batch", type=int, default=500, help="rows between two lines")
        verbs.add_parser("prune", help="take away keys that nothing needs any more")

    def handle(self, *, verb: str, **options: Any) -> None:
        try:
            answer = self._rotate(options["batch"]) if verb == "rotate" else _do(verb)
        except ceremony.TooEarly as refused:
            raise CommandError(str(refused)) from None
        self.stdout.write(json.dumps(answer))

    def _rotate(self, batch: int) -> dict[str, int]:
        done, unreadable = ceremony.rotate_rows(clock.now, batch, self._progress)
        if unreadable:
            raise CommandError(f"{done} columns sealed anew; {unreadable} do not open at all.")
        return {"sealed_anew": done}

    def _progress(self, table: str, done: int, failed: int) -> None:
        self.stdout.write(f"{table}: {done} columns sealed anew, {failed} do not open")
        self.stdout.flush()


def _do(verb: str) -> dict[str, Any]:
    now = clock.now()
    if verb == "status":
        return ceremony.state(now)
    if verb == "add":
        return {"added": ceremony.add_key(now)}
    if verb == "promote":
        return {"promoted": ceremony.promote_key(now)}
    return {"pruned": ceremony.prune_keys(now)}
