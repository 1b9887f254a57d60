"""What a step needs beside its own answers: agreements, talks, people and lists. One function per step."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from cases.models import Agreement, FollowUpTalk, StepRecord, SupportPerson
from cases.queries.wishes import is_for_few, not_wish_of
from cases.wishes import Plan, goes_against
from pestzorg.errors import Problem
from schools.calendar import SchoolCalendar
from schools.queries.calendars import calendar_for

INVOLVED_ROLES = {"alleged_bully", "assistant", "reinforcer", "bully_victim"}
CONSENT_BASED_METHODS = {"no_blame", "support_group", "restorative_circle"}
LIVING_TALKS = (FollowUpTalk.Status.PLANNED, FollowUpTalk.Status.HELD)


def _step_1(record: StepRecord, now: datetime) -> list[Problem]:
    problems = []
    if record.answer("consent_to_talk") in {"not_now", "no"}:
        problems.append(
            Problem(
                "consent_to_talk",
                _("The talk has not taken place yet. Plan another moment."),
                "consent",
            )
        )
    if record.answer("immediate_danger") is True and not _due_today(record, now):
        problems.append(
            Problem(
                "immediate_danger",
                _("Make at least one agreement for today, so that the pupil is safe."),
                "danger",
            )
        )
    return problems


def _due_today(record: StepRecord, now: datetime) -> bool:
    case = record.conversation.case
    planned = record.answer("planned_at")
    told_on = (
        datetime.fromisoformat(planned).date()
        if planned
        else now.astimezone(case.school.zone).date()
    )
    today = max(told_on, now.astimezone(case.school.zone).date())
    kept = case.agreements.exclude(status=Agreement.Status.CANCELLED)
    return kept.filter(deadline__lte=today).exists()


def _step_2(record: StepRecord, now: datetime) -> list[Problem]:
    problems = []
    if not record.conversation.case.incidents.exists():
        problems.append(
            Problem("incidents", _("Write down at least one thing that happened."), "required")
        )
    if not _none_taken(record) and not record.conversation.prior_actions.exists():
        problems.append(
            Problem(
                "prior_actions",
                _("Write down what the pupil tried, or tick that nothing was tried."),
                "required",
            )
        )
    return problems


def _step_3(record: StepRecord, now: datetime) -> list[Problem]:
    case, status = record.conversation.case, record.answer("parents_status")
    if status == "informed_by_school" and not case.parent_contacts.exists():
        return [
            Problem("parent_contacts", _("Write down the contact with the parents."), "required")
        ]
    if status == "planned" and not _parents_talk_within(record, 3, now):
        return [
            Problem(
                "parents_status",
                _("Plan the talk with the parents within 3 school days (step 9)."),
                "talk",
            )
        ]
    if status == "pupil_objects" and case.severity == 4:
        return [
            Problem(
                "parents_status",
                _("In this situation the school leader decides whether parents are told."),
                "critical",
            )
        ]
    return []


def _parents_talk_within(record: StepRecord, school_days: int, now: datetime) -> bool:
    case, calendar = record.conversation.case, calendar_for(record.conversation.case.school)
    last = calendar.add_school_days(calendar.local_date(now), school_days)
    talks = case.talks.filter(with_role="parent", status__in=LIVING_TALKS)
    return any(calendar.local_date(talk.planned_at) <= last for talk in talks)


def _none_taken(record: StepRecord) -> bool:
    # Steps 2 and 4 ask about the same list, so an answer in either of them counts for both.
    asked = record.conversation.step_records.filter(step__in=[2, 4])
    return any(other.answer("none_taken") for other in asked)


def _step_4(record: StepRecord, now: datetime) -> list[Problem]:
    actions = record.conversation.prior_actions
    if _none_taken(record) or (actions.exists() and not actions.filter(effect="").exists()):
        return []
    return [Problem("prior_actions", _("Choose for every attempt whether it helped."), "required")]


def _step_6(record: StepRecord, now: datetime) -> list[Problem]:
    measures = {m.key: m for m in record.conversation.measures.all()}
    problems = []
    for definition in record.conversation.edition.measures:
        measure = measures.get(definition.key)
        if measure is None or not measure.status:
            problems.append(
                Problem(f"measure-{definition.key}", _("Choose one of the answers."), "required")
            )
        elif measure.status == measure.Status.AGREED and not measure.owner:
            problems.append(Problem(f"measure-{definition.key}", _("Who does this?"), "owner"))
        elif (
            measure.status == measure.Status.AGREED
            and definition.has_deadline
            and not measure.deadline
        ):
            problems.append(Problem(f"measure-{definition.key}", _("By when?"), "deadline"))
    return problems


def _step_7(record: StepRecord, now: datetime) -> list[Problem]:
    agreements = record.conversation.case.agreements.exclude(status=Agreement.Status.CANCELLED)
    if not agreements.exists():
        return [Problem("agreements", _("Make at least one agreement."), "required")]
    if not agreements.filter(owner_type=Agreement.OwnerType.STAFF).exists():
        return [
            Problem(
                "agreements",
                _(
                    "At least one agreement is for somebody at school: the pupil does not carry this alone."
                ),
                "staff",
            )
        ]
    return []


def _step_8(record: StepRecord, now: datetime) -> list[Problem]:
    refused = record.answer("target_consent") == "withheld"
    if (
        record.answer("decision") == "yes"
        and refused
        and record.answer("method") in CONSENT_BASED_METHODS
    ):
        return [
            Problem(
                "method",
                _("The pupil does not want this. Choose an approach that does not need consent."),
                "consent",
            )
        ]
    return _against_wish(record)


def _against_wish(record: StepRecord) -> list[Problem]:
    plan = Plan(method=record.answer("method") or "")
    decided = record.answer("decision") == "yes" and not record.answer("protection_note")
    wish = not_wish_of(record.conversation.case) if decided else ""
    if not goes_against(wish, plan):
        return []
    if is_for_few(record.conversation.case):
        unquoted = _("The pupil does not want this. Say why, and how you protect the pupil.")
        return [Problem("protection_note", unquoted, "wish")]
    asked = _("The pupil does not want this: “%(wish)s”. Say why, and how you protect the pupil.")
    return [Problem("protection_note", asked % {"wish": wish}, "wish")]


def _step_9(record: StepRecord, now: datetime) -> list[Problem]:
    case = record.conversation.case
    calendar = calendar_for(case.school)
    problems = []
    if not _target_talk_in_time(record, calendar, now):
        days = 10 if case.severity == 1 else 5
        problems.append(
            Problem(
                "talks",
                _("Plan a talk with the pupil within %(days)s school days.") % {"days": days},
                "target",
            )
        )
    with_talk = set(
        case.talks.filter(status__in=LIVING_TALKS).values_list("with_participant_id", flat=True)
    )
    for person in case.participants.filter(role__in=INVOLVED_ROLES, without_talk=""):
        if person.pk not in with_talk:
            problems.append(
                Problem(
                    "people",
                    _("Plan a talk with %(name)s, or say why not.") % {"name": person.name},
                    "person",
                )
            )
    if not case.talks.filter(
        with_role="parent", status__in=LIVING_TALKS
    ).exists() and not record.answer("parents_without_talk"):
        problems.append(
            Problem(
                "parents_without_talk",
                _("Plan a talk with the parents, or say why not."),
                "parents",
            )
        )
    return problems


def _target_talk_in_time(record: StepRecord, calendar: SchoolCalendar, now: datetime) -> bool:
    days = 10 if record.conversation.case.severity == 1 else 5
    last = calendar.add_school_days(calendar.local_date(now), days) + timedelta(days=1)
    talks = record.conversation.case.talks.filter(
        with_participant=record.conversation.target,
        status__in=LIVING_TALKS,
        planned_at__date__lt=last,
    )
    return talks.exists()


def _step_10(record: StepRecord, now: datetime) -> list[Problem]:
    if record.conversation.support_persons.filter(answer=SupportPerson.Answer.ACCEPTED).exists():
        return []
    return [
        Problem(
            "support_persons",
            _("At least one person said yes, or the pupil does not want to name anyone."),
            "required",
        )
    ]


STEP_RULES: dict[int, Callable[[StepRecord, datetime], list[Problem]]] = {
    1: _step_1,
    2: _step_2,
    3: _step_3,
    4: _step_4,
    6: _step_6,
    7: _step_7,
    8: _step_8,
    9: _step_9,
    10: _step_10,
}
