"""Beginning an intervention: out of step 8 of a conversation, or in an ordinary class where nothing happened."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cases.access import Who
from cases.models import Case, Conversation, StepRecord
from cases.models.case import CaseStatus
from cases.queries.completeness import missing_answer
from cases.queries.step_rules.class_approach import approach_decided
from cases.services.agreements import let_in
from cases.services.sharing import lock
from interventions import events
from interventions.access.suitability import may_override
from interventions.deadlines import plan_phases
from interventions.models import Consent, Intervention, PhaseRecord
from interventions.protocol import Method, Variant
from interventions.queries.offered import copy_in_use, offered
from interventions.queries.step_8 import step_8_of
from interventions.queries.suitability import Weighing
from interventions.queries.thermometer_limits import smallest_class_of
from interventions.services.locking import calendar_of, record_event, today_at
from interventions.suitability import Verdict
from pestzorg.errors import Problem, broken, refuse_if
from pestzorg.posting.versions import write
from schools.calendar import CalendarEnds
from schools.models import School, SchoolClass, User
from schools.queries.classes import pupils_of
from schools.queries.people import staff_of

OTHER = "other"


@transaction.atomic
def start_intervention(
    actor: User,
    conversation: Conversation,
    *,
    now: datetime,
    method: str,
    variant: str,
    share_ok: bool = False,
    advice_reason: str = "",
) -> Intervention:
    """Begin what step 8 decided, with its facilitator, class, first day and the pupil's conditions; plans the first phase.

    Lets the facilitator see the case while it runs, when `share_ok`. Refuses: no yes in step 8, something missing
    there, no consent where the method needs it, a class that is too small, a second one of the same kind, no answered
    suitability check, and what that does not advise without a reason or, in a serious case, without a coordinator.
    """
    # The locked row: how serious it is decides who may go against the advice.
    case = conversation.case = lock(conversation.case)
    record, found = _yes(conversation), offered(case.school, method)
    way = _way(found, variant)
    problems = _decision_problems(record, method, way, now)
    refuse_if([*_case_problems(case, conversation, method), *problems])
    made = _decided(actor, record, found, way, now)
    refuse_if(_class_problems(found, made.class_group, made.planned_start))
    _follow_advice(actor, made, advice_reason.strip(), now)
    until = made.school.end_of(max(made.planned_start, now.date()))
    let_in(actor, case, made.facilitator, now, until, share_ok=share_ok)
    _store(actor, made, now)
    if made.advice == Verdict.NOT_ADVISED:
        record_event(actor, events.AGAINST_ADVICE, made, now, method=made.method)
    return made


@transaction.atomic
def start_preventive(
    actor: User,
    class_group: SchoolClass,
    *,
    method: str,
    variant: str,
    planned_start: date,
    now: datetime,
    facilitator: User | None = None,
) -> Intervention:
    """Begin one without a case, run by `actor` unless somebody else is named. Refuses what is about a pupil."""
    found = offered(class_group.school, method)
    way = _way(found, variant)
    if not way.without_case:
        raise broken("method", _("This approach begins in a conversation with a pupil."), "case")
    refuse_if(_class_problems(found, class_group, planned_start))
    refuse_if(_form_problems(class_group.school, planned_start, facilitator, now))
    made = Intervention(
        school=class_group.school,
        class_group=class_group,
        method=found.key,
        edition=found.version,
        variant=way.key,
        facilitator=facilitator or actor,
        planned_start=planned_start,
        started_by=actor,
        started_at=now,
    )
    _store(actor, made, now)
    return made


def conditions_of(record: StepRecord) -> dict[str, str]:
    """What the pupil says about it in step 8, as an intervention keeps it."""
    answers = record.answers
    return {
        "consent": answers.get("target_consent", ""),
        "conditions": answers.get("consent_conditions", ""),
        "may_be_told": answers.get("may_be_told", ""),
        "must_not_be_told": answers.get("must_not_be_told", ""),
        "protection_note": answers.get("protection_note", ""),
    }


def _yes(conversation: Conversation) -> StepRecord:
    record = step_8_of(conversation)
    if record is None or record.answer("decision") != "yes":
        raise broken(None, _("Step 8 does not say yes to an approach with the class."), "step_8")
    return record


def _way(found: Method, variant: str) -> Variant:
    try:
        return found.variant(variant)
    except KeyError:
        raise broken("variant", _("Choose how you run it."), "required") from None


def _case_problems(case: Case, conversation: Conversation, method: str) -> list[Problem]:
    if case.status != CaseStatus.ACTIVE:
        told = _("This begins in a case in progress. This one is not in progress now.")
        return [Problem(None, told, "status")]
    open_now = Intervention.objects.filter(conversation=conversation, status__in=Intervention.OPEN)
    if open_now.filter(method=method).exists():
        return [Problem(None, _("This approach is running already."), "once")]
    return []


def _decision_problems(
    record: StepRecord, method: str, way: Variant, now: datetime
) -> list[Problem]:
    decided = record.answer("method")
    if decided not in (method, OTHER):
        return [Problem("method", _("Step 8 chose another approach."), "step_8")]
    fields = record.definition.fields
    if any(missing_answer(field, record.answers) for field in fields):
        return [Problem(None, _("Fill in first what step 8 asks."), "step_8")]
    if way.needs_consent and record.answer("target_consent") == Consent.WITHHELD:
        told = _("The pupil does not want this. Choose an approach that does not need consent.")
        return [Problem(None, told, "consent")]
    return approach_decided(record, now)


def _class_problems(found: Method, class_group: SchoolClass, day: date) -> list[Problem]:
    count, least = pupils_of(class_group, day).count(), smallest_class_of(found, class_group.school)
    # Of a class without a list of pupils nobody knows the size.
    if not count or count >= least:
        return []
    told = _("The class has %(count)s pupils. This approach needs at least %(least)s.")
    return [Problem("class_group", told % {"count": count, "least": least}, "small")]


def _form_problems(
    school: School, day: date, facilitator: User | None, now: datetime
) -> list[Problem]:
    problems = []
    if day < now.astimezone(school.zone).date():
        problems.append(Problem("planned_start", _("This day is already over."), "past"))
    if facilitator and not staff_of(school, now).filter(pk=facilitator.pk).exists():
        told = _("Choose somebody who works at this school.")
        problems.append(Problem("facilitator", told, "other_school"))
    return problems


def _follow_advice(actor: User, made: Intervention, reason: str, now: datetime) -> None:
    conversation, case = made.conversation, made.case
    if conversation is None or case is None:
        return
    weighing = Weighing(conversation, now)
    if not weighing.is_complete:
        told = _("First answer the check which approach fits. It takes two minutes.")
        raise broken(None, told, "check")
    advice = weighing.advice_on(made.method)
    made.advice = advice.verdict
    if not advice.is_against:
        return
    if not may_override(Who(actor, now), case):
        told = _(
            "This is not advised, and it is serious. A coordinator who manages the case decides."
        )
        raise broken(None, told, "coordinator")
    if not reason:
        told = _("This is not advised. Write in a few words why you do it all the same.")
        raise broken("advice_reason", told, "reason")
    made.advice_reason = reason


def _decided(
    actor: User, record: StepRecord, found: Method, way: Variant, now: datetime
) -> Intervention:
    answers, case = record.answers, record.conversation.case
    external = bool(answers.get("facilitator_is_external"))
    staff = None if external else User.objects.get(uuid=UUID(answers["facilitator"]))
    school_class = SchoolClass.objects.get(school=case.school, uuid=UUID(answers["class_group"]))
    return Intervention(
        school=case.school,
        case=case,
        conversation=record.conversation,
        class_group=school_class,
        method=found.key,
        edition=found.version,
        variant=way.key,
        facilitator=staff,
        facilitator_name=answers.get("facilitator_name", "")[:120] if external else "",
        planned_start=date.fromisoformat(answers["planned_start"]),
        started_by=actor,
        started_at=now,
        **conditions_of(record),
    )


def _store(actor: User, made: Intervention, now: datetime) -> None:
    calendar = calendar_of(made)
    try:
        # Step 8 may have been decided some days ago: a phase is not late before it could begin.
        first_day = calendar.next_school_day(max(made.planned_start, today_at(made, now)))
    except CalendarEnds:
        told = _("The school year of this day is not in the calendar yet.")
        raise broken("planned_start", told, "calendar") from None
    if copy := copy_in_use(made.school, made.method):
        made.method_copy, made.edition = copy, copy.edition
    write(made, actor, now)
    for number, phase in enumerate(made.definition.phases_of(made.variant), start=1):
        record = PhaseRecord(intervention=made, key=phase.key, number=number)
        record.planned_on = first_day if number == 1 else None
        write(record, actor, now)
    plan_phases(made, calendar, now=now)
    record_event(actor, events.STARTED, made, now, method=made.method, variant=made.variant)
