"""Young children are recognised by the name of their class, and only where it tells."""

from __future__ import annotations

import pytest

from schools.grades import begins_at, needs_simple_words


@pytest.mark.parametrize(
    ("name", "age"),
    [
        ("groep 3", 6),
        ("Groep 6b", 9),
        ("groep 7", 10),
        ("1ste leerjaar", 6),
        ("4de leerjaar A", 9),
        ("L5", 10),
        ("2de kleuterklas", 4),
        ("2B", None),
        ("7A", None),
        ("vmbo 2b", None),
        ("6 LAT", None),
    ],
)
def test_a_name_tells_the_age_or_nothing(name: str, age: int | None) -> None:
    assert begins_at(name) == age


def test_simple_words_are_for_children_up_to_about_ten() -> None:
    found = [name for name in ("groep 3", "groep 6", "groep 7", "2B") if needs_simple_words(name)]
    assert found == ["groep 3", "groep 6"]
