"""The page of the list answers what `visible_to` answers, in order, with the level on each case."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

import pytest

from cases.access import Who, rules_on, visible_to
from cases.access.page import CLOSED, FIRST, OPEN, Key, Part, Place, count, page, place_of
from cases.ceilings import Level
from cases.models import Access, Case, CaseExclusion
from cases.queries.case_list import case_list
from cases.services.sharing import rebuild_access, share_case
from cases.tests.scene import Scene
from pestzorg.testing.builders import NOW, make_person, make_report, make_school
from schools.roles import Role
from schools.services.people import give_role

BOTH = (OPEN, CLOSED)


@pytest.fixture
def crowd(scene: Scene) -> Scene:
    """Nine more cases: some at the same moment, some closed, one restricted, one of another school."""
    for number in range(8):
        moment = NOW - timedelta(minutes=number // 2)
        case = make_report(scene.coordinator, scene.school, now=moment).case
        if number % 2:
            share_case(scene.coordinator, case, scene.colleague, Level.CONTRIBUTE, now=NOW)
        if number == 3:
            share_case(scene.coordinator, case, scene.principal, Level.VIEW, now=NOW)
        if number > 5:
            Case.objects.filter(pk=case.pk).update(status="closed")
        if number == 2:
            Case.objects.filter(pk=case.pk).update(restricted=True)
        rebuild_access(case)
    zuid = make_school("Zuid", "zuid")
    give_role(None, scene.colleague, Role.COORDINATOR, school=zuid, now=NOW - timedelta(days=1))
    make_report(make_person(Role.TEACHER, zuid), zuid)
    return scene


def everybody(scene: Scene) -> list[Who]:
    names = ("coordinator", "teacher", "colleague", "principal", "counsellor")
    return [scene.who(getattr(scene, name)) for name in names]


def expected(who: Who) -> list[tuple[int, int]]:
    found = visible_to(who).order_by("-opened_at", "-pk")
    return [(case.pk, max(at for at in Level if at and _reaches(who, case, at))) for case in found]


def _reaches(who: Who, case: Case, level: int) -> bool:
    case.is_open = True  # a level shows in what may be written, which a closed case does not allow
    rule = {10: "R13", 20: "R14", 30: "R17", 40: "R27", 90: "none"}[level]
    return rule in rules_on(who, case)


def pairs(keys: list[Key]) -> list[tuple[int, int]]:
    return [(key.case_id, key.level) for key in keys]


def test_page_is_the_visible_set_with_levels(crowd: Scene) -> None:
    for who in everybody(crowd):
        assert pairs(page(who, Part(limit=100, states=BOTH))) == expected(who)


def test_pages_hold_every_case_once_in_both_directions(crowd: Scene) -> None:
    for who in everybody(crowd):
        found: list[Key] = []
        while step := page(who, Part(limit=2, place=_end(found), states=BOTH)):
            found += step
        assert pairs(found) == expected(who)
        for before, after in pairwise(found):
            place = Place(after.opened_at, after.case_id)
            assert page(who, Part(limit=1, place=place, newer=True, states=BOTH)) == [before]


def _end(found: list[Key]) -> Place:
    return Place(found[-1].opened_at, found[-1].case_id) if found else FIRST


def test_open_and_closed_cases_are_apart(crowd: Scene) -> None:
    who = crowd.who(crowd.coordinator)
    for states, is_open in ((OPEN,), True), ((CLOSED,), False):
        found = page(who, Part(limit=100, states=states))
        assert {key.case_id for key in found} == set(
            visible_to(who).filter(is_open=is_open).values_list("pk", flat=True)
        )


def test_narrowed_page_holds_what_is_visible_and_wanted(crowd: Scene) -> None:
    reported = Case.objects.filter(status="reported").values("pk")
    for who in everybody(crowd):
        found = page(who, Part(limit=100, among=reported))
        wanted = visible_to(who).filter(status="reported").order_by("-opened_at", "-pk")
        assert [key.case_id for key in found] == list(wanted.values_list("pk", flat=True))


def test_case_with_several_rows_does_not_shorten_the_page(crowd: Scene) -> None:
    who = crowd.who(crowd.colleague)
    before = page(who, Part(limit=100))
    for row in Access.objects.filter(principal__user=crowd.colleague):
        row.pk, row.is_only = (row.principal_id, row.case_id, Level.VIEW), False
        row.save(force_insert=True)
    Access.objects.filter(principal__user=crowd.colleague).update(is_only=False)
    assert page(who, Part(limit=len(before))) == before
    assert page(who, Part(limit=100)) == before
    assert count(who) == count(who, at_most=len(before)) == len(before)


def test_expired_grant_is_on_no_page(crowd: Scene) -> None:
    Access.objects.filter(principal__user=crowd.colleague).update(valid_until=NOW)
    assert len(page(crowd.who(crowd.colleague), Part(limit=100))) == 1


def test_excluded_case_is_on_no_page_and_in_no_count(crowd: Scene) -> None:
    before = count(crowd.who(crowd.coordinator))
    CaseExclusion.objects.create(
        case=crowd.case,
        user=crowd.coordinator,
        reason_code="conflict",
        set_by=crowd.principal,
        set_at=NOW,
    )
    who = crowd.who(crowd.coordinator)
    assert pairs(page(who, Part(limit=100, states=BOTH))) == expected(who)
    assert crowd.case.pk not in {key.case_id for key in page(who, Part(limit=100))}
    among = Case.objects.values("pk")
    assert page(who, Part(limit=100, among=among)) == page(who, Part(limit=100))
    assert count(who) == before - 1


def test_count_is_exact_and_stops_where_it_is_told(crowd: Scene) -> None:
    for who in everybody(crowd):
        exact = visible_to(who).filter(is_open=True).count()
        assert count(who) == exact
        assert count(who, at_most=3) == min(exact, 3)


def test_place_of_a_foreign_case_is_as_unknown_as_that_of_none(crowd: Scene) -> None:
    case = crowd.case
    assert place_of(crowd.who(crowd.teacher), case.uuid) == Place(case.opened_at, case.pk)
    assert place_of(crowd.who(crowd.colleague), case.uuid) is None


def test_many_open_cases_are_counted_to_a_thousand(
    crowd: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    who = crowd.who(crowd.coordinator)
    assert case_list(who).open == str(visible_to(who).filter(is_open=True).count())
    monkeypatch.setattr("cases.queries.case_list.COUNTED", 3)
    found = case_list(who)
    assert found.open == "3+"
    assert "on_hold" in found.states  # may lie among those that were not counted


def test_header_row_is_read_without_any_name(crowd: Scene) -> None:
    rows = [row for _state, rows in case_list(crowd.who(crowd.principal)).groups for row in rows]
    plain = [row for row in rows if not row.has_content]
    assert plain
    assert all((row.title, row.handler) == (row.reference, "") for row in plain)
    assert [row.title for row in rows if row.has_content] == ["Noor"]


def test_states_are_offered_on_an_empty_page_too(crowd: Scene) -> None:
    found = case_list(crowd.who(crowd.coordinator), search="nobody")
    assert found.groups == []
    assert found.states == ["reported", "active", "closed"]
