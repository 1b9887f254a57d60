"""Two runs of the same class beside each other. Nobody is paired: the answers are anonymous."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import sqrt

from django.db import models
from django.utils.translation import gettext_lazy as _

from interventions.thermometer.scoring import Figure

LEAST_CHANGE, CLEAR_CHANGE = 5, 10  # points out of 100
LEAST_EFFECT = 0.20


class Label(models.TextChoices):
    """What a difference is called in front of a teacher."""

    CLEARLY_BETTER = "clearly_better", _("Clearly better")
    SLIGHTLY_BETTER = "slightly_better", _("Slightly better")
    NO_CLEAR_CHANGE = "no_clear_change", _("No clear change")
    SLIGHTLY_WORSE = "slightly_worse", _("Slightly worse")
    CLEARLY_WORSE = "clearly_worse", _("Clearly worse")


@dataclass(frozen=True)
class Change:
    """From one figure to the next."""

    before: Figure
    after: Figure

    @property
    def difference(self) -> Fraction:
        """Points up or down, unrounded."""
        return self.after.mean - self.before.mean

    @property
    def g(self) -> float | None:
        """Hedges' g: the difference in spreads, corrected for small groups; None without any spread."""
        pooled = _pooled_sd(self.before, self.after)
        if not pooled:
            return None
        correction = 1 - 3 / (4 * (self.before.n + self.after.n) - 9)
        return correction * float(self.difference) / pooled

    @property
    def label(self) -> Label:
        """The difference in words. A small one, or one small beside the spread, is no clear change."""
        size, g = abs(self.difference), self.g
        if size < LEAST_CHANGE or (g is not None and abs(g) < LEAST_EFFECT):
            return Label.NO_CLEAR_CHANGE
        if self.difference > 0:
            return Label.CLEARLY_BETTER if size >= CLEAR_CHANGE else Label.SLIGHTLY_BETTER
        return Label.CLEARLY_WORSE if size >= CLEAR_CHANGE else Label.SLIGHTLY_WORSE


def _pooled_sd(before: Figure, after: Figure) -> float | None:
    if before.sd is None or after.sd is None:
        return None
    squares = (before.n - 1) * before.sd**2 + (after.n - 1) * after.sd**2
    return sqrt(squares / (before.n + after.n - 2))
