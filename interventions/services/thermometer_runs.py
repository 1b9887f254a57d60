"""A class is measured: prepared, opened once, closed for good, and asked again weeks later."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cases.access import Who
from cases.models import Case
from interventions import events
from interventions.access.thermometer import may_run
from interventions.deadlines import cancel_run, plan_run
from interventions.models import AnswerBox, Run, SurveyToken
from interventions.queries.thermometer_cases import cases_for_run
from interventions.queries.thermometer_limits import limits_of, limits_of_school
from interventions.queries.thermometer_series import repeat_from
from interventions.services.survey_tokens import make_tokens, new_code
from interventions.thermometer.box import empty_box
from interventions.thermometer.questionnaire import version
from pestzorg.audit import log
from pestzorg.errors import broken
from pestzorg.web.templatetags.pestzorg_ui import day as in_words
from schools.models import SchoolClass, User
from schools.queries.classes import pupils_of

State = Run.State


@transaction.atomic
def prepare_run(
    actor: User,
    school_class: SchoolClass,
    *,
    kind: str,
    planned_on: date,
    now: datetime,
    minimum: int | None = None,
    case: Case | None = None,
) -> Run:
    """A run that waits to be opened, also for a case about this class in which the actor works; plans its reminders.

    Refuses who may not, a minimum below eight or below that of the school, a second run beside another, and what opening
    it on that day would refuse: a day that is over, a class that is too small, asking again within four school weeks.
    """
    _refuse_stranger(actor, school_class, now)
    least = limits_of_school(school_class.school).means
    minimum = minimum or least
    if minimum < least:
        told = _("Fewer than %(least)s would show who answered what.") % {"least": least}
        raise broken("minimum", told)
    if case and not cases_for_run(Who(actor, now), school_class).filter(pk=case.pk).exists():
        raise broken("case", _("Choose a case about this class in which you work."))
    if planned_on < now.astimezone(school_class.school.zone).date():
        raise broken("planned_on", _("This day is already over."), "past")
    _refuse_small(minimum, pupils_of(school_class, planned_on).count())
    run = Run(version=kind, minimum=minimum, planned_on=planned_on, case=case)
    return _prepare(actor, run, school_class, now)


@transaction.atomic
def repeat_run(actor: User, run: Run, *, now: datetime) -> Run:
    """The next run of the same class, asked in the same way; planned for when the past four weeks are other ones."""
    _refuse_stranger(actor, run.school_class, now)
    planned_on = max(repeat_from(run), now.astimezone(run.school.zone).date())
    # It belongs to the same case, also when this actor sees nothing of it.
    again = Run(
        version=run.version,
        minimum=limits_of(run).means,
        planned_on=planned_on,
        case_id=run.case_id,
    )
    return _prepare(actor, again, run.school_class, now)


@transaction.atomic
def open_run(actor: User, run: Run, *, now: datetime) -> None:
    """Opens it, once and never again: a code for the class, a token for each pupil, an empty box.

    Refuses a class below the minimum, and asking again within four school weeks.
    """
    _refuse_stranger(actor, run.school_class, now)
    run = _lock(run)
    if run.state != State.PREPARED:
        raise broken(None, _("This thermometer was opened before. Prepare a new one."), "opened")
    run.opened_on = now.astimezone(run.school.zone).date()
    run.class_size = pupils_of(run.school_class, run.opened_on).count()
    _refuse_small(limits_of(run).means, run.class_size)
    _refuse_soon(run, run.opened_on)
    run.state, run.code = State.OPEN, new_code()
    run.save()
    AnswerBox.objects.create(run=run, answers=empty_box(version(run.version), run.class_size))
    make_tokens(run, run.class_size)
    plan_run(run, now=now)
    _record(actor, events.RUN_OPENED, run, now)


@transaction.atomic
def close_run(actor: User, run: Run, *, now: datetime) -> None:
    """Nobody answers any more; codes and tokens are gone, the results may be looked at. Cannot be undone."""
    _refuse_stranger(actor, run.school_class, now)
    run = _lock(run)
    if not run.is_open:
        raise broken(None, _("This thermometer is not open."), "not_open")
    # Whoever is answering just now either gets in before this lock, or is told that it is closed.
    AnswerBox.objects.select_for_update().get(run=run)
    SurveyToken.objects.filter(run=run).delete()
    run.state, run.code = State.CLOSED, ""
    limits = limits_of(run)
    run.minimum, run.spread_minimum = limits.means, limits.spread
    run.closed_on = now.astimezone(run.school.zone).date()
    run.save()
    plan_run(run, now=now)
    _record(actor, events.RUN_CLOSED, run, now)


@transaction.atomic
def drop_run(actor: User, run: Run, *, now: datetime) -> None:
    """Takes back what was prepared and never opened."""
    _refuse_stranger(actor, run.school_class, now)
    run = _lock(run)
    if run.state != State.PREPARED:
        raise broken(None, _("This thermometer was opened before."), "opened")
    cancel_run(run, now=now)
    _record(actor, events.RUN_DROPPED, run, now)
    run.delete()


def _prepare(actor: User, run: Run, school_class: SchoolClass, now: datetime) -> Run:
    earlier = Run.objects.filter(school_class=_lock_class(school_class))
    if earlier.exclude(state=State.CLOSED).exists():
        raise broken(None, _("This class has a thermometer already that is not closed."), "exists")
    run.school, run.school_class = school_class.school, school_class
    run.previous = earlier.order_by("-opened_on").first()
    _refuse_soon(run, run.planned_on)
    run.prepared_by = actor
    run.save()
    plan_run(run, now=now)
    _record(actor, events.RUN_PREPARED, run, now)
    return run


def _refuse_stranger(actor: User, school_class: SchoolClass, now: datetime) -> None:
    if not may_run(actor, school_class, now):
        raise broken(None, _("This is for the class teacher and the coordinator."), "not_allowed")


def _refuse_small(least: int, size: int) -> None:
    if size < least:
        told = _(
            "Pupils in this class here: %(size)s. A thermometer needs at least %(least)s: with fewer answers somebody "
            "could be recognised."
        )
        raise broken(None, told % {"size": size, "least": least}, "too_small")


def _refuse_soon(run: Run, day: date) -> None:
    if run.previous and day < (first := repeat_from(run.previous)):
        told = _("The questions are about four weeks. Ask again from %(day)s on.")
        raise broken(None, told % {"day": in_words(first)}, "too_soon")


def _lock_class(school_class: SchoolClass) -> SchoolClass:
    return SchoolClass.objects.select_for_update().get(pk=school_class.pk)


def _lock(run: Run) -> Run:
    locked = Run.objects.select_for_update(of=("self",)).select_related("school", "school_class")
    return locked.get(pk=run.pk)


def _record(actor: User, verb: str, run: Run, now: datetime) -> None:
    log.record(
        actor,
        verb,
        now=now,
        school_id=run.school_id,
        subject_uuid=run.uuid,
        rule="R58",
    )
