"""A class adopts a rule, looks at it again, changes its wording, ends it. Each plans or cancels the reminder."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from interventions import events
from interventions.access.class_rules import may_adopt, may_write
from interventions.deadlines import plan_rule
from interventions.models import ClassRule, Intervention
from interventions.models.class_rule import LONGEST_END
from interventions.queries.class_rule_problems import (
    day_problems,
    next_day_of,
    review_problems,
    wording_problems,
)
from interventions.queries.class_rules import count_for, rules_from
from interventions.services.locking import lock_open
from pestzorg.audit import log
from pestzorg.errors import Problem, RuleBroken, broken, refuse_if
from pestzorg.posting.versions import write
from schools.models import School, SchoolClass, User
from schools.queries.calendars import calendar_for


@dataclass(frozen=True)
class Wording:
    """What a class agrees, and how it came to it; `word_ok` says that what looks like a name is an ordinary word."""

    text: str
    proposed_by: str
    vote_for: int | None = None
    vote_total: int | None = None
    word_ok: bool = False


@transaction.atomic
def adopt_rule(
    actor: User,
    school_class: SchoolClass,
    wording: Wording,
    *,
    adopted_on: date,
    review_on: date,
    now: datetime,
    intervention: Intervention | None = None,
) -> ClassRule:
    """A new rule, also out of an intervention; its day to look again moves to a school day, and is reminded of.

    Refuses who may not, an intervention that is over or has enough rules, a name of a pupil, more votes than pupils,
    a day still to come, and a review that is not.
    """
    if intervention and intervention.class_group_id != school_class.pk:
        raise broken(None, _("This approach is with another class."), "class")
    if not may_adopt(actor, school_class, intervention, now):
        raise _stranger()
    if intervention:
        lock_open(intervention)
        _refuse_too_many(intervention)
    rule = ClassRule(
        school=school_class.school, school_class=school_class, intervention=intervention
    )
    today = _today(rule.school, now)
    found = day_problems("adopted_on", adopted_on, school_class, today)
    _word(actor, rule, wording, found, adopted_on, review_on, now)
    _record(actor, events.RULE_ADOPTED, rule, now, within=intervention)
    return rule


@transaction.atomic
def change_rule(
    actor: User,
    rule: ClassRule,
    wording: Wording,
    *,
    changed_on: date,
    review_on: date,
    now: datetime,
) -> ClassRule:
    """Another wording from that day on; the former one stays with its days. Reminds of the new day alone.

    Refuses as adopting does, a rule that does not count any more, and the same words again.
    """
    _begin(actor, rule, now)
    if wording.text.strip() == rule.text:
        raise broken("text", _("These are the same words. Choose that the rule stays."), "same")
    again = ClassRule(
        school=rule.school, school_class=rule.school_class, intervention=rule.intervention
    )
    found = _since("changed_on", changed_on, rule, now)
    _word(actor, again, wording, found, changed_on, review_on, now)
    rule.status, rule.ended_on, rule.successor = ClassRule.Status.CHANGED, changed_on, again
    _settle(actor, rule, now)
    _record(actor, events.RULE_CHANGED, rule, now)
    return again


@transaction.atomic
def end_rule(
    actor: User, rule: ClassRule, reason: str, *, ended_on: date, now: datetime
) -> ClassRule:
    """The class keeps to it no more, and says why; cancels the reminder.

    Refuses who may not, a rule that does not count any more, no reason or too long a one, a day before it began.
    """
    _begin(actor, rule, now)
    if not reason.strip():
        raise broken("reason", _("Write in a few words why."), "required")
    if len(reason.strip()) > LONGEST_END:
        told = _("Use at most %(limit)s characters.") % {"limit": LONGEST_END}
        raise broken("reason", told, "max_length")
    refuse_if(_since("ended_on", ended_on, rule, now))
    rule.status, rule.ended_on = ClassRule.Status.ENDED, ended_on
    rule.end_reason = reason.strip()
    _settle(actor, rule, now)
    _record(actor, events.RULE_ENDED, rule, now)
    return rule


@transaction.atomic
def review_rule(
    actor: User, rule: ClassRule, *, reviewed_on: date, review_on: date, now: datetime
) -> ClassRule:
    """The class looked at it and keeps it; reminds of the next day to look. Else it is changed, or ended.

    Refuses who may not, a rule that does not count any more, a day before it began, a next one that is not to come.
    """
    _begin(actor, rule, now)
    today = _today(rule.school, now)
    found = _since("reviewed_on", reviewed_on, rule, now)
    refuse_if([*found, *review_problems(review_on, today)])
    rule.reviewed_on, rule.review_on = reviewed_on, next_day_of(rule.school, review_on)
    write(rule, actor, now, ["reviewed_on", "review_on"])
    plan_rule(rule, calendar_for(rule.school), now=now)
    _record(actor, events.RULE_REVIEWED, rule, now)
    return rule


def _word(
    actor: User,
    rule: ClassRule,
    wording: Wording,
    found: list[Problem],
    adopted_on: date,
    review_on: date,
    now: datetime,
) -> None:
    today = _today(rule.school, now)
    votes = (wording.vote_for, wording.vote_total)
    problems = wording_problems(
        wording.text, votes, rule.school_class, adopted_on, word_ok=wording.word_ok
    )
    refuse_if([*found, *problems, *review_problems(review_on, today)])
    rule.text, rule.proposed_by = wording.text.strip(), wording.proposed_by
    rule.vote_for, rule.vote_total = votes
    rule.adopted_on, rule.review_on = adopted_on, next_day_of(rule.school, review_on)
    write(rule, actor, now)
    plan_rule(rule, calendar_for(rule.school), now=now)


def _begin(actor: User, rule: ClassRule, now: datetime) -> None:
    if not may_write(actor, rule.school_class, now):
        raise _stranger()
    locked = ClassRule.objects.select_for_update(of=("self",)).get(pk=rule.pk)
    if not locked.is_active:
        raise broken(None, _("This rule was changed or ended in the meantime."), "over")


def _settle(actor: User, rule: ClassRule, now: datetime) -> None:
    write(rule, actor, now, ["status", "ended_on", "successor", "end_reason"])
    plan_rule(rule, calendar_for(rule.school), now=now)


def _since(field: str, day: date, rule: ClassRule, now: datetime) -> list[Problem]:
    today = _today(rule.school, now)
    return day_problems(field, day, rule.school_class, today, earliest=rule.adopted_on)


def _refuse_too_many(intervention: Intervention) -> None:
    asked = count_for(intervention)
    if asked and len(rules_from(intervention)) >= asked.most:
        told = _("At most %(count)s. A class remembers a few rules better than many.")
        raise broken(None, told % {"count": asked.most}, "at_most")


def _stranger() -> RuleBroken:
    told = _("This is for the class teacher, the coordinator, and who runs an approach here.")
    return broken(None, told, "not_allowed")


def _today(school: School, now: datetime) -> date:
    return now.astimezone(school.zone).date()


def _record(
    actor: User,
    verb: str,
    rule: ClassRule,
    now: datetime,
    within: Intervention | None = None,
) -> None:
    """Only who adopts it within an intervention knows of its case: later acts are about the class alone."""
    case = within.case if within else None
    log.record(
        actor,
        verb,
        now=now,
        school_id=rule.school_id,
        case_uuid=case.uuid if case else None,
        subject_uuid=rule.uuid,
        rule="R25" if case else "R60",
    )
