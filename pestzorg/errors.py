"""The domain's only complaint: a rule is broken. Pages and API turn it into a sentence at the field."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise


@dataclass(frozen=True)
class Problem:
    """One sentence for a person; `field` is the form field it belongs to, None for the whole form."""

    field: str | None
    message: str | Promise
    code: str = "invalid"


class RuleBroken(Exception):
    """Raised by services before anything is written; carries every problem found, not just the first."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__(", ".join(f"{p.field or 'all'}:{p.code}" for p in problems))
        self.problems = problems


def broken(field: str | None, message: str | Promise, code: str = "invalid") -> RuleBroken:
    """A RuleBroken with a single problem."""
    return RuleBroken(Problem(field, message, code))


def refuse_if(problems: list[Problem]) -> None:
    """Raise when there is at least one problem."""
    if problems:
        raise RuleBroken(*problems)
