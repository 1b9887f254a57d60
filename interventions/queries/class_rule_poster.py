"""What stands on the poster of a class: its rules, since when, and when it looks again. No name of anybody."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from interventions.models import ClassRule
from schools.models import SchoolClass


def rules_poster(school_class: SchoolClass, rules: Sequence[ClassRule]) -> dict[str, Any]:
    """Everything on the paper, in the reader's language."""
    since = max(rule.adopted_on for rule in rules)
    again = min(rule.review_on for rule in rules)
    name = _("Class rules of %(name)s") % {"name": school_class.name}
    school = school_class.school.name
    return {
        "title": name,
        "language": get_language() or "nl",
        "school": school,
        "since": _("Agreed on %(day)s") % {"day": _in_full(since)},
        "rules": [rule.text for rule in rules],
        "again": _("We look at this again on %(day)s") % {"day": _in_full(again)},
        "foot": f"{school} · {name}",
        "page_word": _("Page"),
    }


def _in_full(day: Any) -> str:
    return date_format(day, "j F Y")
