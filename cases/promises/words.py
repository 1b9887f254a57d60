"""The words of one language, read once from its TOML file; a file with another shape stops the program."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

LANGUAGES = ("nl", "en")
LOOKED_UP = {"me", "titles", "never", "helping", "fillers", "verbs"}


@dataclass(frozen=True)
class Words:
    """How people promise something in one language; nl.toml explains each list."""

    me: frozenset[str]
    titles: frozenset[str]
    never: frozenset[str]
    helping: frozenset[str]
    fillers: frozenset[str]
    by: tuple[str, ...]
    before: tuple[str, ...]
    next_week: tuple[str, ...]
    this_week: tuple[str, ...]
    within: tuple[str, ...]
    next: tuple[str, ...]
    weekdays: tuple[str, ...]
    verbs: frozenset[str]
    roles: Mapping[str, str]
    days: Mapping[str, int]
    months: Mapping[str, int]
    numbers: Mapping[str, int]
    spans: Mapping[str, str]


@lru_cache
def words(language: str) -> Words:
    """The lists of a language. Refuses (TypeError) a file that lacks a list or has one too many."""
    found = tomllib.loads(Path(__file__).with_name(f"{language}.toml").read_text(encoding="utf-8"))
    return Words(**{name: _shaped(name, value) for name, value in found.items()})


def _shaped(name: str, value: Any) -> Any:
    if not isinstance(value, list):
        return value
    # Weekdays are counted and the ways to say a day become a pattern; the rest is only looked up.
    return frozenset(value) if name in LOOKED_UP else tuple(value)
