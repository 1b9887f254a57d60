"""S06: after any course of events check, lists, page, count and the reverse list agree with the oracle.

200 courses of 50 events on PostgreSQL and again on SQLite. `--hypothesis-profile=long` makes it 5,000 of 80.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from guardian.models import GroupObjectPermission, UserObjectPermission
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule, run_state_machine_as_test

from cases.access import Who, can, level_on, rules_on, visible_to, who_sees
from cases.access.page import CLOSED, OPEN, Part, count, page
from cases.models import Access, Case
from cases.models.access import FOREVER
from cases.queries.access_compare import differences
from cases.services.sharing import rebuild_access
from pestzorg.tests.security.events import Events
from pestzorg.tests.security.oracle import CASES, GLASS_OF, HOME, PEOPLE, START, Token
from pestzorg.tests.security.stage import World
from schools.models import ApiToken

pytestmark = pytest.mark.slow

# Four parts, so that two processes share the work.
PARTS = 4
COUNSELLOR = 2  # reads restricted cases, which no token ever does
ALL_RULES = [f"R{number:02}" for number in range(1, 56)]


class Compared(Events):
    """After each event one person in turn is compared and one case; everybody and everything at the end."""

    turn = 0

    @invariant()
    def everything_agrees(self) -> None:
        self.turn += 1
        self.compare(self.turn % PEOPLE)
        if self.turn % 2:
            self.compare_readers(self.turn // 2 % CASES)
        assert Access.objects.count() == self.rows_expected()

    def teardown(self) -> None:
        try:
            for person in range(PEOPLE):
                self.compare(person)
            for case in range(CASES):
                self.compare_readers(case)
            for person in (COUNSELLOR, (COUNSELLOR + 1 + self.turn) % PEOPLE):
                self.turn += 1
                self.compare_with_token(person, {0, 1, 2}, can_read=True)
            self.compare_rows()
            generic = UserObjectPermission.objects.exists(), GroupObjectPermission.objects.exists()
            assert generic == (False, False)
        finally:
            super().teardown()

    @rule(
        at=st.sampled_from([{0}, {0}, {0, 1}, {1}, {2}, set()]),
        can_read=st.sampled_from([True, True, True, False]),
        data=st.data(),
    )
    def uses_a_token(self, at: set[int], can_read: bool, data: st.DataObject) -> None:
        person = data.draw(self._mostly([p for p in range(PEOPLE) if self.facts.level(p, 0) >= 10]))
        self.compare_with_token(person, at, can_read)

    def compare_with_token(self, person: int, at: set[int], can_read: bool) -> None:
        if person in self.facts.gone_people:
            return
        row = ApiToken.objects.create(
            user=self.people[person],
            name="t",
            prefix="pz",
            secret_hash=f"turn {self.turn} of {person}",
            scopes=["cases:read"] if can_read else ["other"],
            created_at=START,
            expires_at=FOREVER,
        )
        row.schools.set([self.places[school] for school in at])
        self.compare(person, row, Token(can_read, frozenset(at)))

    def compare(self, person: int, row: ApiToken | None = None, token: Token | None = None) -> None:
        who = Who(self.people[person], self.now, row)
        there = [n for n in range(CASES) if n not in self.facts.gone_cases]
        level_of = {self.cases[n].pk: self.facts.level(person, n, token) for n in there}
        seen = {key: level for key, level in level_of.items() if level >= 10}
        assert set(visible_to(who).values_list("pk", flat=True)) == set(seen)
        assert set(visible_to(who, 20).values_list("pk", flat=True)) == {
            key for key, level in seen.items() if level >= 20
        }
        shown = page(who, Part(limit=50, states=(OPEN, CLOSED)))
        assert {key.case_id: key.level for key in shown} == seen
        assert len(shown) == len(seen)
        still_open = {self.cases[n].pk for n in there if n not in self.facts.closed}
        assert count(who) == len(seen.keys() & still_open)
        for n in there:
            allowed = self.facts.rules(person, n, token)
            assert rules_on(who, self.cases[n]) == allowed
            assert {rule for rule in ALL_RULES if can(who, rule, self.cases[n])} == allowed
            if n not in self.facts.closed:
                assert level_on(who, self.cases[n]) == level_of[self.cases[n].pk]

    def compare_readers(self, case: int) -> None:
        if case in self.facts.gone_cases:
            return
        expected = {
            self.people[person].pk: level
            for person in range(PEOPLE)
            if (level := self.facts.level(person, case)) >= 10
        }
        row = Case.objects.select_related("school").get(pk=self.cases[case].pk)
        assert {seer.user.pk: seer.level for seer in who_sees(row, self.now)} == expected

    def compare_rows(self) -> None:
        """What is stored is what SQL of its own derives, and what the service derives again."""
        assert [difference for n in HOME for difference in differences(self.places[n])] == []
        before = sorted(Access.objects.values_list())
        for n in set(range(CASES)) - self.facts.gone_cases:
            rebuild_access(self.cases[n])
        assert sorted(Access.objects.values_list()) == before

    def rows_expected(self) -> int:
        """One for the audience of each case, one per grant and extra, one per person with glass."""
        glass = {
            (g.person, g.case)
            for g in self.facts.glass
            if g.what == GLASS_OF[g.case in self.facts.restricted]
        }
        named = len(self.facts.grants) + len(self.facts.extras)
        return CASES - len(self.facts.gone_cases) + named + len(glass)


@pytest.fixture(scope="module")
def built(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    with django_db_blocker.unblock(), transaction.atomic():
        Events.world = World.build()
        yield
        transaction.set_rollback(True)


def run(part: int, *phases: Phase, examples: int = 0) -> None:
    usual = settings.default
    assert usual is not None
    # The usual 100 x 50 becomes 200 x 50 in four parts; the profile `long` 5,000 x 80.
    is_long = usual.max_examples > 100
    chosen = settings(
        max_examples=examples or (1250 if is_long else 50),
        stateful_step_count=80 if is_long else 50,
        phases=phases or tuple(Phase),
        deadline=None,
        database=None,
        print_blob=False,
        suppress_health_check=list(HealthCheck),
    )
    machine: Any = seed(part)(type("Part", (Compared,), {}))
    run_state_machine_as_test(machine, settings=chosen)


@pytest.mark.parametrize("part", range(PARTS))
def test_check_lists_page_count_and_readers_equal_the_oracle(
    built: None, db: None, part: int
) -> None:
    run(part)
