"""Reminders about nothing: what the real letter makes of invented things."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import override

from pestzorg.outbox.builders import Example
from pestzorg.reminders.letter import Item, compose
from pestzorg.reminders.sources import Wanted
from pestzorg.reminders.texts import TEXTS


def examples(language: str, today: date, now: datetime) -> list[Example]:
    """One letter per kind, and one with all of them."""
    with override(language):
        schools = [_("Example school"), _("Another example school")]
    items = [
        Item(kind, today + timedelta(days=number % 3), _wanted(number, schools[number % 2], now))
        for number, kind in enumerate(TEXTS)
    ]
    alone = [Example(str(item.kind), compose([item], language, today)) for item in items]
    return [*alone, Example("digest", compose(items, language, today))]


def _wanted(number: int, school: str, now: datetime) -> Wanted:
    # No case has this code: the signs 0 and 1 are never drawn.
    reference = f"PZ-0000-{number:02}"
    return Wanted((), reference, "/", now, urgent=False, school=school)
