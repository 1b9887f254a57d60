"""What a scenario puts into the lists of a step, through the services."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from cases.models import Agreement, Participant
from cases.services import items
from cases.services.agreements import record_agreement
from cases.services.talks import plan_follow_up
from pestzorg.demo import scenario as s
from pestzorg.demo.course import Course
from schools.models import User

STAFF_KEYS = ("by", "asked_by")


def agree(t: Course, row: s.Promise, actor: User, now: datetime) -> None:
    """Make an agreement."""
    source: dict[str, Any] = (
        {"source": Agreement.Source.MEASURE, "source_key": row.measure} if row.measure else {}
    )
    record_agreement(
        actor,
        t.the_case(),
        conversation=t.conversation,
        what=row.what,
        owner_type=row.owner_type,
        responsible_staff=t.place.staff[row.follower],
        helper=row.helper,
        deadline=row.deadline,
        review_on=row.review_on,
        starts_on=row.starts_on,
        all_days=row.all_days,
        now=now,
        **_owner(t, row),
        **source,
        **row.asked,
    )


def _owner(t: Course, row: s.Promise) -> dict[str, Any]:
    match row.owner_type:
        case "staff":
            return {"owner_staff": t.place.staff[row.owner]}
        case "target" | "pupil_other":
            person: Participant = t.the_case().participants.get(name=row.owner)
            return {"owner_participant": person}
        case _:
            return {"owner_name": row.owner}


def plan_talk(t: Course, row: s.Talk, actor: User, now: datetime) -> None:
    """Plan a follow-up talk."""
    person = t.the_case().participants.filter(name=row.who).first()
    plan_follow_up(
        actor,
        t.the_case(),
        conversation=t.conversation,
        conductor=t.place.staff[row.conductor],
        planned_at=row.planned_at,
        with_participant=person,
        with_name="" if person else row.who,
        with_role=person.role if person else row.role,
        purposes=list(row.purposes),
        now=now,
        **row.asked,
    )


def _of_case(put: Callable[..., Any]) -> Callable[..., None]:
    def add(t: Course, act: s.Act, actor: User, rows: list[s.Answers]) -> None:
        for row in rows:
            put(actor, t.the_case(), None, now=act.at, **_with_staff(t, row))

    return add


def _of_conversation(put: Callable[..., Any]) -> Callable[..., None]:
    def add(t: Course, act: s.Act, actor: User, rows: list[s.Answers]) -> None:
        for row in rows:
            put(actor, t.conversation, None, now=act.at, **_with_staff(t, row))

    return add


def _with_staff(t: Course, row: s.Answers) -> s.Answers:
    return {k: t.place.staff[v] if k in STAFF_KEYS else v for k, v in row.items()}


def _people(t: Course, act: s.Act, actor: User, rows: list[s.Answers]) -> None:
    for row in rows:
        pupil = t.place.pupils.get(row["name"])
        items.put_participant(actor, t.the_case(), None, now=act.at, pupil=pupil, **row)


def _measures(t: Course, act: s.Act, actor: User, rows: dict[str, s.Answers]) -> None:
    for key, values in rows.items():
        items.put_measure(actor, t.conversation, key, now=act.at, **values)


def _without_talk(t: Course, act: s.Act, actor: User, rows: dict[str, str]) -> None:
    for name, reason in rows.items():
        person = t.the_case().participants.get(name=name)
        items.put_participant(actor, t.the_case(), person, now=act.at, without_talk=reason)


def _agreements(t: Course, act: s.Act, actor: User, rows: list[s.Promise]) -> None:
    for row in rows:
        agree(t, row, actor, act.at)


def _talks(t: Course, act: s.Act, actor: User, rows: list[s.Talk]) -> None:
    for row in rows:
        plan_talk(t, row, actor, act.at)


PUT: dict[str, Callable[..., None]] = {
    "incidents": _of_case(items.put_incident),
    "people": _people,
    "prior_actions": _of_conversation(items.put_prior_action),
    "parent_contacts": _of_case(items.put_parent_contact),
    "measures": _measures,
    "agreements": _agreements,
    "talks": _talks,
    "without_talk": _without_talk,
    "support_persons": _of_conversation(items.put_support_person),
}
