"""After any course of events, lists, checks and the reverse list agree with an oracle written apart.

The oracle knows no principal and no access row. It keeps plain facts (who has which role until when, who was
asked along until when, what is restricted) and works out the level from the table below, which is written
again by hand and shares nothing with cases/ceilings.py.
"""

from __future__ import annotations

import sys
from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.db import transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from cases.access import Who, level_on, rules_on, visible_to, who_sees
from cases.ceilings import CEILINGS, Ceiling, Level
from cases.models import Access, Case, CaseUserObjectPermission
from cases.models.access import FOREVER
from cases.services.sharing import rebuild_access, share_case, take_back
from cases.tests.oracle import (
    AT_BOARD,
    AT_SCHOOL,
    CASES,
    HOME,
    LEVELS,
    LIES_IN,
    PEOPLE,
    SCHOOLS,
    START,
    STEP,
    Facts,
    rules_of,
)
from pestzorg.errors import RuleBroken
from schools.models import ApiToken, Board, Membership, School, User
from schools.roles import Role
from schools.services.people import end_membership, give_role

persons = st.integers(0, PEOPLE - 1)
cases_of_world = st.integers(0, CASES - 1)
schools_of_world = st.integers(0, SCHOOLS - 1)
posts = st.one_of(
    st.tuples(schools_of_world, st.sampled_from(AT_SCHOOL)),
    st.tuples(st.sampled_from(["board 0", "board 1"]), st.sampled_from(AT_BOARD)),
)
home_posts = st.one_of(
    st.tuples(st.just(0), st.sampled_from(AT_SCHOOL)),
    st.tuples(st.just("board 0"), st.sampled_from(AT_BOARD)),
)
terms = st.one_of(st.none(), st.integers(1, 6))


class Events(RuleBasedStateMachine):
    """Tells the same events to the database and to the facts, and compares after each."""

    def __init__(self) -> None:
        super().__init__()
        self.undo = transaction.atomic()
        self.undo.__enter__()
        self.facts = Facts()
        self.turn = 0
        boards = {name: Board.objects.create(name=name) for name in ("board 0", "board 1")}
        self.places: dict[object, School | Board] = {**boards}
        for number, board in HOME.items():
            self.places[number] = School.objects.create(
                board=boards[board],
                name=f"school {number}",
                code=f"s{number}",
                country="nl",
                holiday_region="midden",
            )
        self.people = [User(email=f"p{n}@example.org") for n in range(PEOPLE)]
        self.people[0].is_superuser = self.people[0].is_staff = True
        for person in self.people:
            person.save()
        self.cases = [
            Case.objects.create(school=self.places[school], opened_at=START, status="active")
            for school in LIES_IN
        ]
        for case in self.cases:
            rebuild_access(case)
        self.grantor = User.objects.create(email="grantor@example.org")

    def teardown(self) -> None:
        try:
            for person in range(PEOPLE):
                self.compare(person)
        finally:
            transaction.set_rollback(True)
            self.undo.__exit__(None, None, None)

    @initialize(
        at_home=st.lists(home_posts, min_size=PEOPLE, max_size=PEOPLE),
        restricted=st.sets(cases_of_world),
        grants=st.lists(
            st.tuples(persons, st.integers(0, 2), st.sampled_from(sorted(LEVELS))), min_size=5
        ),
    )
    def begins(
        self,
        at_home: list[tuple[object, str]],
        restricted: set[int],
        grants: list[tuple[int, int, str]],
    ) -> None:
        """Everybody has a post at one school or its board, so that every event matters to somebody."""
        for person, post in enumerate(at_home):
            self.joins(person, post)
        for case in restricted:
            self.is_restricted_or_opened_up(case)
        for person, case, codename in grants:
            self.gets_a_row_by_mistake(person, case, codename, None)

    # ── events ───────────────────────────────────────────────────────────────
    @rule(person=persons, post=posts)
    def joins(self, person: int, post: tuple[object, str]) -> None:
        place, role = post
        sleeping = (person, place) in self.facts.suspended or person in self.facts.inactive
        running = any(
            (who, at, held) == (person, place, role)
            and (ends is None or self.facts.now < ends or begins == self.facts.now)
            for who, at, held, begins, ends in self.facts.roles
        )
        if sleeping or running:
            return
        where = {"board" if isinstance(place, str) else "school": self.places[place]}
        give_role(None, self.people[person], Role(role), now=self.facts.now, **where)
        self._grants_lapse_after_a_long_absence(person, place)
        self.facts.roles.append((person, place, role, self.facts.now, None))

    def _grants_lapse_after_a_long_absence(self, person: int, place: object) -> None:
        ends = [r[4] for r in self.facts.roles if r[:2] == (person, place)]
        if ends and all(end and self.facts.now - end > timedelta(days=30) for end in ends):
            self.facts.grants = [
                g for g in self.facts.grants if g[0] != person or LIES_IN[g[1]] != place
            ]

    @precondition(lambda self: self.facts.roles)
    @rule(data=st.data())
    def leaves(self, data: st.DataObject) -> None:
        person, place = self._membership(data)
        end_membership(None, self._row(person, place), now=self.facts.now)
        self.facts.roles = [
            (who, at, role, begins, self.facts.now)
            if (who, at) == (person, place) and (ends is None or ends > self.facts.now)
            else (who, at, role, begins, ends)
            for who, at, role, begins, ends in self.facts.roles
        ]

    @precondition(lambda self: self.facts.roles)
    @rule(data=st.data())
    def is_suspended_or_returns(self, data: st.DataObject) -> None:
        key = self._membership(data)
        self.facts.suspended ^= {key}
        state = "suspended" if key in self.facts.suspended else "active"
        Membership.objects.filter(pk=self._row(*key).pk).update(state=state)

    @rule(person=persons)
    def account_is_switched(self, person: int) -> None:
        self.facts.inactive ^= {person}
        self.people[person].is_active = person not in self.facts.inactive
        self.people[person].save()

    @rule(
        person=persons,
        case=cases_of_world,
        level=st.sampled_from([20, 30, 40]),
        purpose=st.sampled_from(["handling", "shared", "task"]),
        term=terms,
    )
    def is_asked_along(
        self, person: int, case: int, level: int, purpose: str, term: int | None
    ) -> None:
        until = self.facts.now + term * STEP if term else FOREVER
        may = self.facts.works_at(person, LIES_IN[case])
        try:
            share_case(
                self.grantor,
                self.cases[case],
                self.people[person],
                Level(level),
                now=self.facts.now,
                valid_until=until,
                purpose=purpose,
            )
        except RuleBroken:
            assert not may
            return
        assert may
        self._forget(person, case)
        self.facts.grants.append((person, case, level, until))

    @rule(person=persons, case=cases_of_world)
    def is_thanked(self, person: int, case: int) -> None:
        take_back(self.grantor, self.cases[case], self.people[person], now=self.facts.now)
        self._forget(person, case)

    @rule(person=persons, case=cases_of_world, codename=st.sampled_from(sorted(LEVELS)), term=terms)
    def gets_a_row_by_mistake(
        self, person: int, case: int, codename: str, term: int | None
    ) -> None:
        until = self.facts.now + term * STEP if term else FOREVER
        level = LEVELS[codename]
        if any(g[:3] == (person, case, level) for g in self.facts.grants):
            return
        CaseUserObjectPermission.objects.create(
            user=self.people[person],
            content_object=self.cases[case],
            permission=Permission.objects.get(
                codename=codename, content_type__app_label="cases", content_type__model="case"
            ),
            purpose="shared",
            granted_by=self.grantor,
            granted_at=self.facts.now,
            valid_until=until,
        )
        rebuild_access(self.cases[case])
        self.facts.grants.append((person, case, level, until))

    @rule(steps=st.integers(1, 5))
    def time_passes(self, steps: int) -> None:
        self.facts.now += steps * STEP

    @rule(case=cases_of_world)
    def is_restricted_or_opened_up(self, case: int) -> None:
        self.facts.restricted ^= {case}
        restricted = case in self.facts.restricted
        Case.objects.filter(pk=self.cases[case].pk).update(restricted=restricted)
        rebuild_access(self.cases[case])

    @rule(case=cases_of_world, status=st.sampled_from(["active", "closed", "aftercare"]))
    def changes_status(self, case: int, status: str) -> None:
        Case.objects.filter(pk=self.cases[case].pk).update(status=status)
        rebuild_access(self.cases[case])

    @rule(school=schools_of_world)
    def decides_about_its_leader(self, school: int) -> None:
        self.facts.reading_principals ^= {school}
        self.places[school].principal_content = school in self.facts.reading_principals
        self.places[school].save()

    @rule(
        person=persons,
        schools=st.sets(schools_of_world, max_size=2),
        scoped=st.booleans(),
    )
    def uses_a_token(self, person: int, schools: set[int], scoped: bool) -> None:
        token = ApiToken.objects.create(
            user=self.people[person],
            name="t",
            prefix="pz",
            secret_hash=str(ApiToken.objects.count()),
            scopes=["cases:read"] if scoped else ["other"],
            created_at=START,
            expires_at=FOREVER,
        )
        token.schools.set([self.places[school] for school in schools])
        reached = {
            case
            for case in range(CASES)
            if scoped and LIES_IN[case] in schools and case not in self.facts.restricted
        }
        levels = [
            min(self.facts.level(person, case), 20) if case in reached else 0
            for case in range(CASES)
        ]
        self._compare_levels(Who(self.people[person], self.facts.now, token), levels)

    # ── comparison ───────────────────────────────────────────────────────────
    @invariant()
    def lists_checks_and_facts_agree(self) -> None:
        # Two people after every event, in turn; all of them at the end.
        for _ in range(2):
            self.turn = (self.turn + 1) % PEOPLE
            self.compare(self.turn)
        self._compare_reverse(self.turn % CASES)

    def compare(self, person: int) -> None:
        levels = [self.facts.level(person, case) for case in range(CASES)]
        self._compare_levels(Who(self.people[person], self.facts.now), levels)

    def _compare_levels(self, who: Who, levels: list[int]) -> None:
        for at in (10, 20):
            listed = set(visible_to(who, at).values_list("pk", flat=True))
            assert listed == {
                case.pk for case, level in zip(self.cases, levels, strict=True) if level >= at
            }
        for case, level in zip(self.cases, levels, strict=True):
            expected = rules_of(level) - ({"R25"} if who.token else set())
            assert rules_on(who, case) & rules_of(Level.MANAGE) == expected
            assert level_on(who, case) == level

    def _compare_reverse(self, case: int) -> None:
        expected = {
            self.people[person].pk: level
            for person in range(PEOPLE)
            if (level := self.facts.level(person, case)) >= 10
        }
        row = Case.objects.select_related("school").get(pk=self.cases[case].pk)
        assert {seer.user.pk: seer.level for seer in who_sees(row, self.facts.now)} == expected

    # ── small helpers ────────────────────────────────────────────────────────
    def _membership(self, data: st.DataObject) -> tuple[int, object]:
        known = sorted({(who, place) for who, place, *_ in self.facts.roles}, key=str)
        return data.draw(st.sampled_from(known))

    def _row(self, person: int, place: object) -> Membership:
        kind = "board" if isinstance(place, str) else "school"
        return Membership.objects.get(user=self.people[person], **{kind: self.places[place]})

    def _forget(self, person: int, case: int) -> None:
        self.facts.grants = [g for g in self.facts.grants if g[:2] != (person, case)]


def _run(*phases: Phase) -> None:
    # 25 courses of 20 events; --hypothesis-profile=long (conftest.py) makes it 500 of 50.
    usual = settings.default
    assert usual is not None
    run_state_machine_as_test(
        Events,
        settings=settings(
            max_examples=usual.max_examples // 4,
            stateful_step_count=usual.stateful_step_count * 2 // 5,
            phases=phases or tuple(Phase),
            deadline=None,
            database=None,
            derandomize=bool(phases),
            print_blob=False,
            suppress_health_check=list(HealthCheck),
        ),
    )


@pytest.mark.slow
@pytest.mark.django_db
def test_lists_and_checks_equal_the_oracle_after_every_event() -> None:
    _run()


# The room cases/access/who.py; its name in the package is the function `who`.
RESOLVING = sys.modules[Who.__module__]


def _with(new: Ceiling) -> dict[str, object]:
    key = (new.role, new.kind, new.restricted)
    others = [c for c in CEILINGS if (c.role, c.kind, c.restricted) != key]
    return {"CEILINGS": [*others, new]}


WEAKER: dict[str, dict[str, object]] = {
    "coordinators see restricted cases": _with(Ceiling(Role.COORDINATOR, "A", True, 40)),
    "board members have a seat": _with(Ceiling(Role.BOARD_VIEWER, "S", False, 40)),
    "counsellors read normal cases": _with(Ceiling(Role.COUNSELLOR, "A", False, 20)),
    "every leader reads content": {"_cap": lambda role, _p, cap: max(cap, 20)},
}


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.parametrize("weaker", WEAKER)
def test_the_oracle_notices_a_weaker_model(weaker: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in WEAKER[weaker].items():
        monkeypatch.setattr(RESOLVING, name, value)
    # Looking for the first contradiction is enough; making it small would take longer than finding it.
    with pytest.raises(AssertionError):
        _run(Phase.generate)


@pytest.mark.django_db
def test_a_second_rebuild_changes_no_row() -> None:
    machine = Events()
    try:
        machine.joins(1, (0, "teacher"))
        machine.is_asked_along(1, 0, 30, "shared", 4)
        machine.gets_a_row_by_mistake(2, 0, "manage_case", None)
        before = sorted(Access.objects.values_list())
        rebuild_access(machine.cases[0])
        assert sorted(Access.objects.values_list()) == before
    finally:
        machine.teardown()
