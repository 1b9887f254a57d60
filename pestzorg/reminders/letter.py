"""How a reminder mail reads. It gets school, case code, date and path, and has nothing else it could tell."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.dateformat import format as format_date
from django.utils.translation import override

from pestzorg.outbox.builders import Content
from pestzorg.reminders.models import Kind
from pestzorg.reminders.reasons import reason_of
from pestzorg.reminders.sources import Wanted
from pestzorg.reminders.texts import text_of

SHORT, LONG = "l j F", "l j F Y"


@dataclass(frozen=True)
class Item:
    """One thing to remember, as its source allows it to be told."""

    kind: str
    due_on: date
    wanted: Wanted


def compose(items: list[Item], language: str, today: date) -> Content:
    """Subject, text and HTML for these items in this language; the same items always read the same."""
    with override(language):
        context = _context(_in_order(_one_per_thing(items), today), language, today)
        subject = render_to_string("mail/reminders.subject.txt", context)
        return Content(
            subject=" ".join(subject.split()),
            text=render_to_string("mail/reminders.txt", context).strip() + "\n",
            html=render_to_string("mail/reminders.html", context),
        )


def _one_per_thing(items: list[Item]) -> list[Item]:
    """After a delay "due" and "overdue" can meet in one mail; only the more pressing one is said."""
    pressing = list(Kind.values)
    latest: dict[tuple[str, str, date], Item] = {}
    for item in sorted(items, key=lambda item: pressing.index(item.kind)):
        latest[(item.wanted.school, item.wanted.path, item.due_on)] = item
    return list(latest.values())


def _in_order(items: list[Item], today: date) -> list[Item]:
    """By school; today's first, then what is over, the oldest first, then what is to come."""
    return sorted(
        items,
        key=lambda item: (item.wanted.school, item.due_on != today, item.due_on, item.wanted.path),
    )


def _context(items: list[Item], language: str, today: date) -> dict[str, Any]:
    first = items[0]
    return {
        "language": language,
        "today": format_date(today, SHORT),
        "only_subject": _say(text_of(first.kind).subject, first.due_on, SHORT)
        if len(items) == 1
        else "",
        "lines": [
            {
                "school": item.wanted.school,
                "sentence": _say(text_of(item.kind).line, item.due_on, LONG),
                "reference": item.wanted.reference,
                "link": settings.BASE_URL + item.wanted.path,
                "why": str(reason_of(item.kind)),
            }
            for item in items
        ],
    }


def _say(sentence: object, day: date, how: str) -> str:
    return str(sentence) % {"date": format_date(day, how)}
