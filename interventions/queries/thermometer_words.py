"""The sentences above the figures: what a teacher should know before looking at any number."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from interventions.queries.thermometer_results import Results, Row
from interventions.thermometer.compare import Label
from interventions.thermometer.questionnaire import questionnaire

NOTICE = gettext_lazy(
    "The class thermometer is a tool to talk with. It is not the official monitor of safety at school, "
    "and does not replace it."
)
WORSE = {Label.SLIGHTLY_WORSE, Label.CLEARLY_WORSE}
BETTER = {Label.SLIGHTLY_BETTER, Label.CLEARLY_BETTER}


def conclusion(results: Results) -> str:
    """One to three sentences that say it all."""
    if results.shown is None:
        return _("Too few pupils answered to show anything: somebody could be recognised.")
    if results.before:
        return " ".join(_changed(results))
    return " ".join(_as_it_is(results))


def _changed(results: Results) -> Iterable[str]:
    total = results.total
    label = total.change.label if total and total.change else Label.NO_CLEAR_CHANGE
    yield {
        Label.CLEARLY_BETTER: _("It has become clearly warmer in the class."),
        Label.SLIGHTLY_BETTER: _("It has become a little warmer in the class."),
        Label.NO_CLEAR_CHANGE: _("In the class as a whole nothing changed clearly."),
        Label.SLIGHTLY_WORSE: _("It has become a little cooler in the class."),
        Label.CLEARLY_WORSE: _("It has become clearly cooler in the class."),
    }[label]
    up = [row for row in results.subjects if row.change and row.change.label in BETTER]
    down = [row for row in results.subjects if row.change and row.change.label in WORSE]
    if up:
        best = sorted(up, key=lambda row: -row.change.difference if row.change else 0)
        yield _("The most was gained in %(subjects)s.") % {"subjects": _names(best[:2])}
    if down:
        yield _("Less good than before: %(subjects)s.") % {"subjects": _names(down)}


def _as_it_is(results: Results) -> Iterable[str]:
    if results.total:
        said = {"band": results.total.band.name, "score": results.total.at}
        yield _("The class feels %(band)s as a whole: %(score)s out of 100.") % said
    by_warmth = sorted(results.subjects, key=lambda row: row.figure.mean)
    if len(by_warmth) > 1:
        told = {"strength": _strength(by_warmth[-1]), "cool": by_warmth[0].name}
        yield _("Goes well: %(strength)s. The most can be gained in %(cool)s.") % told


def _strength(row: Row) -> str:
    # "Warmest is bullying" would say the opposite of what is meant.
    subject = next(d for d in questionnaire().dimensions if d.key == row.key)
    return str(subject.strength or subject.name)


def _names(rows: list[Row]) -> str:
    return get_text_list([str(row.name) for row in rows], _("and"))
