"""Compares a wish with a plan by topic: the class, the parents, those who bully, the police."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

_WORD = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True)
class Plan:
    """What somebody is about to do, as far as a wish may be about it."""

    text: str = ""
    owner: str = ""
    talk_with: str = ""
    purposes: tuple[str, ...] = ()
    method: str = ""


@dataclass(frozen=True)
class Topic:
    """One row of topics.toml."""

    words: tuple[str, ...]
    exceptions: frozenset[str]
    owners: frozenset[str]
    talks: frozenset[str]
    purposes: frozenset[str]
    methods: frozenset[str]

    def is_named_in(self, text: str) -> bool:
        """Whether a text has one of the words."""
        found = (word.lower() for word in _WORD.findall(text))
        return any(word.startswith(self.words) and word not in self.exceptions for word in found)

    def is_touched_by(self, plan: Plan) -> bool:
        """Whether a plan is about this, by its kind or by its words."""
        by_kind = plan.owner in self.owners or plan.talk_with in self.talks
        by_kind = by_kind or plan.method in self.methods or bool(self.purposes & {*plan.purposes})
        return by_kind or self.is_named_in(plan.text)


def goes_against(wish: str, plan: Plan) -> bool:
    """Whether a plan touches what the pupil does not want. No wish, no contradiction."""
    return any(topic.is_named_in(wish) and topic.is_touched_by(plan) for topic in _topics())


@lru_cache
def _topics() -> tuple[Topic, ...]:
    found = tomllib.loads(Path(__file__).with_name("topics.toml").read_text(encoding="utf-8"))
    return tuple(
        Topic(
            words=tuple(row.pop("words")),
            exceptions=frozenset(row.pop("except")),
            **{name: frozenset(row.pop(name, ())) for name in KINDS},
            **row,  # nothing must be left: a misspelt key stops the program
        )
        for row in found.values()
    )


KINDS = ("owners", "talks", "purposes", "methods")
