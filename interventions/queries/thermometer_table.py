"""What a closed run shows, as the rows of a table: the figures of the page in the words of the page."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from interventions.models import Run
from interventions.queries.thermometer_results import Results, Row, decimal
from interventions.queries.thermometer_words import NOTICE, conclusion
from interventions.thermometer.publish import Published

Line = list[str]


def rows_of(results: Results) -> list[Line]:
    """Everything that may be seen, with a line of headings; empty when too few answered."""
    if results.shown is None:
        return []
    return [
        *_about(results),
        [],
        _headings(results),
        *(_subject(row) for row in results.rows),
        *_class(results),
        *_answers(results),
        [],
        [str(NOTICE)],
    ]


def _about(results: Results) -> Iterator[Line]:
    run = results.run
    yield [_("Class thermometer %(name)s") % {"name": run.school_class.name}, run.school.name]
    yield [conclusion(results)]
    yield from ([line] for line in _response(results))
    if results.why_alone:
        yield [str(results.why_alone)]
    if results.has_low_response:
        yield [
            _(
                "Low response: fewer than 70 percent of the class answered. The result may not be that of the whole class."
            )
        ]


def _response(results: Results) -> Iterator[str]:
    if results.shown:
        yield _("%(n)s of %(size)s pupils answered.") % _counts(results.shown)
    if results.before:
        yield _("The time before %(n)s of %(size)s.") % _counts(results.before)


def _counts(run: Published) -> dict[str, int]:
    return {"n": run.respondents, "size": run.class_size}


def _headings(results: Results) -> Line:
    earlier = _day(results.earlier) if results.before and results.earlier else ""
    return [
        _("Subject"),
        earlier,
        _day(results.run),
        _("Difference"),
        _("In words"),
        _("Spread before"),
        _("Spread"),
        _("Pupils"),
    ]


def _subject(row: Row) -> Line:
    words = row.change.label.label if row.change else row.band.name
    # Without the plus, which a spreadsheet takes for the beginning of a formula.
    difference = row.difference.removeprefix("+")
    return [
        str(row.name),
        row.before_text,
        row.text,
        difference,
        str(words),
        row.before_sd,
        row.sd,
        str(row.figure.n),
    ]


def _class(results: Results) -> Iterator[Line]:
    """How warm the class felt, and who is bullied."""
    warmth = results.temperature
    yield [
        _("Temperature"),
        *(decimal(w) if w is not None else "" for w in (warmth.before, warmth.now)),
    ]
    for one in results.prevalence:
        yield [str(one.name), one.texts.before or "", one.texts.now or ""]


def _answers(results: Results) -> Iterator[Line]:
    for spread in results.spreads:
        for answer, count in spread.answers:
            yield [f"{spread.item.text} {answer}", "", count]


def _day(run: Run) -> str:
    return date_format(run.opened_on, "j F Y") if run.opened_on else ""
