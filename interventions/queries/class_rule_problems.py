"""Why a class rule cannot be written down like this: its words, its votes, its days."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext_lazy as _

from interventions.models.class_rule import LONGEST_RULE
from interventions.queries.class_rules import names_in
from interventions.queries.holding import unknown_day
from pestzorg.errors import Problem, RuleBroken
from pestzorg.web.templatetags.pestzorg_ui import day as in_words
from schools.calendar import CalendarEnds
from schools.models import School, SchoolClass
from schools.queries.calendars import calendar_for
from schools.queries.classes import pupils_of


def wording_problems(
    text: str,
    votes: tuple[int | None, int | None],
    school_class: SchoolClass,
    on: date,
    *,
    word_ok: bool,
) -> list[Problem]:
    """Everything that is wrong with the words and the hands that were counted."""
    return [
        *_text_problems(text.strip(), school_class, word_ok=word_ok),
        *_vote_problems(votes, pupils_of(school_class, on).count()),
    ]


def _text_problems(text: str, school_class: SchoolClass, *, word_ok: bool) -> list[Problem]:
    if not text:
        return [Problem("text", _("Write down what you agree."), "required")]
    if len(text) > LONGEST_RULE:
        too_long = _("Use at most %(limit)s characters.") % {"limit": LONGEST_RULE}
        return [Problem("text", too_long, "max_length")]
    names = [] if word_ok else names_in(text, school_class)
    if not names:
        return []
    told = _(
        "This looks like the name of a pupil: %(names)s. A class rule is for everybody, and hangs on the wall: write it without names."
    )
    return [Problem("word_ok", told % {"names": ", ".join(names)}, "name")]


def _vote_problems(votes: tuple[int | None, int | None], size: int) -> list[Problem]:
    for_it, total = votes
    if for_it is None and total is None:
        return []
    if for_it is None or total is None:
        field = "vote_for" if for_it is None else "vote_total"
        return [Problem(field, _("Fill in both numbers, or neither."), "both")]
    if for_it > total:
        return [Problem("vote_for", _("More votes for it than pupils who voted."), "votes")]
    # A class without a list of pupils has no size that we know.
    if size and total > size:
        told = _("The class had %(count)s pupils on that day.") % {"count": size}
        return [Problem("vote_total", told, "votes")]
    return []


def day_problems(
    field: str, on: date, school_class: SchoolClass, today: date, earliest: date | None = None
) -> list[Problem]:
    """A day still to come, or one before the rule or the school year of the class began."""
    if on > today:
        return [Problem(field, _("This day is still to come."), "future")]
    first = earliest or school_class.school_year.starts_on
    if on < first:
        told = _("Choose a day from %(day)s on.") % {"day": in_words(first)}
        return [Problem(field, told, "too_early")]
    return []


def review_problems(review_on: date, today: date) -> list[Problem]:
    """A day to look again that is not to come."""
    if review_on > today:
        return []
    return [Problem("review_on", _("Choose a day that is still to come."), "past")]


def next_day_of(school: School, asked: date) -> date:
    """That day, or the next one on which there is school. Refuses days that no calendar knows."""
    try:
        return calendar_for(school).next_school_day(asked)
    except CalendarEnds:
        raise RuleBroken(unknown_day("review_on")) from None
