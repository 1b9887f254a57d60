"""Measuring: all variants in turn, many rounds, in one process, so that a busy machine is busy for all of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from statistics import median, quantiles
from time import perf_counter_ns

ROUNDS = 41  # of which the first is thrown away
Variant = Callable[[], object]
Clock = Callable[[], int]


@dataclass(frozen=True)
class Times:
    """What one variant took in each round, in milliseconds."""

    values: tuple[float, ...]

    @property
    def median(self) -> float:
        """The usual round."""
        return median(self.values)

    @property
    def p10(self) -> float:
        """The quiet rounds: the more reliable figure on a machine that has others to serve."""
        return quantiles(self.values, n=10, method="inclusive")[0]

    def __str__(self) -> str:
        return f"{self.median:.2f} / {self.p10:.2f}"

    def over(self, other: Times) -> Ratio:
        """How many times as long as `other`, which ran in the same rounds."""
        return Ratio(self.median / other.median, self.p10 / other.p10)


@dataclass(frozen=True)
class Ratio:
    """The ratio of the medians and that of the quiet rounds."""

    median: float
    p10: float

    @property
    def low(self) -> float:
        """The smaller of the two: an upper bound is missed only when both exceed it."""
        return min(self.median, self.p10)

    @property
    def high(self) -> float:
        """The larger of the two, for lower bounds."""
        return max(self.median, self.p10)

    def __str__(self) -> str:
        return f"{self.median:.2f} / {self.p10:.2f}"


def race(
    variants: dict[str, Variant], *, rounds: int = ROUNDS, clock: Clock = perf_counter_ns
) -> dict[str, Times]:
    """Each variant once a round, in turn; the first round warms up and does not count."""
    taken: dict[str, list[float]] = {name: [] for name in variants}
    for _round in range(rounds):
        for name, variant in variants.items():
            began = clock()
            variant()
            taken[name].append((clock() - began) / 1e6)
    return {name: Times(tuple(values[1:])) for name, values in taken.items()}
