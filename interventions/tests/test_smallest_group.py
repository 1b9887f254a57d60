"""A school asks for more answers than we do: everywhere, also of results from before, and never for fewer."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from interventions import events
from interventions.models import Run, SmallestGroup
from interventions.queries.thermometer_limits import limits_of, limits_of_school
from interventions.queries.thermometer_list import series_of
from interventions.queries.thermometer_results import Results
from interventions.services.smallest_group import set_smallest_group
from interventions.services.thermometer_runs import close_run, open_run, prepare_run
from interventions.tests.classes import lines_of, scores_of
from interventions.tests.measuring import LATER, Measured, make_measured
from interventions.thermometer.publish import FLOOR, Limits, changes, publish
from interventions.thermometer.questionnaire import FULL, version
from pestzorg.audit.models import AuditEvent
from pestzorg.errors import RuleBroken
from pestzorg.testing.builders import NOW, make_person, make_school
from pestzorg.testing.clients import signed_in, text_of
from schools.roles import Role

NUMBERS = st.integers(min_value=0, max_value=60)
BEFORE, AFTER = lines_of("A before"), lines_of("A after")


@pytest.fixture
def group(db: None, at: Any) -> Measured:
    at(NOW)
    return make_measured(pupils=24)


def place(group: Measured) -> str:
    return f"/schools/{group.school.code}/thermometer/"


# ── the number itself ────────────────────────────────────────────────────────
@given(NUMBERS, NUMBERS, st.integers(min_value=0, max_value=23))
def test_no_limits_show_what_the_floor_hides(means: int, spread: int, answered: int) -> None:
    scores = scores_of(BEFORE[:answered])
    found = publish(scores, version(FULL), class_size=24, limits=Limits(means, spread))
    floor = publish(scores, version(FULL), class_size=24)
    assert (found is None) == (answered < max(means, 8))
    if found is None or floor is None:
        return
    assert set(found.figures) <= set(floor.figures)
    assert all(figure.n >= max(means, 8) for figure in found.figures.values())
    counted = [sum(counts) for counts in found.spread.values()]
    counted += [share.n for share in found.prevalence.values()]
    assert all(n >= max(means, spread, 10) for n in counted)


@given(NUMBERS, NUMBERS)
def test_a_comparison_needs_both_runs(first: int, second: int) -> None:
    both = Limits(first).stricter(Limits(second))
    runs = [
        publish(scores_of(lines), version(FULL), class_size=24, limits=both)
        for lines in (BEFORE[:12], AFTER)
    ]
    assert bool(changes(*runs)) == (max(first, second) <= 12)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("limits", "wrong"),
    [
        (Limits(7, 10), "means"),
        (Limits(8, 9), "spread"),
        (Limits(12, 11), "spread"),
        (Limits(101, 101), "means"),
    ],
)
def test_never_below_the_floor(group: Measured, limits: Limits, wrong: str) -> None:
    with pytest.raises(RuleBroken) as complaint:
        set_smallest_group(group.coordinator, group.school, limits, now=NOW)
    assert complaint.value.problems[0].field == wrong
    assert not SmallestGroup.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(("means", "spread"), [(7, 10), (8, 9), (12, 11)])
def test_the_database_refuses_it_too(group: Measured, means: int, spread: int) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        SmallestGroup.objects.create(school=group.school, means_from=means, spread_from=spread)


@pytest.mark.django_db
@pytest.mark.parametrize("role", [Role.TEACHER, Role.COUNSELLOR, Role.PRINCIPAL])
def test_others_decide_nothing(group: Measured, role: Role) -> None:
    person = make_person(role, group.school)
    with pytest.raises(RuleBroken):
        set_smallest_group(person, group.school, Limits(12, 12), now=NOW)
    assert signed_in(person).get(place(group)).status_code == 404


# ── what it hides ────────────────────────────────────────────────────────────
@pytest.mark.django_db
def test_raising_hides_what_was_shown_before_on_every_page_and_paper(group: Measured) -> None:
    first = group.measure(BEFORE[:12])
    second = group.measure(AFTER, now=LATER)
    assert Results(second).before is not None
    set_smallest_group(group.coordinator, group.school, Limits(13, 13), now=LATER)
    assert Results(first).shown is None
    assert Results(Run.objects.get(pk=second.pk)).before is None
    assert [bool(row.total) for row in series_of(first)] == [False, True]
    client = signed_in(group.teacher)
    page = text_of(client.get(f"/thermometer/{first.uuid}/"))
    assert "minstens 13" in page
    assert client.get(f"/thermometer/{first.uuid}/poster/").status_code == 302


@pytest.mark.django_db
def test_a_run_keeps_what_was_asked_when_it_closed(group: Measured) -> None:
    set_smallest_group(group.coordinator, group.school, Limits(13, 15), now=NOW)
    run = group.open(minimum=13)
    close_run(group.teacher, run, now=NOW)
    set_smallest_group(group.coordinator, group.school, FLOOR, now=LATER)
    assert limits_of(Run.objects.get()) == Limits(13, 15)
    assert limits_of_school(group.school) == FLOOR


@pytest.mark.django_db
def test_raised_while_a_class_answers_it_counts_too(group: Measured) -> None:
    run = group.open()
    set_smallest_group(group.coordinator, group.school, Limits(30, 30), now=NOW)
    close_run(group.teacher, run, now=NOW)
    assert limits_of(Run.objects.get()) == Limits(30, 30)


@pytest.mark.django_db
def test_a_run_asks_no_less_than_its_school(group: Measured) -> None:
    set_smallest_group(group.coordinator, group.school, Limits(24, 24), now=NOW)
    given_now = {"kind": FULL, "planned_on": NOW.date(), "now": NOW}
    with pytest.raises(RuleBroken):
        prepare_run(group.teacher, group.school_class, minimum=23, **given_now)
    run = prepare_run(group.teacher, group.school_class, **given_now)
    assert run.minimum == 24
    set_smallest_group(group.coordinator, group.school, Limits(25, 25), now=NOW)
    with pytest.raises(RuleBroken):  # the class has 24 pupils
        open_run(group.teacher, run, now=NOW)
    form = signed_in(group.teacher).get(f"/classes/{group.school_class.uuid}/thermometer/")
    assert form.context["form"].fields["minimum"].min_value == 25


@pytest.mark.django_db
def test_another_school_stays_as_it_was(group: Measured) -> None:
    set_smallest_group(group.coordinator, group.school, Limits(13, 13), now=NOW)
    assert limits_of_school(make_school("Het Kompas", "het-kompas")) == FLOOR


# ── the page ─────────────────────────────────────────────────────────────────
@pytest.mark.django_db
@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.SCHOOL_ADMIN])
def test_the_school_raises_it_on_a_page_with_one_event(group: Measured, role: Role) -> None:
    person = make_person(role, group.school)
    client = signed_in(person)
    lists = "/classes/" if role == Role.COORDINATOR else "/start/"
    assert place(group) in text_of(client.get(lists))
    wrong = client.post(place(group), {"means": "7", "spread": "10"})
    assert wrong.status_code == 422
    assert "Kies een getal van 8 tot en met 100." in text_of(wrong)
    client.post(place(group), {"means": "12", "spread": "14"})
    assert limits_of_school(group.school) == Limits(12, 14)
    event = AuditEvent.objects.get(verb=events.SMALLEST_GROUP_SET)
    assert event.actor_id == person.pk
