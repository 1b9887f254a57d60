"""What templates may call: icons, numbers of steps, days and moments in the reader's language.

The only file that marks text as safe HTML; what it marks comes from the icon library, never from a person.
"""

from __future__ import annotations

import json
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from django import template
from django.core.serializers.json import DjangoJSONEncoder
from django.utils import formats, timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, pgettext
from lucide.templatetags.lucide import lucide

from pestzorg.posting.drafts import KEY
from pestzorg.posting.once import new_key

register = template.Library()

# state of a step: (class, icon instead of the number)
STEP_LOOKS = {
    "not_started": ("is-todo", ""),
    "in_progress": ("is-later", "pencil"),
    "done": ("is-done", "check"),
    "skipped": ("is-skip", "minus"),
    "reopened": ("is-later", "rotate-ccw"),
    "current": ("is-now", ""),
}


@register.simple_tag
@lru_cache(maxsize=512)
def icon(name: str, size: int = 20, css: str = "ico") -> SafeString:
    """A drawing beside a word, hidden from screen readers; refuses a name that Lucide does not have."""
    svg = lucide(name, size=size, **{"class": css, "aria-hidden": "true", "focusable": "false"})
    return mark_safe(svg)  # nosec B308 B703  # noqa: S308 - drawn by the icon library


@register.simple_tag(takes_context=True)
def once(context: Any) -> SafeString:
    """The hidden field that makes sending this form twice one sending; a page that comes back keeps its word."""
    request = context["request"]
    key = context.get("once_key") or request.POST.get(KEY) or new_key()
    return format_html('<input type="hidden" name="{}" value="{}" autocomplete="off">', KEY, key)


@register.simple_tag
def step_number(number: int, state: str) -> SafeString:
    """The round number of a step, or the sign of its state; the word stands beside it."""
    css, sign = STEP_LOOKS[state]
    inner = icon(sign, 18) if sign else number
    return format_html('<span class="pz-num {}" aria-hidden="true">{}</span>', css, inner)


@register.simple_tag
def language_of(words: Any) -> SafeString | str:
    """The language of a sentence that knows its own, as attributes; nothing for the language of the page."""
    language = getattr(words, "lang", "")
    return format_html(' lang="{}" dir="auto"', language) if language else ""


@register.filter
def as_json(value: object) -> str:
    """For a data attribute: the template escapes it like any other text."""
    return json.dumps(value, cls=DjangoJSONEncoder)


@register.filter
def step_look(state: str) -> str:
    """The class that colours a step of the ten-step bar."""
    return STEP_LOOKS[state][0]


@register.filter
def day(value: date | None, now: datetime | None = None) -> str:
    """As in "Friday 7 November"; the year is left out only when it is the year of `now`."""
    if value is None:
        return ""
    local = _local(value)
    same_year = now is not None and local.year == _local(now).year
    return _written(local.year, local.month, local.day, same_year, get_language())


# Lists show the same days over and over, and to format one takes as long as the rest of its row.
@lru_cache(maxsize=4096)
def _written(year: int, month: int, day: int, same_year: bool, language: str | None) -> str:  # noqa: FBT001 - a key
    # Translators: Django's date format letters for a day within this year
    short = pgettext("day and month", "l j F")
    # Translators: Django's date format letters for a day with its year
    full = pgettext("day, month and year", "l j F Y")
    return formats.date_format(date(year, month, day), short if same_year else full)


@register.filter
def day_short(value: date | None) -> str:
    """As in "7 Nov", for rows where the year is clear."""
    # Translators: Django's date format letters for a short day
    return formats.date_format(_local(value), pgettext("short day", "j M")) if value else ""


@register.filter
def moment(value: datetime | None, now: datetime | None = None) -> str:
    """As in "Friday 7 November, 8:30", in the current time zone."""
    if value is None:
        return ""
    return f"{day(value, now)}, {clock_time(value)}"


@register.filter
def clock_time(value: datetime | None) -> str:
    """As in "8:30", in the current time zone."""
    # Translators: Django's date format letters for a time of day
    return formats.date_format(_local(value), pgettext("time of day", "G:i")) if value else ""


@register.filter
def initials(name: str) -> str:
    """First letters of the first and the last word: "Sanne de Vries" becomes "SV"."""
    words = name.split()
    return "".join(word[0] for word in words[:1] + words[1:][-1:]).upper()


def _local(value: date) -> date:
    if isinstance(value, datetime) and timezone.is_aware(value):
        return timezone.localtime(value)
    return value
