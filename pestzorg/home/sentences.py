"""Sentences of the start pages: numbers as words, one calm line that says how things stand."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext_lazy

NOON, EVENING = 12, 18

_WORDS = (
    pgettext_lazy("number", "no"),
    pgettext_lazy("number", "one"),
    pgettext_lazy("number", "two"),
    pgettext_lazy("number", "three"),
    pgettext_lazy("number", "four"),
    pgettext_lazy("number", "five"),
    pgettext_lazy("number", "six"),
    pgettext_lazy("number", "seven"),
    pgettext_lazy("number", "eight"),
    pgettext_lazy("number", "nine"),
    pgettext_lazy("number", "ten"),
)


def number_word(number: int) -> str:
    """ "two" for 2; above ten the figure itself, as a newspaper does."""
    return str(_WORDS[number]) if number < len(_WORDS) else str(number)


def greeting(name: str, now: datetime) -> str:
    """By the time of day on the reader's wall."""
    hour = timezone.localtime(now).hour
    if hour < NOON:
        return _("Good morning, %(name)s") % {"name": name}
    if hour < EVENING:
        return _("Good afternoon, %(name)s") % {"name": name}
    return _("Good evening, %(name)s") % {"name": name}


def todo_sentence(conversations: int, tasks: int) -> str:
    """ "One conversation is open and there are two things to do."; empty when there is nothing."""
    parts = []
    if conversations:
        text = ngettext(
            "one conversation is open", "%(count)s conversations are open", conversations
        )
        parts.append(text % {"count": number_word(conversations)})
    if tasks:
        text = ngettext("there is one thing to do", "there are %(count)s things to do", tasks)
        parts.append(text % {"count": number_word(tasks)})
    return _sentence(parts)


def school_sentence(late: int, silent: int) -> str:
    """ "Three things are late. Two cases have been quiet for a while."; calm words when neither is so."""
    parts = []
    if late:
        text = ngettext("one thing is late", "%(count)s things are late", late)
        parts.append(text % {"count": number_word(late)})
    if silent:
        text = ngettext(
            "one case has been quiet for a while",
            "%(count)s cases have been quiet for a while",
            silent,
        )
        parts.append(text % {"count": number_word(silent)})
    return _sentence(parts) or _("Nothing is late and no case has been quiet for long.")


def steps_sentence(settled: int, later: list[int]) -> str:
    """ "Five steps done. At step 4 you wanted to add something."; empty before the first step."""
    sentences = []
    if settled:
        text = ngettext("One step done.", "%(count)s steps done.", settled)
        sentences.append(capfirst(text % {"count": number_word(settled)}))
    if later:
        text = _("At step %(number)s you wanted to add something.")
        sentences.append(text % {"number": later[0]})
    return " ".join(sentences)


def _sentence(parts: list[str]) -> str:
    if not parts:
        return ""
    text = (
        _("%(first)s and %(second)s") % {"first": parts[0], "second": parts[1]}
        if parts[1:]
        else parts[0]
    )
    return f"{capfirst(text)}."
