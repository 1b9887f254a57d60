"""How the benchmark counts, without a database."""

from __future__ import annotations

from itertools import count

import pytest

from pestzorg.bench.population import OWN_CASES, Persona, Population
from pestzorg.bench.reference import seen_by
from pestzorg.bench.rounds import Ratio, Times, race
from pestzorg.bench.verdict import Verdict


@pytest.fixture(scope="module")
def population() -> Population:
    return Population(2_000)


def test_population_comes_out_the_same_each_time(population: Population) -> None:
    assert Population(2_000).cases == population.cases


def test_reference_knows_ends_roles_restriction_and_exclusion(population: Population) -> None:
    teacher, coordinator, many, heavy = population.personas
    assert len(seen_by(teacher, population)) == OWN_CASES
    assert {level for _number, level in seen_by(coordinator, population)} == {40}
    ((user, closed),) = population.exclusions
    assert user == many.user
    assert closed not in dict(seen_by(many, population))
    shared = [c for c in population.cases if c.is_open and heavy.user in {g.user for g in c.grants}]
    ended = [c.number for c in shared if c.grants[-1].user == heavy.user and not c.grants[-1].live]
    assert ended
    assert not set(ended) & set(dict(seen_by(heavy, population)))


def test_reference_gives_a_principal_headers_and_a_counsellor_the_restricted(
    population: Population,
) -> None:
    school = population.middle
    principal = Persona("principal", population.member(school, 1), (("principal", school),))
    counsellor = Persona("counsellor", population.member(school, 4), (("counsellor", school),))
    restricted = {c.number for c in population.cases if c.restricted}
    headers = seen_by(principal, population)
    assert {level for _number, level in headers} == {10}
    assert not set(dict(headers)) & restricted
    assert set(dict(seen_by(counsellor, population))) <= restricted


def test_variants_take_turns_and_the_first_round_does_not_count() -> None:
    order, clock = [], count(step=1_000_000)
    first, second = lambda: order.append("first"), lambda: order.append("second")
    times = race({"first": first, "second": second}, rounds=3, clock=lambda: next(clock))
    assert order == ["first", "second"] * 3
    assert times["first"].values == (1.0, 1.0)


def test_ratio_is_that_of_the_medians_and_of_the_quiet_rounds() -> None:
    slow, fast = Times((2.0, 4.0, 60.0)), Times((1.0, 2.0, 3.0))
    assert slow.over(fast).median == 2
    assert slow.over(fast).p10 == pytest.approx(2, abs=0.01)


@pytest.mark.parametrize(("median", "p10", "missed"), [(3, 1, 0), (1, 3, 0), (3, 3, 1)])
def test_target_is_missed_only_when_both_exceed_it(median: float, p10: float, missed: int) -> None:
    verdict = Verdict(asks=True)
    verdict.at_most("S1", "page", Ratio(median, p10), 2)
    assert len(verdict.missed) == missed


def test_small_country_shows_figures_but_still_wants_the_right_cases() -> None:
    verdict = Verdict(asks=False)
    verdict.at_least("S1c", "page", 1, 8)
    assert verdict.missed == []
    verdict.holds("S1", "same cases", met=False)
    assert "MISSED" in verdict.table()
