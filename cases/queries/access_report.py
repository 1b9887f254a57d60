"""What a family may know about who looked at the case of their child: days, roles and initials, and how.

No name, no other pupil, no reporter, no text; a preview and the paper are made of the same lines.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from cases.models import Case
from cases.queries.lookers import Looker, days_of, lookers


def access_report(case: Case, now: datetime) -> dict[str, Any]:
    """Everything that stands on the report, in the reader's language; the oldest day first."""
    found = list(reversed(lookers(case, list(days_of(case)))))
    return {
        "title": _("Who looked at this case"),
        "language": get_language() or "nl",
        "school": case.school.name,
        "intro": [
            _(
                "School keeps a case to stop the bullying. Every look at it is on record. This report says on which "
                "day somebody looked, in which role, and how. You see initials instead of names."
            )
        ],
        "facts": [
            {"name": _("School"), "value": case.school.name},
            {"name": _("Case"), "value": case.reference},
            {"name": _("Opened on"), "value": _day(case.opened_at.astimezone(case.school.zone))},
            {"name": _("Report of"), "value": _day(now.astimezone(case.school.zone))},
        ],
        "heading": _("Day by day"),
        "columns": [_("Day"), _("Initials"), _("Role"), _("What they saw")],
        "lines": [_line(looker) for looker in found],
        "nobody": _("Nobody has looked yet."),
        "close": [
            _(
                "In a list somebody sees the name of the pupil and the state of the case, not what was told. Questions? "
                "Ask the coordinator or the data protection officer of the school."
            )
        ],
        "foot": f"{case.school.name} · {case.reference}",
        "page_word": _("Page"),
    }


def _line(looker: Looker) -> list[str]:
    return [
        _day(looker.day),
        looker.person.initials if looker.person else "?",
        ", ".join(looker.roles) or "?",
        _how(looker),
    ]


def _how(looker: Looker) -> str:
    counted = (
        (looker.opened, ngettext("opened once", "opened %(count)s times", looker.opened)),
        (
            looker.header,
            ngettext(
                "saw once that there is a case",
                "saw %(count)s times that there is a case",
                looker.header,
            ),
        ),
        (looker.listed, ngettext("once in a list", "%(count)s times in a list", looker.listed)),
    )
    words = [text % {"count": count} for count, text in counted if count]
    # That it was an emergency, not which: a reason may tell of another pupil.
    return ", ".join([*words, *([_("emergency access")] if looker.reasons else [])])


def _day(day: date) -> str:
    return date_format(day, "j F Y")
