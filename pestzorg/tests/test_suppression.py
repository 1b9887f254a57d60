"""Published counts: what is small is hidden, and nobody finds it out, not even who knows how it is hidden."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pestzorg.suppression import LEAST, Line, publish, whole_fives

COUNTS = st.lists(st.integers(0, 9), min_size=1, max_size=4)


@pytest.mark.parametrize(
    ("cells", "shown"),
    [
        ((0, 0), (0, (0, 0))),
        ((5, 0), (5, (5, 0))),
        ((12, 7, 5), (24, (12, 7, 5))),
        # One small one alone could be taken from the total: the smallest of the others hides with it.
        ((2, 20, 7), (29, (None, 20, None))),
        # All that are as large, else the order would tell which one was small.
        ((5, 5, 4), (14, (None, None, None))),
        ((2, 0, 20, 7), (29, (None, 0, 20, None))),
        # Five times one: without the zero it would be plain.
        ((1, 1, 1, 1, 1, 0), (5, (None,) * 6)),
        ((4, 4), (8, (None, None))),
        ((3, 0), (None, (None, None))),
        ((1,), (None, (None,))),
        ((), (0, ())),
    ],
)
def test_what_is_shown_of_a_line(
    cells: tuple[int, ...], shown: tuple[int | None, tuple[int | None, ...]]
) -> None:
    assert publish(cells) == Line(*shown)


@given(COUNTS)
def test_no_count_from_one_to_four_is_shown_and_what_is_shown_is_true(cells: list[int]) -> None:
    line = publish(cells)
    shown = [*line.cells, line.total]
    assert not [count for count in shown if count is not None and 0 < count < LEAST]
    assert all(told in (None, count) for told, count in zip(line.cells, cells, strict=True))
    assert line.total in (None, sum(cells))


@given(COUNTS)
def test_what_is_hidden_does_not_add_up_to_a_small_one(cells: list[int]) -> None:
    line = publish(cells)
    rest = sum(c for c, told in zip(cells, line.cells, strict=True) if told is None)
    assert rest == 0 or rest >= LEAST or line.total is None


@given(COUNTS)
def test_who_knows_the_rule_cannot_work_out_a_small_one(cells: list[int]) -> None:
    line = publish(cells)
    if line.total is None:
        return
    choices = [range(line.total + 1) if c is None else (c,) for c in line.cells]
    possible = [
        guess for guess in product(*choices) if sum(guess) == line.total and publish(guess) == line
    ]
    assert tuple(cells) in possible
    for at, count in enumerate(cells):
        if 0 < count < LEAST:
            assert len({guess[at] for guess in possible}) > 1


@given(st.integers(0, 40), st.integers(0, 40))
def test_two_looks_differ_by_whole_groups(first: int, later: int) -> None:
    told = [len(whole_fives(range(count))) for count in (first, first + later)]
    assert not 0 < told[1] - told[0] < LEAST
    assert told[1] <= first + later


def test_the_newest_wait_until_they_are_five() -> None:
    assert list(whole_fives("abcdefg")) == ["a", "b", "c", "d", "e"]
    assert list(whole_fives("abcd")) == []
