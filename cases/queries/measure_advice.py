"""What a measure of step 6 begins with in this case: an answer, a day, a caution, a recommendation. Never a must."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cases.models import Case, Incident, PriorAction, SelfProtectionMeasure
from cases.protocol import Measure
from cases.queries.judging import HIGHEST, LOWEST
from cases.queries.school_days import in_school_days
from schools.calendar import SchoolCalendar

Status = SelfProtectionMeasure.Status
HELPED = {"worked", "partly"}
# caution of the protocol -> what the screen says
CAUTIONS: dict[str, str | Promise] = {
    "sender_unknown": _("the sender is unknown"),
    "adult": _("an adult is involved"),
    "threat": _("there is a threat"),
    "blackmail": _("there is blackmail"),
    "critical": _("the case is critical"),
}
# what an incident or a red flag tells -> caution
TOLD_BY_FORM = {"grooming": "adult", "threat": "threat", "sextortion": "blackmail"}
TOLD_BY_FLAG = {"adult_involved": "adult", "credible_threat": "threat", "sextortion": "blackmail"}


@dataclass(frozen=True)
class Advice:
    """What a row begins with while nobody answered it, and what stands beside it."""

    status: str
    deadline: date | None
    cautions: tuple[str | Promise, ...]
    made_worse: bool
    is_recommended: bool
    after: Measure | None


@dataclass
class Adviser:
    """Knows a case as far as the measures ask; each thing is read once."""

    case: Case
    measures: dict[str, SelfProtectionMeasure]
    tried: Iterable[PriorAction]
    calendar: SchoolCalendar
    today: date

    def about(self, measure: Measure, others: Iterable[Measure]) -> Advice:
        """What this case has to say about one measure."""
        severity = self.case.severity or LOWEST
        tried = [action for action in self.tried if action.action_type == measure.key]
        hits = [key for key in measure.not_now_when if key in self.found]
        is_grave = measure.recommended_from is not None and severity >= measure.recommended_from
        return Advice(
            status=self._begins_with(measure, tried, hits, severity),
            deadline=self.deadline_of(measure, others),
            cautions=tuple(CAUTIONS[key] for key in hits),
            made_worse=any(action.effect == "made_worse" for action in tried),
            is_recommended=is_grave,
            after=next((other for other in others if other.key == measure.after), None),
        )

    def deadline_of(self, measure: Measure, others: Iterable[Measure]) -> date | None:
        """The day that is suggested; never before the one it comes after."""
        days = measure.due_in_school_days
        if self.case.severity == HIGHEST and measure.due_when_critical is not None:
            days = measure.due_when_critical
        if days is None:
            return None
        own = in_school_days(self.calendar, self.today, days) if days else self.today
        first = next((other for other in others if other.key == measure.after), None)
        if first is None:
            return own
        agreed = self.measures.get(first.key)
        before = agreed.deadline if agreed and agreed.status == Status.AGREED else None
        return max(own, before or own)

    @cached_property
    def found(self) -> frozenset[str]:
        """The cautions that hold in this case."""
        cautions = {"critical"} if self.case.severity == HIGHEST else set()
        for incident in self.case.incidents.all():
            cautions |= _told_by(incident)
        last = self.case.assessments.last()
        flags = last.red_flags if last else []
        return frozenset(cautions | {TOLD_BY_FLAG[key] for key in flags if key in TOLD_BY_FLAG})

    def _begins_with(
        self, measure: Measure, tried: list[PriorAction], hits: list[str], severity: int
    ) -> str:
        if any(action.keep_doing and action.effect in HELPED for action in tried):
            return Status.ALREADY_DONE
        if hits:
            return Status.NOT_NOW
        if measure.recommended_from is not None and severity < measure.recommended_from:
            return Status.NOT_APPLICABLE
        return ""


def _told_by(incident: Incident) -> set[str]:
    found = {TOLD_BY_FORM[key] for key in incident.cyber_subforms if key in TOLD_BY_FORM}
    return found | ({"sender_unknown"} if incident.sender_known == "no" else set())


def in_good_order(measures: Iterable[SelfProtectionMeasure]) -> list[SelfProtectionMeasure]:
    """What was chosen in the order in which it is best done; what runs through is left out."""
    chosen = [
        (measure.definition.place_in_order, measure)
        for measure in measures
        if measure.status == Status.AGREED and measure.definition.place_in_order is not None
    ]
    return [measure for _place, measure in sorted(chosen, key=lambda pair: pair[0] or 0)]
