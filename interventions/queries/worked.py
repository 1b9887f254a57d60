"""What worked at a school: per method how many ended how, what was said at the end, and before beside after.

Nothing in it is about fewer than five; see pestzorg.suppression. Counts are told in groups of five, oldest first.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from cases.access import Who
from cases.protocol import Field
from interventions.access.team import counted_for
from interventions.models import Intervention, InterventionStatus
from interventions.protocol import Method
from interventions.queries.around import Around
from interventions.queries.grades_around import GRADES, grades_around
from interventions.queries.thermometer_results import decimal, signed
from interventions.queries.thermometers_around import Thermometers
from interventions.thermometer.scoring import half_up
from pestzorg.suppression import Line, publish, whole_fives
from schools.models import School


@dataclass(frozen=True)
class Means:
    """The mean before and after, on a scale that ends at `most`."""

    before: Fraction
    after: Fraction
    most: int

    @property
    def was_at(self) -> int:
        """The place of the first on a line from 0 to 100."""
        return int(half_up(self.before * 100 / self.most, 0))

    @property
    def at(self) -> int:
        """The place of the second."""
        return int(half_up(self.after * 100 / self.most, 0))

    @property
    def before_text(self) -> str:
        """With one decimal."""
        return decimal(self.before)

    @property
    def after_text(self) -> str:
        """With one decimal."""
        return decimal(self.after)

    @property
    def difference(self) -> str:
        """Up or down, with a sign."""
        return signed(self.after - self.before, 1)


@dataclass(frozen=True)
class Said:
    """One thing that was answered at the end, and how often; None when that is not told."""

    label: str
    count: int | None


@dataclass(frozen=True)
class MethodWorked:
    """One method at one school, as far as it may be told."""

    method: Method
    ended: int
    finished: int | None
    stopped: int | None
    said: list[Said]
    measures: list[Said]
    safety: Means | None
    thermometer: Means | None

    @property
    def hides(self) -> bool:
        """Some count of it is too small to tell."""
        counts = [self.finished, *(one.count for one in (*self.said, *self.measures))]
        return None in counts


def worked_at(who: Who, schools: Sequence[School]) -> dict[int, list[MethodWorked]]:
    """By school what can be told of each method, the most used first. A fixed number of questions."""
    rows = counted_for(who, schools).select_related("school", "case", "conversation", "method_copy")
    found: dict[tuple[int, str], list[Intervention]] = {}
    # Once for each case: five approaches of one pupil are no five pupils.
    counted = set[tuple[int | None, str]]()
    for row in rows.prefetch_related(*GRADES):
        if row.case_id is None or (row.case_id, row.method) not in counted:
            found.setdefault((row.school_id, row.method), []).append(row)
        counted.add((row.case_id, row.method))
    thermometers = Thermometers.of({row.class_group_id for some in found.values() for row in some})
    told: dict[int, list[MethodWorked]] = {school.pk: [] for school in schools}
    for (school_id, _method), some in found.items():
        if told_of := whole_fives(some):
            told[school_id].append(_of_method(told_of, some, thermometers))
    for lines in told.values():
        lines.sort(key=lambda line: (-line.ended, str(line.method.label)))
    return told


def _of_method(
    counted: Sequence[Intervention], ended: Sequence[Intervention], thermometers: Thermometers
) -> MethodWorked:
    newest = counted[-1].definition
    choice = next((field for field in newest.finish if field.kind == "choice"), None)
    line = _line(counted, choice)
    stopped = line.cells[0]
    finished = None if stopped is None else len(counted) - stopped
    return MethodWorked(
        method=newest,
        ended=len(counted),
        finished=finished,
        stopped=stopped,
        said=_said(line, choice),
        measures=[] if not finished else list(_measures(counted, newest)),
        safety=_means((grades_around(row) for row in ended), 10),
        thermometer=_means((thermometers.around(row) for row in ended), 100),
    )


def _line(counted: Sequence[Intervention], choice: Field | None) -> Line:
    """Stopped, and finished by what was said: in one line, so that none of it can be taken from another."""
    finished = [row for row in counted if row.status == InterventionStatus.FINISHED]
    keys = [one.key for one in choice.choices] if choice else []
    given = [row.outcome.get(choice.key) for row in finished] if choice else []
    by_answer = [given.count(key) for key in keys]
    rest = len(finished) - sum(by_answer)
    return publish([len(counted) - len(finished), *by_answer, rest])


def _said(line: Line, choice: Field | None) -> list[Said]:
    if choice is None:
        return []
    labels = [str(one.label) for one in choice.choices]
    return [Said(label, count) for label, count in zip(labels, line.cells[1:-1], strict=True)]


def _measures(counted: Sequence[Intervention], method: Method) -> Iterable[Said]:
    finished = [row for row in counted if row.status == InterventionStatus.FINISHED]
    for field in method.finish:
        if field.kind == "bool":
            yes = sum(row.outcome.get(field.key) is True for row in finished)
            yield Said(str(field.label), publish([yes, len(finished) - yes]).cells[0])


def _means(found: Iterable[Around | None], most: int) -> Means | None:
    # By the day of the later figure: one that comes late would else push in among those that were told.
    known = sorted((one for one in found if one), key=lambda one: one.known_on)
    pairs = [(one.before, one.after) for one in whole_fives(known)]
    if not pairs:
        return None
    before, after = (Fraction(sum(one), len(pairs)) for one in zip(*pairs, strict=True))
    return Means(before, after, most)
