"""A class rule is looked at again: on its day, and one school day later when nobody did. The mail knows no case."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from uuid import UUID

from cases.access import Who, visible_to
from cases.ceilings import Level
from interventions.deadlines.letters import mail_of_school
from interventions.models import ClassRule
from pestzorg.reminders import plan
from pestzorg.reminders.models import Kind
from pestzorg.reminders.plan import Moment
from pestzorg.reminders.sources import Wanted
from schools.calendar import CalendarEnds, SchoolCalendar
from schools.models import User
from schools.queries.people import staff_of
from schools.roles import Role

CLASS_RULE = "class_rule_review"


def plan_rule(rule: ClassRule, calendar: SchoolCalendar, *, now: datetime) -> None:
    """Remind of the day to look again; of nothing once the rule is changed or ended."""
    if rule.is_active:
        plan.plan(CLASS_RULE, rule.uuid, _moments(rule.review_on, calendar))
    else:
        plan.cancel(CLASS_RULE, rule.uuid, now)


def _moments(review_on: date, calendar: SchoolCalendar) -> Iterator[Moment]:
    yield Moment(Kind.REVIEW_DUE, review_on, calendar.send_moment(review_on))
    try:
        after = calendar.add_school_days(review_on, 1)
    except CalendarEnds:
        # The last day of the last school year we know: nobody can tell when school begins again.
        return
    yield Moment(Kind.STAYED_OPEN, review_on, calendar.send_moment(after))


class ClassRuleSource:
    """Reminds whoever runs the approach it came from, then the class teachers, then the coordinators."""

    name = CLASS_RULE

    def wanted(self, source_uuid: UUID, kind: str, due_on: date, now: datetime) -> Wanted | None:
        """Whom to mail about this review now, or None when the rule was looked at, changed or ended."""
        rule = (
            ClassRule.objects.select_related("school", "school_class", "intervention__facilitator")
            .filter(uuid=source_uuid, review_on=due_on, status=ClassRule.Status.ACTIVE)
            .first()
        )
        if rule is None:
            return None
        coordinators = list(staff_of(rule.school, now, (Role.COORDINATOR,)))
        people = _facilitator(rule, now) or _class_teachers(rule, now) or coordinators
        if kind == Kind.STAYED_OPEN:
            people = [*people, *coordinators]
        # A code would tell the class teacher of a case that may be hidden from them.
        return mail_of_school(rule.school, people, f"/classes/{rule.school_class.uuid}/rules/", now)


def _facilitator(rule: ClassRule, now: datetime) -> list[User]:
    run = rule.intervention
    # Whose approach is over reads the rules of the class, and no longer writes them.
    if run is None or not run.is_open or run.facilitator is None:
        return []
    person = run.facilitator
    # Whoever was kept out of the case, or lost it, is no facilitator in it any more.
    if run.case_id and not visible_to(Who(person, now), Level.VIEW).filter(pk=run.case_id).exists():
        return []
    return list(staff_of(rule.school, now).filter(pk=person.pk))


def _class_teachers(rule: ClassRule, now: datetime) -> list[User]:
    teachers = staff_of(rule.school, now, (Role.TEACHER,))
    return list(teachers.filter(pk__in=rule.school_class.class_teachers.values("pk")))
