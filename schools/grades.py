"""How old pupils of a class are, as far as its name tells: "groep 6" and "4de leerjaar" do, "2B" does not."""

from __future__ import annotations

import re

# How to read a row: what a class may be called, with its number in a group; how old its pupils are in class 0 of that
# kind at the beginning of a school year.
NAMES = (
    (re.compile(r"\bgroep\s*(\d)"), 3),  # Dutch primary school: groep 3 begins at six
    (
        re.compile(r"(\d)\s*(?:ste|de|e)?\s*(?:leerjaar|lj)\b"),
        5,
    ),  # Flemish: 1ste leerjaar begins at six
    (re.compile(r"\bl(\d)\b"), 5),  # the same, short
    (re.compile(r"(\d)\s*(?:ste|de|e)?\s*kleuter"), 2),
)
SIMPLE_UNTIL = 9
LAST_OF_PRIMARY = 11  # groep 8, 6de leerjaar


def begins_at(class_name: str) -> int | None:
    """The age at which its pupils begin the year, None when the name does not tell."""
    for pattern, offset in NAMES:
        if found := pattern.search(class_name.lower()):
            return int(found[1]) + offset
    return None


def needs_simple_words(class_name: str) -> bool:
    """Whether these are young children, of up to nine or ten years."""
    age = begins_at(class_name)
    return age is not None and age <= SIMPLE_UNTIL


def leaves_school(class_name: str) -> bool:
    """Whether its pupils go to another school after this year, as far as the name tells."""
    return begins_at(class_name) == LAST_OF_PRIMARY
