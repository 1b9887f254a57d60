"""Who is told that a class rule is to be looked at again, when, and what the mail does not tell."""

from __future__ import annotations

from datetime import date

import pytest

from interventions.deadlines.class_rules import CLASS_RULE, ClassRuleSource
from interventions.models import ClassRule
from interventions.services.class_rules import (
    Wording,
    adopt_rule,
    change_rule,
    end_rule,
    review_rule,
)
from interventions.services.ending import stop_intervention
from interventions.tests.running import MONDAY, Run, adopt, begin, decide, keep_out
from pestzorg.reminders.models import DueMoment
from pestzorg.reminders.sources import Wanted
from pestzorg.testing.builders import NOW, make_person
from schools.models import User
from schools.roles import Role

LATER = date(2025, 12, 15)


def moments(rule: ClassRule) -> list[tuple[str, date, date]]:
    rows = DueMoment.objects.filter(source=CLASS_RULE, source_uuid=rule.uuid, settled_at=None)
    return [(row.kind, row.due_on, row.fires_at.date()) for row in rows.order_by("fires_at")]


def wanted(rule: ClassRule, kind: str = "review_due", due_on: date = LATER) -> Wanted | None:
    return ClassRuleSource().wanted(rule.uuid, kind, due_on, NOW)


def told(rule: ClassRule, kind: str = "review_due") -> set[int]:
    found = wanted(rule, kind)
    assert found is not None
    return set(found.recipients)


def free(run: Run, review_on: date = LATER) -> ClassRule:
    words, days = Wording("Samen", "pupils"), {"adopted_on": MONDAY, "review_on": review_on}
    return adopt_rule(run.scene.teacher, run.scene.school_class, words, now=NOW, **days)


def ids(*people: User) -> set[int]:
    return {person.pk for person in people}


def test_on_the_day_and_one_school_day_later(run: Run) -> None:
    assert moments(free(run)) == [
        ("review_due", LATER, LATER),
        ("stayed_open", LATER, date(2025, 12, 16)),
    ]
    friday = date(2025, 12, 12)
    assert moments(free(run, friday))[1] == ("stayed_open", friday, LATER)


def test_a_review_moves_the_reminder_and_a_change_or_an_end_takes_it_back(run: Run) -> None:
    actor, rule, again = run.scene.teacher, free(run), date(2026, 1, 12)
    review_rule(actor, rule, reviewed_on=MONDAY, review_on=again, now=NOW)
    assert [due for _kind, due, _fires in moments(rule)] == [again, again]
    assert wanted(rule) is None
    other = change_rule(
        actor, rule, Wording("Anders", "pupils"), changed_on=MONDAY, review_on=LATER, now=NOW
    )
    assert (moments(rule), len(moments(other))) == ([], 2)
    end_rule(actor, other, "Klaar.", ended_on=MONDAY, now=NOW)
    assert moments(other) == []
    assert wanted(other) is None


def test_class_teachers_are_told_and_afterwards_the_coordinators_too(run: Run) -> None:
    rule, scene = free(run), run.scene
    teachers = scene.school_class.class_teachers.all()
    assert told(rule) == ids(*teachers)
    assert told(rule, "stayed_open") == ids(*teachers, scene.coordinator)


def test_without_anybody_in_the_class_it_is_the_coordinators(run: Run) -> None:
    rule = free(run)
    run.scene.school_class.class_teachers.clear()
    assert told(rule) == ids(run.scene.coordinator)


def test_a_class_teacher_who_left_is_not_told(run: Run) -> None:
    rule = free(run)
    run.scene.school_class.class_teachers.set([run.scene.teacher])
    run.scene.teacher.memberships.get().roles.update(valid_until=NOW)
    assert told(rule) == ids(run.scene.coordinator)


def test_whoever_runs_the_approach_until_it_is_over(run: Run) -> None:
    runner = make_person(Role.TEACHER, run.scene.school, first_name="Fleur")
    decide(run, method="no_blame", facilitator=str(runner.uuid))
    made = begin(run, "no_blame")
    rule = adopt(run, made, NOW, review_on=LATER)
    assert told(rule) == ids(runner)
    stop_intervention(run.actor, made, "Het past niet.", now=NOW)
    assert told(rule) == ids(*run.scene.school_class.class_teachers.all())


def test_whoever_is_kept_out_of_the_case_hears_no_more(run: Run) -> None:
    runner = make_person(Role.TEACHER, run.scene.school, first_name="Fleur")
    decide(run, method="no_blame", facilitator=str(runner.uuid))
    rule = adopt(run, begin(run, "no_blame"), NOW, review_on=LATER)
    keep_out(run, runner)
    assert told(rule) == ids(*run.scene.school_class.class_teachers.all())


@pytest.mark.parametrize("severity", [2, 4])
def test_the_mail_knows_no_case(run: Run, severity: int) -> None:
    decide(run, method="no_blame")
    made = begin(run, "no_blame")
    type(run.case).objects.filter(pk=run.case.pk).update(severity=severity)
    rule = adopt(run, made, NOW, review_on=LATER)
    found = wanted(rule)
    assert found is not None
    assert (found.reference, found.urgent) == ("", False)
    assert found.path == f"/classes/{run.scene.school_class.uuid}/rules/"
