"""The rules of a class as its pages show them, what a method asks of them, and whether a wording names a pupil."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from interventions.models import ClassRule, Intervention
from interventions.protocol import RuleCount
from schools.calendar import CalendarEnds
from schools.models import Pupil, School, SchoolClass
from schools.queries.calendars import calendar_for

REVIEWED_AFTER = 8  # school weeks

# "Tims" is Tim's; of a name of two letters an ordinary word would come.
SHORTEST = 3
APART = re.compile(r"[\s-]+")


@dataclass(frozen=True)
class RulesOfClass:
    """The rules that count now, and earlier ones: other wordings, and what ended."""

    active: list[ClassRule]
    earlier: list[ClassRule]


def rules_of(school_class: SchoolClass) -> RulesOfClass:
    """Every rule of a class; its class is of one school year, and so are they."""
    found = list(ClassRule.objects.filter(school_class=school_class).select_related("successor"))
    active = [rule for rule in found if rule.is_active]
    return RulesOfClass(active, [rule for rule in reversed(found) if not rule.is_active])


def last_rule(school_class: SchoolClass, now: datetime) -> ClassRule | None:
    """The rule that was written down last, when that was today: the next one mostly comes out of the same talk."""
    found = ClassRule.objects.filter(school_class=school_class, status=ClassRule.Status.ACTIVE)
    last = found.order_by("-pk").first()
    zone = school_class.school.zone
    if last is None or last.changed_at is None:
        return None
    is_today = last.changed_at.astimezone(zone).date() == now.astimezone(zone).date()
    return last if is_today else None


def review_day(school: School, today: date) -> date | None:
    """About eight school weeks later; None when the calendar does not reach so far."""
    try:
        return calendar_for(school).add_school_weeks(today, REVIEWED_AFTER)
    except CalendarEnds:
        return None


def rules_from(intervention: Intervention) -> list[ClassRule]:
    """The rules that came out of an intervention and count now."""
    mine = ClassRule.objects.filter(intervention=intervention, status=ClassRule.Status.ACTIVE)
    return list(mine)


def count_for(intervention: Intervention) -> RuleCount | None:
    """How many rules its method asks for; None when it leaves that to the class."""
    phases = intervention.definition.phases_of(intervention.variant)
    return next((phase.class_rules for phase in phases if phase.class_rules), None)


def names_in(text: str, school_class: SchoolClass) -> list[str]:
    """First names in a text of pupils who are, or were, in this class."""
    pupils = Pupil.objects.filter(enrolments__school_class=school_class).distinct()
    names = sorted(set(pupils.values_list("first_name", flat=True)))
    plain = _plain(text)
    return [name for name in names if any(_is_in(part, plain) for part in _parts(name))]


def _parts(name: str) -> Iterator[str]:
    plain = _plain(name)
    yield plain
    # Of Anne-Marie also Anne: that is what a class calls her.
    yield from (part for part in APART.split(plain) if len(part) >= SHORTEST)


def _is_in(name: str, text: str) -> bool:
    whose = "s?" if len(name) >= SHORTEST else ""
    return re.search(rf"(?<!\w){re.escape(name)}{whose}(?!\w)", text) is not None


def _plain(text: str) -> str:
    """Without capitals and accents: somebody types Zoe for Zoë."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(sign for sign in apart if not unicodedata.combining(sign)).strip()
