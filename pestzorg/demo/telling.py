"""Tells a scenario through the services, as its people: for the demo, and for tests that need no browser."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from cases.models import Case, ExternalReport, FollowUpTalk
from cases.services.agreements import settle_agreement
from cases.services.assessing import activate_case, begin_assessing
from cases.services.closing import decide_closing, propose_closing
from cases.services.conversations import (
    Attending,
    begin_sitting,
    complete_conversation,
    end_sitting,
    open_sitting,
    step_records,
)
from cases.services.external_reports import (
    change_external_report,
    record_external_report,
    record_outcome,
)
from cases.services.reporting import report_concern
from cases.services.severity import reassess_severity
from cases.services.steps import complete_step, save_step
from cases.services.talks import record_talk
from pestzorg.demo import scenario as s
from pestzorg.demo.course import Course, stored
from pestzorg.demo.lists import PUT, agree, plan_talk
from pestzorg.demo.people import found
from schools.models import User


class Teller(Course):
    """Lets a scenario happen."""

    @classmethod
    def at_new_school(cls, scenario: s.Scenario, password: str) -> Teller:
        """The school is founded, and nothing has happened yet."""
        return cls(scenario, found(scenario.school, password))

    def tell(self, acts: Iterable[s.Act]) -> Teller:
        """Let these happen, each at its moment."""
        for act in acts:
            TELL[type(act)](self, act, self.place.staff[act.by])
        return self


# ── before and around the conversation ───────────────────────────────────────
def _reported(t: Teller, act: s.Reported, actor: User) -> None:
    pupil = t.place.pupils[t.scenario.target] if act.knows_pupil else None
    report = report_concern(
        actor,
        t.place.school,
        about=t.scenario.target,
        pupil=pupil,
        signs=list(act.signs),
        description=act.description,
        urgency=act.urgency,
        now=act.at,
    )
    t.case = report.case


def _looked_at(t: Teller, act: s.LookedAt, actor: User) -> None:
    begin_assessing(actor, t.the_case(), actor, now=act.at)


def _assessed(t: Teller, act: s.Assessed, actor: User) -> None:
    activate_case(
        actor,
        t.the_case(),
        target=t.place.pupils[t.scenario.target],
        lead=t.place.staff[act.lead],
        indicators=act.points,
        red_flags=list(act.red_flags),
        now=act.at,
    )
    t.the_case().refresh_from_db()


def _assessed_again(t: Teller, act: s.AssessedAgain, actor: User) -> None:
    reassess_severity(actor, t.the_case(), act.points, list(act.red_flags), now=act.at)


def _sat_down(t: Teller, act: s.SatDown, actor: User) -> None:
    others = [Attending(kind, name=name) for kind, name in act.others.items()]
    begin_sitting(
        actor,
        t.conversation,
        now=act.at,
        location_type=act.location,
        attendees=others,
        **act.check,
    )


def _stopped(t: Teller, act: s.Stopped, actor: User) -> None:
    if sitting := open_sitting(t.conversation):
        end_sitting(actor, sitting, now=act.at, **act.answers, **act.asked)
        return
    raise LookupError("nobody is talking")


def _completed(t: Teller, act: s.Completed, actor: User) -> None:
    complete_conversation(actor, t.conversation, now=act.at)


# ── a step ───────────────────────────────────────────────────────────────────
def _discussed(t: Teller, act: s.Discussed, actor: User) -> None:
    for name, rows in act.lists.items():
        PUT[name](t, act, actor, rows)
    record = step_records(t.conversation)[act.step - 1]
    answers = {**record.answers, **stored(record.definition, act.answers, t.place)}
    save_step(actor, record, answers, now=act.at)
    if act.done:
        complete_step(actor, record, now=act.at)


# ── agreements and talks afterwards ──────────────────────────────────────────
def _agreed(t: Teller, act: s.Agreed, actor: User) -> None:
    agree(t, act.promise, actor, act.at)


def _planned(t: Teller, act: s.Planned, actor: User) -> None:
    plan_talk(t, act.talk, actor, act.at)


def _wrote_outside(t: Teller, act: s.WroteOutside, actor: User) -> None:
    if act.measure:
        change_external_report(actor, _opened_by(t, act.measure), now=act.at, **act.values)
    else:
        record_external_report(actor, t.the_case(), now=act.at, **act.values)


def _came_of_it(t: Teller, act: s.CameOfIt, actor: User) -> None:
    record_outcome(actor, _opened_by(t, act.measure), now=act.at, **act.values)


def _opened_by(t: Teller, measure: str) -> ExternalReport:
    found: ExternalReport = t.the_case().external_reports.get(source_key=measure)
    return found


def _settled(t: Teller, act: s.Settled, actor: User) -> None:
    agreement = next(a for a in t.the_case().agreements.all() if a.what == act.what)
    settle_agreement(actor, agreement, act.status, note=act.note, now=act.at)


def _held(t: Teller, act: s.Held, actor: User) -> None:
    outcome = {"no_next_talk": "next_talk_at" not in act.outcome, **act.outcome}
    record_talk(actor, planned_talk(t.the_case(), act), status="held", now=act.at, **outcome)


def _to_aftercare(t: Teller, act: s.ToAftercare, actor: User) -> None:
    closing = propose_closing(actor, t.the_case(), now=act.at, **act.answers)
    decide_closing(actor, closing, now=act.at)


def planned_talk(case: Case, act: s.Held) -> FollowUpTalk:
    """The talk that was planned with this person for that day."""
    planned = case.talks.filter(status="planned").select_related("with_participant", "conductor")
    day, zone = act.at.date(), case.school.zone
    return next(
        talk
        for talk in planned
        if talk.with_whom == act.who and talk.planned_at.astimezone(zone).date() == day
    )


TELL: dict[type[s.Act], Callable[[Teller, Any, User], None]] = {
    s.Reported: _reported,
    s.LookedAt: _looked_at,
    s.Assessed: _assessed,
    s.AssessedAgain: _assessed_again,
    s.SatDown: _sat_down,
    s.Discussed: _discussed,
    s.Stopped: _stopped,
    s.Completed: _completed,
    s.Agreed: _agreed,
    s.Planned: _planned,
    s.WroteOutside: _wrote_outside,
    s.CameOfIt: _came_of_it,
    s.Settled: _settled,
    s.Held: _held,
    s.ToAftercare: _to_aftercare,
}
