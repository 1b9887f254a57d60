"""Cards that other apps add to the page of a case, and to the step that leads to them. This app knows only where they stand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from cases.access import Who
from cases.models import Case


@dataclass(frozen=True)
class Card:
    """A template and what it tells; the template gets it as `card`."""

    template: str
    facts: Any


Maker = Callable[[Who, Case], Card | None]
_makers: list[Maker] = []


def register(maker: Maker) -> None:
    """Ask for this card too, from now on; called once at start-up. A maker answers None when it has nothing to tell."""
    _makers.append(maker)


def cards_of(who: Who, case: Case) -> list[Card]:
    """Every card for a reader who sees the content of this case."""
    return [card for maker in _makers if (card := maker(who, case)) is not None]
