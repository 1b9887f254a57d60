"""The nightly comparison of stored access with what it is derived from, and mending what differs."""

from __future__ import annotations

import logging
from collections import Counter
from dataclasses import dataclass

from django.db import transaction

from cases.models import Case
from cases.queries.access_compare import Difference, differences
from cases.services.sharing import lock, rebuild_access
from schools.models import School

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Comparison:
    """What was found at one school."""

    school: School
    differences: list[Difference]

    @property
    def counts(self) -> dict[str, int]:
        """How many rows are missing and how many are surplus."""
        return dict(Counter(found.side for found in self.differences))


def compare_access(schools: list[School] | None = None) -> list[Comparison]:
    """The schools where something differs, each with its rows. Changes nothing; an error in the log says where."""
    found = []
    for school in School.objects.order_by("pk") if schools is None else schools:
        if rows := differences(school):
            found.append(Comparison(school, rows))
            logger.error("access of school %s differs: %s", school.pk, found[-1].counts)
    return found


def mend_access(comparison: Comparison) -> int:
    """Derive the rows of every case that differs again; returns how many cases."""
    cases = {row.case_id for row in comparison.differences}
    for case in Case.objects.filter(pk__in=cases):
        with transaction.atomic():
            rebuild_access(lock(case))
    return len(cases)
