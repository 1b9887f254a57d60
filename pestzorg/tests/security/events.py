"""The events of the proof of access: each is told to the services and to the oracle, which must agree on it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from django.contrib.auth.models import Permission
from django.db import transaction
from django.db.models import ProtectedError, RestrictedError
from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule

from cases.ceilings import Level
from cases.models import Case, CaseExclusion, CaseUserObjectPermission
from cases.models.access import FOREVER
from cases.services.break_glass import break_glass
from cases.services.exclusions import exclude_from_case, lift_exclusion
from cases.services.extras import grant_extra, take_back_extra
from cases.services.restriction import lift_restriction, restrict_case
from cases.services.sharing import rebuild_access, share_case, take_back
from pestzorg.tests.security import oracle
from pestzorg.tests.security.oracle import CASES, PEOPLE, SCHOOLS, Given, Held
from pestzorg.tests.security.stage import LEVELS, Stage
from schools.models import Membership, SchoolExclusion
from schools.roles import Role
from schools.services.exclusions import exclude_from_school, lift_school_exclusion
from schools.services.people import end_membership, give_role

EXTRAS = ("view_reporter", "export_case")
REASON = "A pupil said that today after school he will be beaten up."

persons, cases = st.integers(0, PEOPLE - 1), st.integers(0, CASES - 1)
schools = st.integers(0, SCHOOLS - 1)
posts = st.one_of(
    st.tuples(schools, st.sampled_from(oracle.AT_SCHOOL)),
    st.tuples(st.sampled_from(["board 0", "board 1"]), st.sampled_from(oracle.AT_BOARD)),
)
# Every role that opens something is there from the beginning, so that every event matters to somebody.
AT_FIRST: list[tuple[object, str]] = [
    *((0, role) for role in ("teacher", "coordinator", "counsellor", "principal")),
    ("board 0", "safety_officer"),
]
LEADER, SAFETY_OFFICER = 3, 4
GLASS_ROLES = set(oracle.GLASS_OF.values())
last_posts = st.sampled_from(
    [
        *((0, "school_admin"), (0, "counsellor"), (1, "coordinator")),
        *(("board 0", "board_viewer"), ("board 0", "dpo"), ("board 1", "safety_officer")),
    ]
)
terms = st.one_of(st.none(), st.sampled_from([6, 24, 72]))  # hours
passing = st.sampled_from([1, 1, 3, 4, 12, 48, 24 * 15])


class Events(Stage):
    """Tells each event twice. What is compared afterwards: test_any_order.py."""

    @initialize(
        last=last_posts,
        restricted=st.sets(cases),
        grants=st.lists(st.tuples(persons, st.integers(0, 1), st.sampled_from([*LEVELS, *EXTRAS]))),
        emergency=st.booleans(),
    )
    def begins(
        self, last: tuple[object, str], restricted: set[int], grants: Any, emergency: bool
    ) -> None:
        """Five people with the roles that matter most, one with any; some grants, a slip, and emergencies."""
        for person, post in enumerate([*AT_FIRST, last]):
            self.joins(person, post)
        self.joins(LEADER, (0, "teacher"))  # teaches a day, as leaders of small schools do
        for case in restricted:
            self._set_restricted(case, yes=True)
        for person, case, codename in [*grants, (PEOPLE - 1, 0, "manage_case")]:
            self.gets_a_row_by_mistake(person, case, codename, None)
        for case in range(3 if emergency else 0):
            self.facts.now += timedelta(minutes=1)
            self.breaks_glass(SAFETY_OFFICER if case in restricted else LEADER, case)

    # ── people come and go ───────────────────────────────────────────────────
    @rule(person=persons, post=posts)
    def joins(self, person: int, post: tuple[object, str]) -> None:
        place, role = post
        sleeps = (person, place) in self.facts.suspended or person in self.facts.inactive
        out = (person, place) in self.facts.out_of_school
        known = [
            h for h in self.facts.roles if (h.person, h.place, h.role) == (person, place, role)
        ]
        again = any(h.ends is None or h.ends > self.now or h.begins == self.now for h in known)
        if person in self.facts.gone_people or sleeps or out or again:
            return
        where = {"board" if isinstance(place, str) else "school": self.places[place]}
        give_role(None, self.people[person], Role(role), now=self.now, **where)
        self.facts.roles.append(Held(person, place, role, self.now))

    @rule(person=persons, place=st.sampled_from([0, 1, 2, "board 0"]))
    def leaves(self, person: int, place: object) -> None:
        membership = self._membership(person, place)
        if membership is None:
            return
        with self.hand_over():
            end_membership(None, membership, now=self.now)
            self.facts.roles = [
                replace(h, ends=max(self.now, h.begins))
                if (h.person, h.place) == (person, place) and (h.ends or FOREVER) > self.now
                else h
                for h in self.facts.roles
            ]

    @rule(data=st.data())
    def one_role_ends(self, data: st.DataObject) -> None:
        """Its other roles, grants and emergencies stay: they must not open what only this role did."""
        held = [h for h in self.facts.roles if h.ends is None and h.begins < self.now]
        if not held:
            return
        urgent = [h for h in held if h.person in self._behind_glass() and h.role in GLASS_ROLES]
        ended = data.draw(st.sampled_from([*urgent * 8, *held]))
        membership = self._membership(ended.person, ended.place)
        assert membership is not None
        running = membership.roles.filter(role=ended.role, valid_until=None)
        assert running.update(valid_until=self.now) == 1
        self.facts.roles.remove(ended)
        self.facts.roles.append(replace(ended, ends=self.now))

    @rule(
        old=st.sampled_from([0, 0, 1]),
        new=st.sampled_from([0, 0, 1, 2]),
        role=st.sampled_from(oracle.AT_SCHOOL),
        data=st.data(),
    )
    def gets_another_post(self, old: int, new: int, role: str, data: st.DataObject) -> None:
        person = data.draw(self._mostly(self._behind_glass()))
        self.leaves(person, old)
        self.joins(person, (new, role))

    @rule(place=st.sampled_from([0, 0, 0, 1, "board 0"]), data=st.data())
    def is_suspended_or_returns(self, place: object, data: st.DataObject) -> None:
        # Mostly somebody whose emergency access runs: with the role it must end.
        person = data.draw(self._mostly(self._behind_glass()))
        membership = self._membership(person, place)
        if membership is not None:
            self.facts.suspended ^= {(person, place)}
            state = "suspended" if (person, place) in self.facts.suspended else "active"
            Membership.objects.filter(pk=membership.pk).update(state=state)

    @rule(person=persons)
    def account_is_switched(self, person: int) -> None:
        if person not in self.facts.gone_people:
            self.facts.inactive ^= {person}
            self.people[person].is_active = person not in self.facts.inactive
            self.people[person].save(update_fields=["is_active"])

    @rule(person=persons)
    def person_is_deleted(self, person: int) -> None:
        if self.facts.gone_people:
            return
        key = self.people[person].pk
        try:
            with transaction.atomic():
                self.people[person].delete()
        except (ProtectedError, RestrictedError):
            self.people[person].pk = key  # they decided something that must stay on record
            return
        self.people[person].pk = key
        self.facts.gone_people.add(person)
        for name in ("roles", "grants", "extras", "glass"):
            setattr(self.facts, name, [g for g in getattr(self.facts, name) if g.person != person])
        self.facts.out_of_case = {o for o in self.facts.out_of_case if o[0] != person}
        self.facts.out_of_school = {o for o in self.facts.out_of_school if o[0] != person}

    # ── a case is given by name ──────────────────────────────────────────────
    @rule(person=persons, case=cases, level=st.sampled_from([20, 30, 40]), term=terms)
    def is_asked_along(self, person: int, case: int, level: int, term: int | None) -> None:
        until = self._until(term)
        told = {"now": self.now, "valid_until": until}
        if self._given(
            person, case, lambda c, p: share_case(self.grantor, c, p, Level(level), **told)
        ):
            self._forget(person, case)
            self.facts.grants.append(Given(person, case, level, until))

    @rule(person=persons, case=cases)
    def is_thanked(self, person: int, case: int) -> None:
        if self._are_there(person, case):
            take_back(self.grantor, self.cases[case], self.people[person], now=self.now)
            self._forget(person, case)

    @rule(person=persons, case=cases, what=st.sampled_from(EXTRAS), term=terms)
    def gets_an_extra(self, person: int, case: int, what: str, term: int | None) -> None:
        until = self._until(term)
        told = {"now": self.now, "valid_until": until}
        if self._given(person, case, lambda c, p: grant_extra(self.grantor, c, p, what, **told)):
            self._forget_extra(person, case, what)
            self.facts.extras.append(Given(person, case, what, until))

    @rule(person=persons, case=cases, what=st.sampled_from(EXTRAS))
    def loses_an_extra(self, person: int, case: int, what: str) -> None:
        if self._are_there(person, case):
            who = self.people[person]
            take_back_extra(self.grantor, self.cases[case], who, what, now=self.now)
            self._forget_extra(person, case, what)

    @rule(person=persons, case=cases, codename=st.sampled_from([*LEVELS, *EXTRAS]), term=terms)
    def gets_a_row_by_mistake(
        self, person: int, case: int, codename: str, term: int | None
    ) -> None:
        """A row that no service would write, for anybody at all."""
        kind = self.facts.extras if codename in EXTRAS else self.facts.grants
        row = Given(person, case, LEVELS.get(codename, codename), self._until(term))
        there = {(g.person, g.case, g.what) for g in kind}
        if not self._are_there(person, case) or (person, case, row.what) in there:
            return
        CaseUserObjectPermission.objects.create(
            user=self.people[person],
            content_object=self.cases[case],
            permission=Permission.objects.get(
                codename=codename, content_type__app_label="cases", content_type__model="case"
            ),
            purpose="shared",
            granted_by=self.grantor,
            granted_at=self.now,
            valid_until=row.until,
        )
        rebuild_access(self.cases[case])
        kind.append(row)

    # ── closing to somebody, closing to all, emergencies ─────────────────────
    @rule(case=cases, data=st.data())
    def is_excluded(self, case: int, data: st.DataObject) -> None:
        # Mostly somebody who sees the case.
        seers = [p for p in range(PEOPLE) if self.facts.level(p, case) >= 10]
        person = data.draw(self._mostly(seers))
        actor = self._actor(data, lambda p: self.facts.may(p, "R28", case))
        if not self._are_there(person, case) or not self._are_there(actor, case):
            return
        may = self.facts.may(actor, "R28", case)
        right = may and (person, case) not in self.facts.out_of_case
        with self.hand_over(), self.refused(unless=right):
            exclude_from_case(
                self.people[actor], self.cases[case], self.people[person],
                reason="family", now=self.now,
            )  # fmt: skip
            self.facts.out_of_case.add((person, case))

    @rule(case=cases, data=st.data())
    def exclusion_is_lifted(self, case: int, data: st.DataObject) -> None:
        out = sorted(p for p, c in self.facts.out_of_case if c == case)
        actor = self._actor(data, lambda p: self.facts.may(p, "R29", case))
        if not out or not self._are_there(actor, case):
            return
        person = data.draw(st.sampled_from(out))
        row = CaseExclusion.objects.get(
            user=self.people[person], case=self.cases[case], lifted_at=None
        )
        may = self._may("R29", case)
        if self._by_two(
            ("case", row.pk), actor, may, lambda who: lift_exclusion(who, row, now=self.now)
        ):
            self.facts.out_of_case.remove((person, case))

    @rule(person=persons, school=st.sampled_from([0, 0, 1]), data=st.data())
    def is_kept_out_of_a_school(self, person: int, school: int, data: st.DataObject) -> None:
        actor = self._actor(data, lambda p: self._decides(p, school))
        if {person, actor} & self.facts.gone_people:
            return
        right = self._decides(actor, school) and (person, school) not in self.facts.out_of_school
        with self.hand_over(), self.refused(unless=right):
            exclude_from_school(
                self.people[actor], self.places[school], self.people[person],
                reason="concern", now=self.now,
            )  # fmt: skip
            self.facts.out_of_school.add((person, school))

    @rule(data=st.data())
    def may_come_back_to_a_school(self, data: st.DataObject) -> None:
        if not self.facts.out_of_school:
            return
        person, school = data.draw(st.sampled_from(sorted(self.facts.out_of_school)))
        actor = self._actor(data, lambda p: self._decides(p, school))
        if actor in self.facts.gone_people:
            return
        row = SchoolExclusion.objects.get(
            user=self.people[person], school=self.places[school], lifted_at=None
        )
        if self._by_two(
            ("school", row.pk),
            actor,
            lambda p: self._decides(p, school),
            lambda who: lift_school_exclusion(who, row, now=self.now),
        ):
            self.facts.out_of_school.remove((person, school))

    @rule(case=cases, data=st.data())
    def is_restricted(self, case: int, data: st.DataObject) -> None:
        actor = self._actor(data, lambda p: self.facts.may(p, "R30", case))
        if not self._are_there(actor, case):
            return
        right = self.facts.may(actor, "R30", case) and case not in self.facts.restricted
        with self.hand_over(), self.refused(unless=right):
            restrict_case(self.people[actor], self.cases[case], now=self.now)
            self.facts.restricted.add(case)
            self.facts.asked.pop(("restricted", case), None)

    @rule(case=cases, data=st.data())
    def restriction_is_lifted(self, case: int, data: st.DataObject) -> None:
        actor = self._actor(data, lambda p: self.facts.may(p, "R31", case))
        if not self._are_there(actor, case):
            return
        may = self._may("R31", case)
        if self._by_two(
            ("restricted", case),
            actor,
            may,
            lambda who: lift_restriction(who, self.cases[case], now=self.now),
        ):
            self.facts.restricted.remove(case)

    @rule(case=cases, data=st.data())
    def glass_is_broken(self, case: int, data: st.DataObject) -> None:
        self.breaks_glass(self._actor(data, lambda p: self.facts.may(p, "R39", case)), case)

    def breaks_glass(self, actor: int, case: int) -> None:
        if not self._are_there(actor, case):
            return
        with self.refused(unless=self.facts.may(actor, "R39", case)):
            who, on = self.people[actor], self.cases[case]
            break_glass(who, on, reason=REASON, reason_code="danger", now=self.now)
            role = oracle.GLASS_OF[case in self.facts.restricted]
            self.facts.glass.append(Given(actor, case, role, self.now + oracle.LASTS))

    # ── the case, the school, the clock ──────────────────────────────────────
    @rule(case=cases, status=st.sampled_from(["active", "closed", "aftercare", "anonymised"]))
    def changes_status(self, case: int, status: str) -> None:
        if case not in self.facts.gone_cases:
            self._change(case, status=status)
            self.facts.closed -= {case}
            self.facts.closed |= {case} if status in {"closed", "anonymised"} else set()

    @rule(case=cases, yes=st.booleans())
    def somebody_sets_the_mark(self, case: int, yes: bool) -> None:
        if case not in self.facts.gone_cases:
            self._set_restricted(case, yes=yes)

    @rule(case=cases, school=schools)
    def goes_to_another_school(self, case: int, school: int) -> None:
        if case not in self.facts.gone_cases:
            self._change(case, school=self.places[school])
            self.facts.lies_in[case] = school

    @rule(case=cases)
    def case_is_deleted(self, case: int) -> None:
        if self.facts.gone_cases:
            return
        key = self.cases[case].pk
        Case.objects.get(pk=key).delete()
        self.facts.gone_cases.add(case)
        for name in ("grants", "extras", "glass"):
            setattr(self.facts, name, [g for g in getattr(self.facts, name) if g.case != case])
        self.facts.out_of_case = {o for o in self.facts.out_of_case if o[1] != case}

    @rule(school=schools)
    def decides_about_its_leader(self, school: int) -> None:
        self.facts.reading_principals ^= {school}
        self.places[school].principal_content = school in self.facts.reading_principals
        self.places[school].save(update_fields=["principal_content"])

    @rule(hours=passing)
    def time_passes(self, hours: int) -> None:
        self.facts.now += timedelta(hours=hours)
