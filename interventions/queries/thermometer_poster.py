"""What stands on the poster of a class: the sentence, whole numbers with their words, and what it is not."""

from __future__ import annotations

from typing import Any

from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from interventions.queries.thermometer_results import Results, Row
from interventions.queries.thermometer_words import NOTICE, conclusion


def poster(results: Results) -> dict[str, Any]:
    """Everything on the paper, in the reader's language."""
    run = results.run
    days = [one.opened_on for one in (results.earlier, run) if one and one.opened_on]
    shown_days = days if results.before else days[-1:]
    name = _("Class thermometer %(name)s") % {"name": run.school_class.name}
    return {
        "title": name,
        "language": get_language() or "nl",
        "school": run.school.name,
        "conclusion": conclusion(results),
        "temperature": _("Temperature") + ": " + " → ".join(results.temperatures),
        "columns": [_("Subject"), *(date_format(day, "j F") for day in shown_days), _("In words")],
        "lines": [_line(row, both=results.before is not None) for row in results.rows],
        "close": [
            _("0 is ice-cold, 100 is as warm as can be."),
            str(NOTICE),
        ],
        "foot": f"{run.school.name} · {name}",
        "page_word": _("Page"),
    }


def _line(row: Row, *, both: bool) -> list[str]:
    was = [str(row.was_at) if row.change else ""] if both else []
    label = [str(row.change.label.label)] if row.change else []
    words = ", ".join([str(row.band.name), *(word.lower() for word in label)])
    return [str(row.name), *was, str(row.at), words]
