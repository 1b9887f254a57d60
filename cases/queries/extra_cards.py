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
_makers_beside_step: list[Maker] = []


def register(maker: Maker, *, beside_step: bool = False) -> None:
    """Ask for this card too, from now on; called once at start-up. A maker answers None when it has nothing to tell.

    With `beside_step` it stands beside the questions of the step, and nowhere else.
    """
    (_makers_beside_step if beside_step else _makers).append(maker)


def cards_of(who: Who, case: Case) -> list[Card]:
    """Every card for a reader who sees the content of this case."""
    return _made(_makers, who, case)


def cards_beside_step(who: Who, case: Case) -> list[Card]:
    """The cards that help to answer the step, for the same reader."""
    return _made(_makers_beside_step, who, case)


def _made(makers: list[Maker], who: Who, case: Case) -> list[Card]:
    return [card for maker in makers if (card := maker(who, case)) is not None]
