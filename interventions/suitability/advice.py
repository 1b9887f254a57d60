"""From answers to an advice per method, with the reasons in words. Reads no database and knows no case."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _

from cases.protocol.definition import Text
from interventions.suitability.definition import Edition, Never, Row

MOST_AGAINST = 1


class Verdict(models.TextChoices):
    """What the check says of one method; it advises, people decide."""

    FITS = "fits", _("fits")
    POSSIBLE = "possible", _("possible")
    NOT_ADVISED = "not_advised", _("not advised")


@dataclass(frozen=True)
class Given:
    """The answers, what was ticked or is known of the case, and which of the answers the case gave."""

    answers: Mapping[str, str]
    circumstances: frozenset[str] = frozenset()
    of_case: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Reason:
    """Why, in words. `of_case`: the case told it, not whoever answered; so not everybody may read it."""

    text: Text
    name: Text | None = None
    of_case: bool = False

    def __str__(self) -> str:
        return f"{self.name}: {self.text}" if self.name else str(self.text)


@dataclass(frozen=True)
class Advice:
    """`stops` rules the method out, `careful` keeps it from fitting well, the others are weighed."""

    method: str
    verdict: Verdict
    speaks_for: tuple[Reason, ...]
    speaks_against: tuple[Reason, ...]
    stops: tuple[Reason, ...]
    careful: tuple[Reason, ...]

    @property
    def is_against(self) -> bool:
        """Whoever begins this has to say why."""
        return self.verdict == Verdict.NOT_ADVISED


def advise(edition: Edition, method: str, given: Given) -> Advice:
    """Weigh one method. One reason that rules it out is enough; it fits when most of its indicators point to it."""
    row = edition.row(method)
    speaks_for = tuple(_voices(edition, row.speaks_for, given))
    against = tuple(_voices(edition, row.speaks_against, given))
    stops = (*_ruled(row.never, given), *_circumstances(edition, row, given, stops=True))
    careful = (*_ruled(row.careful, given), *_circumstances(edition, row, given, stops=False))
    verdict = Verdict.POSSIBLE
    if stops or len(against) > len(speaks_for):
        verdict = Verdict.NOT_ADVISED
    elif not careful and _points_here(row, len(speaks_for), len(against)):
        verdict = Verdict.FITS
    return Advice(method, verdict, speaks_for, against, stops, careful)


def _points_here(row: Row, count: int, against: int) -> bool:
    return 2 * count > len(row.speaks_for) and against <= MOST_AGAINST


def _voices(
    edition: Edition, voices: Mapping[str, tuple[str, ...]], given: Given
) -> Iterator[Reason]:
    for indicator in edition.indicators:
        answer = given.answers.get(indicator.key)
        if answer is not None and answer in voices.get(indicator.key, ()):
            text = indicator.choice(answer).label
            yield Reason(text, indicator.name, indicator.key in given.of_case)


def _ruled(rules: tuple[Never, ...], given: Given) -> Iterator[Reason]:
    for rule in rules:
        if all(given.answers.get(key) in answers for key, answers in rule.when.items()):
            yield Reason(rule.because, None, not given.of_case.isdisjoint(rule.when))


def _circumstances(edition: Edition, row: Row, given: Given, *, stops: bool) -> Iterator[Reason]:
    for one in edition.circumstances:
        stopping = one.every_method or one.key in row.stopped_by
        counts = stopping if stops else one.key in row.careful_with and not stopping
        if one.key in given.circumstances and counts:
            yield Reason(one.text, None, one.is_fact)
