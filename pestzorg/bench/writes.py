"""S7: what access costs when a case is made."""

from __future__ import annotations

from datetime import datetime
from itertools import count

from django.contrib.auth.models import Permission
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from cases.models import Case, CaseUserObjectPermission
from cases.models.access import FOREVER
from cases.services.sharing import open_access
from pestzorg import clock
from pestzorg.bench import rival
from pestzorg.bench.population import COORDINATORS, TEACHERS, Population
from pestzorg.bench.rounds import race
from pestzorg.bench.verdict import Verdict
from schools.models import School, User


class Writer:
    """Makes cases at one school: bare, with access for three people, and with guardian's way of giving it."""

    def __init__(self, population: Population, now: datetime) -> None:
        # None of the schools whose lists are measured, so that a database that is kept stays right.
        self.school, self.now = School.objects.get(pk=population.quiet), now
        # By the millisecond, so that a run on a kept database does not repeat the codes of the one before.
        self.codes = count(int(now.timestamp() * 1000) % 10**10)
        places = (COORDINATORS[0], *TEACHERS[:2], COORDINATORS[1], TEACHERS[2])
        numbers = [population.member(population.quiet, place) for place in places]
        self.people = list(User.objects.filter(pk__in=numbers))
        permissions = ("manage_case", "contribute_case", "view_case")
        self.permissions = [Permission.objects.get(codename=name) for name in permissions]

    def bare(self) -> Case:
        """The row of a case and nothing else."""
        # A code of its own: among a million, one in six hundred of the random ones is taken.
        code = f"B{next(self.codes)}"
        return Case.objects.create(school=self.school, opened_at=self.now, reference=code)

    @transaction.atomic
    def with_access(self) -> Case:
        """A case, a grant for three people, and the rows of the read model."""
        case = self.bare()
        given = zip(self.people, self.permissions, strict=False)
        grants = [self._grant(case, *pair) for pair in given]
        open_access(case, grants)
        return case

    @transaction.atomic
    def with_assign_perm(self) -> Case:
        """A case that stock guardian gives to five people."""
        case = self.bare()
        rival.assign(self.people, case)
        return case

    def _grant(self, case: Case, user: User, permission: Permission) -> CaseUserObjectPermission:
        return CaseUserObjectPermission(
            content_object=case,
            user=user,
            permission=permission,
            valid_until=FOREVER,
            purpose=CaseUserObjectPermission.Purpose.SHARED,
            granted_by=self.people[0],
            granted_at=self.now,
        )


def writes(population: Population, verdict: Verdict) -> None:
    """S7: a case with grants and access against the bare row and against `assign_perm`."""
    writer = Writer(population, clock.now())
    writer.with_access()
    with CaptureQueriesContext(connection) as queries:
        writer.with_access()
    statements = [
        q["sql"]
        for q in queries
        if q["sql"].split()[0] in {"SELECT", "INSERT", "UPDATE", "DELETE", "WITH"}
    ]
    times = race(
        {"bare": writer.bare, "ours": writer.with_access, "guardian": writer.with_assign_perm},
        rounds=101,
    )
    verdict.shown(
        "S7",
        "case with grants and access, ms",
        str(times["ours"]),
    )
    verdict.at_most(
        "S7", "case with grants and access, x bare insert", times["ours"].over(times["bare"]), 3
    )
    verdict.at_most("S7", "case with grants and access, statements", len(statements), 4)
    faster = times["guardian"].over(times["ours"])
    verdict.at_least("S7", "case with grants and access, x faster than assign_perm", faster, 4)
