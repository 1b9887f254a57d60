"""From how many answers on something is shown: of a school as it stands now, and of one run."""

from __future__ import annotations

from interventions.models import Run, SmallestGroup
from interventions.protocol import Method
from interventions.thermometer.publish import FLOOR, Limits
from schools.models import School


def limits_of_school(school: School) -> Limits:
    """What the school asks now; the floor when it decided nothing."""
    return _of(SmallestGroup.objects.filter(school=school).first())


def decided(school: School) -> Limits:
    """The same of a school that was read together with what it decided, for many at once."""
    return _of(getattr(school, "smallest_group", None))


def _of(found: SmallestGroup | None) -> Limits:
    return Limits(found.means_from, found.spread_from) if found else FLOOR


def smallest_class_of(method: Method, school: School) -> int:
    """How many pupils a class needs for this method: one that measures needs as many as the school shows figures of."""
    measures = any(phase.record for phase in method.phases)
    return max(method.smallest_class, limits_of_school(school).means if measures else 0)


def limits_of(run: Run) -> Limits:
    """The larger of what the run keeps and what its school asks now: raising hides older results as well."""
    return kept_by(run).stricter(limits_of_school(run.school))


def kept_by(run: Run) -> Limits:
    """What was asked when it closed."""
    return Limits(run.minimum, run.spread_minimum)
