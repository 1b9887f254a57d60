"""The stage of the proof of access: the rows it begins with, and the small turns that every event takes."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine

from cases.models import Case, CaseUserObjectPermission
from cases.models.access import FOREVER
from cases.services.sharing import rebuild_access
from pestzorg.errors import RuleBroken
from pestzorg.tests.security.oracle import HOME, PEOPLE, START, Facts, Given
from schools.models import Board, Membership, School, User

LEVELS = {"view_case": 20, "contribute_case": 30, "manage_case": 40}
DECIDE_AT_SCHOOL = {"coordinator", "counsellor", "principal", "safety_officer"}


@dataclass
class World:
    """The rows that every course of events begins with, made once."""

    people: list[User]
    places: dict[object, Any]
    cases: list[Case]
    grantor: User

    @classmethod
    def build(cls) -> World:
        boards = {name: Board.objects.create(name=name) for name in ("board 0", "board 1")}
        places: dict[object, Any] = {**boards}
        for number, board in HOME.items():
            places[number] = School.objects.create(
                board=boards[board], name=f"s{number}", code=f"s{number}", country="nl"
            )
        people = [User(email=f"p{n}@example.org") for n in range(PEOPLE)]
        people[0].is_superuser = people[0].is_staff = True  # must open nothing
        for person in people:
            person.save()
        found = [
            Case.objects.create(
                school=places[school], opened_at=START - timedelta(hours=n), status="active"
            )
            for n, school in enumerate(Facts().lies_in)
        ]
        for case in found:
            rebuild_access(case)
        return cls(people, places, found, User.objects.create(email="grantor@example.org"))


class Stage(RuleBasedStateMachine):
    """Holds the facts beside the rows; every course of events is undone at its end."""

    world: World

    def __init__(self) -> None:
        super().__init__()
        self.undo = transaction.atomic()
        self.undo.__enter__()
        self.facts = Facts()
        self.people = [copy.copy(person) for person in self.world.people]
        self.cases = [copy.copy(case) for case in self.world.cases]
        self.places = {name: copy.copy(place) for name, place in self.world.places.items()}

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.undo.__exit__(None, None, None)

    @property
    def now(self) -> datetime:
        return self.facts.now

    @property
    def grantor(self) -> User:
        return self.world.grantor

    @contextmanager
    def refused(self, *, unless: bool) -> Iterator[None]:
        """What the oracle allows happens; everything else is refused by the service."""
        happened = False
        with suppress(RuleBroken):
            yield
            happened = True
        assert happened == unless, "happened" if happened else "was refused"

    @contextmanager
    def hand_over(self) -> Iterator[None]:
        """Somebody may be gone now. Whoever was left without a manager may get a counsellor, and nobody else."""
        yield
        rows = CaseUserObjectPermission.objects.filter(permission__codename__in=LEVELS)
        there = set(rows.values_list("user", "content_object", "permission__codename"))
        word = {level: name for name, level in LEVELS.items()}
        known = {
            (self.people[g.person].pk, self.cases[g.case].pk, word[g.what])
            for g in self.facts.grants
        }
        for user, on, codename in sorted(there - known):
            assert codename == "manage_case"
            self._counsellor_took_over(user, on)

    def _counsellor_took_over(self, user: int, on: int) -> None:
        case = next(n for n, row in enumerate(self.cases) if row.pk == on)
        person = next(n for n, who in enumerate(self.people) if who.pk == user)
        assert not self.facts.has_manager(case)
        assert "counsellor" in self.facts.roles_at(person, self.facts.lies_in[case])
        assert (person, case) not in self.facts.out_of_case
        self._forget(person, case)
        self.facts.grants.append(Given(person, case, 40, FOREVER))

    def _given(self, person: int, case: int, give: Callable[[Case, User], None]) -> bool:
        if not self._are_there(person, case):
            return False
        right = self.facts.works_at(person, self.facts.lies_in[case])
        right = right and (person, case) not in self.facts.out_of_case
        with self.refused(unless=right):
            give(self.cases[case], self.people[person])
        return right

    def _by_two(
        self, key: object, actor: int, may: Callable[[int], bool], act: Callable[[User], bool]
    ) -> bool:
        answer = self.facts.second_agrees(key, actor, may) if may(actor) else None
        with self.refused(unless=answer is not None):
            assert act(self.people[actor]) == answer
        return bool(answer)

    def _actor(self, data: st.DataObject, may: Callable[[int], bool]) -> int:
        """Mostly somebody who may, sometimes anybody."""
        able = [person for person in range(PEOPLE) if may(person)]
        return int(data.draw(self._mostly(able)))

    def _mostly(self, some: list[int]) -> st.SearchStrategy[int]:
        """Chance alone would too seldom choose those to whom something happens."""
        return st.sampled_from([*some * 4, *range(PEOPLE)])

    def _behind_glass(self) -> list[int]:
        return sorted({g.person for g in self.facts.glass if g.until > self.now})

    def _decides(self, person: int, school: int) -> bool:
        return bool(self.facts.roles_at(person, school) & DECIDE_AT_SCHOOL)

    def _are_there(self, person: int, case: int) -> bool:
        return person not in self.facts.gone_people and case not in self.facts.gone_cases

    def _membership(self, person: int, place: object) -> Membership | None:
        kind = "board" if isinstance(place, str) else "school"
        return Membership.objects.filter(
            user=self.people[person].pk, **{kind: self.places[place]}
        ).first()

    def _until(self, term: int | None) -> datetime:
        return self.now + timedelta(hours=term) if term else FOREVER

    def _set_restricted(self, case: int, *, yes: bool) -> None:
        self._change(case, restricted=yes)
        self.facts.restricted -= {case}
        self.facts.restricted |= {case} if yes else set()

    def _change(self, case: int, **fields: Any) -> None:
        Case.objects.filter(pk=self.cases[case].pk).update(**fields)
        self.cases[case].refresh_from_db()
        rebuild_access(self.cases[case])

    def _forget(self, person: int, case: int) -> None:
        for name in ("grants", "extras"):
            kept = [g for g in getattr(self.facts, name) if (g.person, g.case) != (person, case)]
            setattr(self.facts, name, kept)

    def _forget_extra(self, person: int, case: int, what: str) -> None:
        gone = (person, case, what)
        self.facts.extras = [g for g in self.facts.extras if (g.person, g.case, g.what) != gone]

    def _may(self, rule: str, case: int) -> Callable[[int], bool]:
        return lambda person: self.facts.may(person, rule, case)
