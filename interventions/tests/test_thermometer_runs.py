"""Preparing, opening, closing and repeating a measurement: by whom, once, and never too small."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from interventions import events
from interventions.models import Run, SurveyToken
from interventions.queries.thermometer_series import are_same_pupils, repeat_from
from interventions.services.thermometer_runs import (
    close_run,
    drop_run,
    open_run,
    prepare_run,
    repeat_run,
)
from interventions.tests.measuring import LATER, make_measured
from pestzorg.audit.models import AuditEvent
from pestzorg.errors import RuleBroken
from pestzorg.testing.builders import (
    NOW,
    make_case_active,
    make_class,
    make_person,
    make_pupil,
    make_school,
)
from schools.models import Enrolment, Pupil
from schools.roles import Role
from schools.services.classes import enrol

pytestmark = pytest.mark.django_db


def test_opening_gives_a_code_a_token_for_each_pupil_and_a_day() -> None:
    run = make_measured(pupils=11).open()
    assert (run.state, run.class_size, run.opened_on) == ("open", 11, date(2025, 11, 3))
    assert len(run.code) == 6
    assert run.code.isdecimal()
    assert SurveyToken.objects.filter(run=run, is_handed_out=False).count() == 11


def test_closing_takes_code_and_tokens_away() -> None:
    group = make_measured(pupils=11)
    run = group.open()
    close_run(group.coordinator, run, now=NOW)
    run.refresh_from_db()
    assert (run.state, run.code, run.closed_on) == ("closed", "", date(2025, 11, 3))
    assert not SurveyToken.objects.exists()


def test_a_closed_run_is_never_opened_again() -> None:
    group = make_measured()
    run = group.measure([])
    with pytest.raises(RuleBroken, match="opened"):
        open_run(group.teacher, run, now=LATER)
    assert Run.objects.get().state == "closed"


def test_an_open_run_is_not_opened_twice_and_a_prepared_one_not_closed() -> None:
    group = make_measured()
    run = group.prepare()
    with pytest.raises(RuleBroken, match="not_open"):
        close_run(group.teacher, run, now=NOW)
    open_run(group.teacher, run, now=NOW)
    with pytest.raises(RuleBroken, match="opened"):
        open_run(group.teacher, run, now=NOW)


@pytest.mark.parametrize(
    ("pupils", "minimum", "opens"), [(7, 8, False), (8, 8, True), (11, 12, False)]
)
def test_a_class_below_the_minimum_is_not_opened(pupils: int, minimum: int, opens: bool) -> None:
    group = make_measured(pupils=minimum)
    run = group.prepare(minimum=minimum)
    Enrolment.objects.filter(
        pk__in=list(Enrolment.objects.values_list("pk", flat=True)[pupils:])
    ).update(ends_on=NOW.date() - timedelta(days=1))
    if opens:
        open_run(group.teacher, run, now=NOW)
    else:
        with pytest.raises(RuleBroken, match="too_small"):
            open_run(group.teacher, run, now=NOW)
    assert Run.objects.get().is_open == opens


def test_a_class_below_the_minimum_is_not_even_prepared() -> None:
    with pytest.raises(RuleBroken, match="too_small"):
        make_measured(pupils=7).prepare()
    assert not Run.objects.exists()


def test_who_left_the_class_does_not_count() -> None:
    group = make_measured(pupils=8)
    run = group.prepare()
    Enrolment.objects.filter(pk=Enrolment.objects.latest("pk").pk).update(
        ends_on=NOW.date() - timedelta(days=1)
    )
    with pytest.raises(RuleBroken, match="too_small"):
        open_run(group.teacher, run, now=NOW)


def test_the_minimum_is_never_lowered() -> None:
    group = make_measured()
    with pytest.raises(RuleBroken, match="minimum"):
        group.prepare(minimum=7)
    run = group.prepare(minimum=20)
    with pytest.raises(IntegrityError), transaction.atomic():
        Run.objects.filter(pk=run.pk).update(minimum=7)


def test_a_class_has_one_unfinished_run_at_a_time() -> None:
    group = make_measured()
    run = group.prepare()
    with pytest.raises(RuleBroken, match="exists"):
        group.prepare()
    drop_run(group.teacher, run, now=NOW)
    assert group.prepare().previous is None


def test_what_was_opened_is_not_dropped() -> None:
    group = make_measured()
    run = group.open()
    with pytest.raises(RuleBroken, match="opened"):
        drop_run(group.teacher, run, now=NOW)


def test_a_repeat_asks_the_same_after_four_school_weeks() -> None:
    group = make_measured()
    first = group.measure([])
    again = repeat_run(group.teacher, first, now=NOW + timedelta(days=3))
    assert (again.previous, again.version, again.planned_on) == (first, "full", date(2025, 12, 1))
    with pytest.raises(RuleBroken, match="too_soon"):
        open_run(group.teacher, again, now=NOW + timedelta(days=27))
    open_run(group.teacher, again, now=NOW + timedelta(days=28))


def test_holidays_are_no_weeks_to_ask_about() -> None:
    # The autumn holiday of Flanders lies between: 8 October plus four school weeks is 12 November.
    school = make_school("De Brug", "de-brug", "flanders")
    run = Run(school=school, opened_on=date(2025, 10, 8), planned_on=date(2025, 10, 8))
    assert repeat_from(run) == date(2025, 11, 12)


def test_other_pupils_are_not_compared() -> None:
    group = make_measured(pupils=20)
    first = group.measure([])
    second = group.measure([], now=LATER)
    assert are_same_pupils(first, second)
    gone = list(Enrolment.objects.order_by("pk")[:4])
    Enrolment.objects.filter(pk__in=[row.pk for row in gone]).update(ends_on=NOW.date())
    assert are_same_pupils(first, second)
    enrol(group.school_class, "Nieuw", "de Jong")
    Enrolment.objects.filter(pupil__first_name="Nieuw").update(starts_on=LATER.date())
    Enrolment.objects.filter(pk=Enrolment.objects.order_by("pk")[5].pk).update(ends_on=NOW.date())
    assert not are_same_pupils(first, second)


@pytest.mark.parametrize(
    ("role", "may"),
    [
        (Role.COORDINATOR, True),
        (Role.TEACHER, False),  # of another class
        (Role.COUNSELLOR, False),
        (Role.PRINCIPAL, False),
        (Role.SCHOOL_ADMIN, False),
        (Role.BOARD_VIEWER, False),
    ],
)
def test_only_class_teacher_and_coordinator_prepare(role: Role, may: bool) -> None:
    group = make_measured()
    person = make_person(role, group.school, first_name="Iemand")
    make_class(group.school, "8A", person)

    def act() -> None:
        prepare_run(person, group.school_class, kind="full", planned_on=NOW.date(), now=NOW)

    if may:
        act()
    else:
        with pytest.raises(RuleBroken, match="not_allowed"):
            act()
    assert Run.objects.exists() == may


def test_a_coordinator_of_another_school_opens_and_closes_nothing() -> None:
    group = make_measured()
    stranger = make_person(Role.COORDINATOR, make_school("Het Kompas", "het-kompas"))
    run = group.prepare()
    for act in (open_run, close_run, drop_run):
        with pytest.raises(RuleBroken, match="not_allowed"):
            act(stranger, run, now=NOW)


def test_a_run_belongs_to_a_case_in_which_its_maker_works() -> None:
    group = make_measured()
    colleague = make_person(Role.TEACHER, group.school, first_name="Joost")
    elsewhere = make_case_active(
        group.coordinator, colleague, group.school, Pupil.objects.earliest("pk")
    )
    with pytest.raises(RuleBroken, match="case"):
        prepare_run(
            *(group.teacher, group.school_class),
            **{"kind": "full", "planned_on": NOW.date(), "case": elsewhere, "now": NOW},
        )


def test_the_log_tells_who_opened_and_closed_and_nothing_of_who_answered() -> None:
    group = make_measured()
    before = AuditEvent.objects.count()
    run = group.measure(["551551454121121451/8"] * 3)
    verbs = list(AuditEvent.objects.order_by("pk")[before:].values_list("verb", flat=True))
    assert verbs == [events.RUN_PREPARED, events.RUN_OPENED, events.RUN_CLOSED]
    assert set(AuditEvent.objects.filter(verb__in=verbs).values_list("subject_uuid")) == {
        (run.uuid,)
    }


def test_another_class_of_the_school_may_be_open_at_the_same_time_with_another_code() -> None:
    group = make_measured()
    other = make_class(group.school, "8A", group.teacher)
    for number in range(9):
        make_pupil(other, f"Leerling {number}")
    first = group.open()
    second = prepare_run(group.teacher, other, kind="junior", planned_on=NOW.date(), now=NOW)
    open_run(group.teacher, second, now=NOW)
    second.refresh_from_db()
    assert first.code != second.code
