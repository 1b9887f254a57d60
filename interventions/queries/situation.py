"""What a case itself tells about the choice of a method, so that nobody is asked again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from uuid import UUID

from cases.models import Case, SeverityAssessment, StepRecord
from cases.queries.alarm import IMAGE_FLAGS
from cases.queries.judging import HIGHEST
from cases.queries.signals import waiting_signals
from cases.queries.step_hints import may_be_offence
from interventions.models import Intervention, InterventionStatus
from interventions.protocol import UnknownMethod, current
from interventions.queries.thermometer_limits import smallest_class_of
from schools.calendar import CalendarEnds, SchoolCalendar
from schools.models import SchoolClass
from schools.queries.calendars import calendar_for
from schools.queries.classes import pupils_of

FEWEST = 4
WEEKS_BEFORE, LONG_HOLIDAY = 2, 14
WEEK, DAY = timedelta(weeks=1), timedelta(days=1)
# Of the red flags those that are about what somebody did, not about how the pupil is.
GRAVE = IMAGE_FLAGS | {
    "credible_threat",
    "weapon",
    "serious_injury",
    "adult_involved",
    "hate_crime",
}


@dataclass
class Situation:
    """A case with what step 8 says so far; every fact is looked up once, on first use."""

    case: Case
    step_8: StepRecord | None
    now: datetime

    def facts_for(self, method: str) -> frozenset[str]:
        """The keys of what speaks against this method here."""
        found = {key for key, holds in FACTS_OF_CASE.items() if holds(self)}
        if self._is_below(method):
            found.add("below_smallest_class")
        if self.is_serious and not self._another_than(method):
            found.add("only_answer")
        return frozenset(found)

    @property
    def known(self) -> dict[str, str]:
        """What step 8 answers of the questions it knows."""
        consent = self.step_8.answer("target_consent") if self.step_8 else None
        return {"target_consent": str(consent)} if consent else {}

    @property
    def is_serious(self) -> bool:
        """Severity 3 or 4."""
        return self.case.is_serious

    @cached_property
    def last(self) -> SeverityAssessment | None:
        """The assessment that counts."""
        return self.case.assessments.last()

    @cached_property
    def waiting(self) -> list[str]:
        """Red flags that nobody assessed yet."""
        return waiting_signals(self.case, self.last)

    @cached_property
    def flags(self) -> set[str]:
        """Those and the confirmed ones."""
        return {*self.waiting, *(self.last.red_flags if self.last else ())}

    @property
    def is_acute(self) -> bool:
        """A red flag waits, or was confirmed and is not calm yet."""
        confirmed = bool(self.last and self.last.red_flags and not self.last.stable)
        return bool(self.waiting) or (self.case.severity == HIGHEST and confirmed)

    @cached_property
    def group(self) -> SchoolClass | None:
        """The class that step 8 names, else the pupil's."""
        named = self.step_8.answer("class_group") if self.step_8 else None
        found = (
            SchoolClass.objects.filter(school=self.case.school, uuid=UUID(named)) if named else None
        )
        return (found.first() if found else None) or self.case.school_class

    @property
    def starts_on(self) -> date:
        """The first day that step 8 names, else today."""
        planned = self.step_8.answer("planned_start") if self.step_8 else None
        today = self.now.astimezone(self.case.school.zone).date()
        return date.fromisoformat(planned) if planned else today

    @cached_property
    def class_size(self) -> int | None:
        """How many pupils are in that class when it begins; None while no class is known, or nobody stands in it."""
        return (pupils_of(self.group, self.starts_on).count() or None) if self.group else None

    @cached_property
    def has_few_pupils(self) -> bool:
        """Fewer than four others than those whom the case is about."""
        if self.group is None or self.class_size is None:
            return False
        # Somebody may be known by name alone: "not in" a list with nothing in it holds for nobody.
        known = self.case.participants.filter(role="target", pupil__isnull=False)
        about = known.values("pupil")
        others = pupils_of(self.group, self.starts_on).exclude(pk__in=about)
        return others.count() < FEWEST

    @cached_property
    def may_be_offence(self) -> bool:
        """What was written down of what happened may be criminal."""
        return may_be_offence(self.case.incidents.all())

    @cached_property
    def is_taught_by_facilitator(self) -> bool:
        """Whoever step 8 names to facilitate is a class teacher of that class."""
        named = self.step_8.answer("facilitator") if self.step_8 else None
        teachers = self.group.class_teachers if self.group else None
        return bool(named and teachers and teachers.filter(uuid=UUID(named)).exists())

    @cached_property
    def is_before_holiday(self) -> bool:
        """No two whole school weeks lie between the first day and a holiday of two weeks or more."""
        return ends_soon(calendar_for(self.case.school), self.starts_on)

    def _is_below(self, method: str) -> bool:
        try:
            least = smallest_class_of(current(method), self.case.school)
        except UnknownMethod:
            return False
        return self.class_size is not None and self.class_size < least

    def _another_than(self, method: str) -> bool:
        others = Intervention.objects.filter(case=self.case).exclude(method=method)
        return others.exclude(status=InterventionStatus.STOPPED).exists()


FACTS_OF_CASE: dict[str, Callable[[Situation], bool]] = {
    "alarm_open": lambda s: s.is_acute,
    "holiday_near": lambda s: s.is_before_holiday,
    "few_pupils": lambda s: s.has_few_pupils,
    "grave_facts": lambda s: not GRAVE.isdisjoint(s.flags),
    "possible_offence": lambda s: s.may_be_offence,
    "intimate_images": lambda s: not IMAGE_FLAGS.isdisjoint(s.flags),
    "teaches_class": lambda s: s.is_taught_by_facilitator,
}


def ends_soon(calendar: SchoolCalendar, start: date) -> bool:
    """Whether a holiday of two weeks or more begins before two whole school weeks have passed; also when it is now."""
    for last, first in calendar.long_breaks():
        if first > start and (first - last - DAY).days >= LONG_HOLIDAY:
            return _whole_weeks(calendar, start, last) < WEEKS_BEFORE
    return False


def _whole_weeks(calendar: SchoolCalendar, start: date, last: date) -> int:
    monday = start - start.weekday() * DAY
    passed = (monday + n * DAY for n in range(start.weekday()))
    try:
        if any(calendar.is_school_day(day) for day in passed):
            monday += WEEK
        weeks = (monday + n * WEEK for n in range((last - monday).days // 7 + 1))
        return sum([calendar.is_school_week(week) for week in weeks])
    except CalendarEnds:
        # Nobody knows this year yet: nothing is claimed about it.
        return WEEKS_BEFORE
