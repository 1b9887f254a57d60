"""What to do now: red flags that wait to be assessed, and whom to call while a case is critical."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from cases.access import Who, can
from cases.models import Case, SeverityAssessment
from cases.models.case import GOING_ON, REVIEWED, CaseStatus
from cases.protocol import vocabulary
from cases.protocol.help_routes import Route, routes_for
from cases.queries.judging import HIGHEST, HOME_UNSAFE
from cases.queries.signals import waiting_signals

IMAGE_FLAGS = {"intimate_image_minor", "sextortion"}


@dataclass(frozen=True)
class Alarm:
    """`waiting` are red flags that nobody assessed yet; `flags` those and the confirmed ones."""

    waiting: tuple[str, ...]
    flags: tuple[str, ...]
    country: str
    today: date

    @property
    def labels(self) -> list[str]:
        """The waiting ones in words, else the confirmed ones."""
        return [vocabulary.label("red_flags", key) for key in self.waiting or self.flags]

    @property
    def routes(self) -> list[Route]:
        """Where the school calls."""
        return [route for route in self._routes if not route.for_pupil]

    @property
    def pupil_routes(self) -> list[Route]:
        """Where the pupil can go."""
        return [route for route in self._routes if route.for_pupil]

    @property
    def checked_on(self) -> date | None:
        """The day on which somebody last compared all of them."""
        return min((route.last_checked_on for route in self._routes), default=None)

    @property
    def is_outdated(self) -> bool:
        """Somebody should compare a number that is shown here."""
        return any(route.is_outdated(self.today) for route in self._routes)

    @property
    def home_is_unsafe(self) -> bool:
        """Nobody calls home before asking advice."""
        return HOME_UNSAFE in self.flags

    @property
    def is_about_images(self) -> bool:
        """Then nobody looks at anything, copies or sends it."""
        return not IMAGE_FLAGS.isdisjoint(self.flags)

    @property
    def _routes(self) -> list[Route]:
        return routes_for(self.country, self.flags)


def waiting_alarm(who: Who, case: Case) -> Alarm | None:
    """The demand to assess now, for who works in the case; reads something only when the alarm was raised."""
    if case.alarm_at is None or case.status not in GOING_ON or not can(who, "R17", case):
        return None
    last = case.assessments.last()
    return _alarm(who, case, last, tuple(waiting_signals(case, last)))


def alarm_of(who: Who, case: Case, last: SeverityAssessment | None) -> Alarm | None:
    """The same, and while the case is critical and not calm yet what to do, without anything to assess."""
    waiting = waiting_alarm(who, case)
    is_acute = case.severity == HIGHEST and last is not None and not last.stable
    if waiting or not is_acute or not _is_current(case, last) or not can(who, "R17", case):
        return waiting
    return _alarm(who, case, last, ())


def _is_current(case: Case, last: SeverityAssessment | None) -> bool:
    """In aftercare what was critical before is over; what somebody assessed since is not."""
    if case.status != CaseStatus.AFTERCARE or last is None or case.aftercare_on is None:
        return case.status in REVIEWED
    return last.assessed_at.astimezone(case.school.zone).date() >= case.aftercare_on


def _alarm(
    who: Who, case: Case, last: SeverityAssessment | None, waiting: tuple[str, ...]
) -> Alarm:
    confirmed = last.red_flags if last else []
    flags = tuple(dict.fromkeys([*waiting, *confirmed]))
    school = case.school
    return Alarm(waiting, flags, school.country, who.now.astimezone(school.zone).date())
