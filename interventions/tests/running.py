"""Small turns of running an intervention in tests: deciding, beginning, filling a group, holding a phase."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from cases.models import Case, CaseExclusion, StepRecord
from cases.services.steps import save_step
from cases.tests.scene import Scene
from interventions.models import ClassRule, Intervention, Member, PhaseRecord, SuitabilityCheck
from interventions.protocol import current
from interventions.services.class_rules import Wording, adopt_rule
from interventions.services.group import Invited, compose_group
from interventions.services.phases import Note, hold_phase, save_phase
from interventions.services.proposals import add_proposal
from interventions.services.starting import start_intervention, start_preventive
from interventions.services.suitability import check_suitability
from interventions.services.thermometer_runs import close_run, open_run, prepare_run
from interventions.suitability import newest
from interventions.tests.answers import points_to
from pestzorg.testing.builders import NOW
from schools.models import Pupil, User

MONDAY = NOW.date()


@dataclass
class Run:
    """The case, and who could be in the group."""

    scene: Scene
    pupils: list[Pupil]

    @property
    def case(self) -> Case:
        return Case.objects.get(pk=self.scene.case.pk)

    @property
    def actor(self) -> User:
        return self.scene.coordinator


def at(day: date) -> datetime:
    """Ten o'clock in the morning, more or less, of a day."""
    return datetime.combine(day, time(9), UTC)


def decide(run: Run, **changes: Any) -> StepRecord:
    """What step 8 says: yes, the support group, with the colleague as facilitator."""
    scene = run.scene
    answers = {
        "decision": "yes",
        "decision_reason": "Kleine groep, snel hulp.",
        "method": "support_group",
        "target_consent": "conditional",
        "consent_conditions": "Mijn naam mag, niet wat er op de stickers staat.",
        "may_be_told": "Dat ik me alleen voel.",
        "must_not_be_told": "Wat er op de stickers staat.",
        "facilitator": str(scene.colleague.uuid),
        "class_group": str(scene.school_class.uuid),
        "planned_start": "2025-11-04",
    } | changes
    given = {key: value for key, value in answers.items() if value is not None}
    return save_step(scene.teacher, scene.step(8), given, now=NOW)


def decide_for(run: Run, method: str, **changes: Any) -> StepRecord:
    """The same for a method, with a facilitator who may run it: the colleague teaches the class."""
    outside = "teaches_class" in newest().row(method).stopped_by
    person = run.scene.coordinator if outside else run.scene.colleague
    return decide(run, **{"method": method, "facilitator": str(person.uuid), **changes})


def weigh(
    run: Run, method: str = "support_group", ticked: Collection[str] = (), **changes: str
) -> SuitabilityCheck:
    """Answer the check so that it points to a method, but for the changes."""
    saved = SuitabilityCheck.objects.filter(conversation=run.scene.conversation).first()
    answers = {**points_to(method), **changes}
    told: dict[str, Any] = {"circumstances": ticked, "saved": saved, "now": NOW}
    return check_suitability(run.scene.teacher, run.scene.conversation, answers, **told)


def begin(
    run: Run, method: str = "support_group", variant: str = "", **values: Any
) -> Intervention:
    """Begin what step 8 decided, with a check that points to it unless the test answered one."""
    if not SuitabilityCheck.objects.filter(conversation=run.scene.conversation).exists():
        weigh(run, method)
    return begin_as_it_stands(run, method, variant, **values)


def begin_as_it_stands(
    run: Run, method: str = "support_group", variant: str = "", **values: Any
) -> Intervention:
    """The same with the check as it is, also without one."""
    variant = variant or current(method).variants[0].key
    usual = {"now": NOW, "share_ok": True}
    return start_intervention(
        run.actor,
        run.scene.conversation,
        method=method,
        variant=variant,
        **{**usual, **values},
    )


def begin_other(run: Run, method: str, variant: str = "") -> Intervention:
    """Let step 8 decide for another method, answer the check for it, and begin that."""
    decide_for(run, method)
    weigh(run, method)
    return begin(run, method, variant)


def begin_freely(run: Run, method: str, variant: str, **values: Any) -> Intervention:
    """Begin one without a case, as the class teacher."""
    usual: dict[str, Any] = {"planned_start": MONDAY, "now": NOW}
    return start_preventive(
        run.scene.teacher,
        run.scene.school_class,
        method=method,
        variant=variant,
        **{**usual, **values},
    )


def fill_group(run: Run, intervention: Intervention, count: int) -> list[Member]:
    """So many pupils of the class, with the first part that the method knows."""
    intervention = fresh(intervention)
    group = intervention.definition.group
    assert group is not None
    part = group.functions[0].key
    invited = [Invited(pupil, part) for pupil in run.pupils[:count]]
    return compose_group(run.actor, intervention, invited, now=NOW)


def fresh(intervention: Intervention) -> Intervention:
    return Intervention.objects.get(pk=intervention.pk)


def phase(intervention: Intervention, key: str, number: int = 1) -> PhaseRecord:
    return PhaseRecord.objects.get(intervention=intervention, key=key, round=number)


def some_answer(field: Any, actor: User) -> Any:
    match field.kind:
        case "bool" | "must_be_true":
            return True
        case "score":
            return 6
        case "choice":
            return field.choices[0].key
        case "multi":
            return [field.choices[0].key]
        case "date":
            return MONDAY.isoformat()
        case "staff":
            return str(actor.uuid)
    return "iets"


def full(fields: Any, actor: User) -> dict[str, Any]:
    """An answer to every question that must have one."""
    return {field.key: some_answer(field, actor) for field in fields if field.required}


def write_down(run: Run, record: PhaseRecord, now: datetime, **changes: Any) -> PhaseRecord:
    """Everything that a phase asks, of everybody, with one proposal where it collects them."""
    actor, asked = run.actor, record.definition
    members = list(record.intervention.members.filter(declined=False))
    notes = []
    for people in asked.persons:
        given = full(people.fields, actor)
        if people.of == "target":
            notes += [Note(None, given)] if record.intervention.case else []
        else:
            chosen = [m for m in members if not people.only or m.function in people.only]
            notes += [Note(member, given) for member in chosen]
    answers = {**full(asked.fields, actor), **changes}
    save_phase(actor, record, answers, now=now, notes=notes)
    if asked.proposals and not record.proposals.exists():
        member = members[0] if members else None
        review = now.date() + timedelta(days=14)
        add_proposal(actor, record, text="Ik speel mee", member=member, review_on=review, now=now)
    if asked.class_rules and asked.class_rules.least:
        adopt(run, record.intervention, now)
    return record


def keep_out(run: Run, person: User) -> None:
    """From now on the case is closed to this person, whatever else would open it."""
    given = {"reason_code": "involved", "set_by": run.actor, "set_at": NOW}
    CaseExclusion.objects.create(case=run.case, user=person, **given)


def adopt(run: Run, intervention: Intervention, now: datetime, **changes: Any) -> ClassRule:
    """A rule of the class out of an intervention, with a day to look again eight weeks later."""
    words = {"text": "Iedereen speelt mee", "proposed_by": "together"}
    days = {"adopted_on": now.date(), "review_on": now.date() + timedelta(weeks=8)}
    given = {**words, **days, **changes}
    wording = Wording(**{key: given.pop(key) for key in [*given] if key not in days})
    return adopt_rule(
        run.actor,
        intervention.class_group,
        wording,
        now=now,
        intervention=fresh(intervention),
        **given,
    )


def hold(run: Run, record: PhaseRecord, day: date, **changes: Any) -> PhaseRecord:
    """Write down and hold a phase on a day."""
    now = at(day)
    write_down(run, record, now, **changes)
    if record.definition.record:
        close_empty_run(run, day)
    return hold_phase(run.actor, record, day, now=now)


def close_empty_run(run: Run, day: date) -> None:
    """The class is asked on this day, and nobody answers."""
    teacher, now = run.scene.teacher, at(day)
    made = prepare_run(teacher, run.scene.school_class, kind="full", planned_on=day, now=now)
    open_run(teacher, made, now=now)
    close_run(teacher, made, now=now)


def hold_up_to(run: Run, intervention: Intervention, key: str, day: date) -> None:
    """Every phase before this one, all on the same day; for methods whose gaps allow that."""
    for record in fresh(intervention).phases.all():
        if record.key == key:
            return
        if not record.is_settled:
            # Planning wrote in it since the list was read.
            hold(run, phase(intervention, record.key, record.round), day)
