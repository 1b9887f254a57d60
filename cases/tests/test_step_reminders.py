"""Days that stand in a step are reminded of, to whom it concerns, for as long as the step says so."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from cases.deadlines import StepSource, SupportSource
from cases.models import Case, StepRecord, SupportPerson
from cases.services import items
from cases.services.talks import record_talk
from cases.tests.finishing import save
from cases.tests.scene import Scene
from pestzorg.demo.scenario_a import AMSTERDAM
from pestzorg.reminders.models import DueMoment, Kind
from pestzorg.reminders.sources import Wanted, registry
from pestzorg.testing.builders import NOW, make_talk
from schools.models import User
from schools.services.people import end_membership

OBJECTS = {"parents_status": "pupil_objects", "parents_objection_note": "Eerst zelf vertellen."}
FRIDAY = date(2025, 11, 14)


def mornings(uuid: UUID) -> list[datetime]:
    rows = DueMoment.objects.filter(source_uuid=uuid, settled_at=None).order_by("fires_at")
    assert {row.kind for row in rows} <= {Kind.REVIEW_DUE, Kind.STAYED_OPEN}
    first = rows.filter(kind=Kind.REVIEW_DUE)
    return [row.fires_at.astimezone(AMSTERDAM).replace(tzinfo=None) for row in first]


def morning(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 7, 30)  # noqa: DTZ001 - on the wall of the school


def wanted(record: StepRecord, day: date) -> Wanted | None:
    return StepSource().wanted(record.uuid, Kind.REVIEW_DUE, day, NOW)


def to(record: StepRecord, day: date) -> tuple[int, ...]:
    found = wanted(record, day)
    assert found is not None
    conversation = record.conversation
    # Its own address: `/conversation/` is the latest of the case, which may be about another pupil.
    case = conversation.case.uuid
    assert found.path == f"/cases/{case}/conversations/{conversation.uuid}/{record.step}/"
    return found.recipients


def leaves(person: User) -> None:
    end_membership(None, person.memberships.get(), now=NOW)


def test_both_sources_are_registered_at_start() -> None:
    assert isinstance(registry["step"], StepSource)
    assert isinstance(registry["support_person"], SupportSource)


# ── step 3: first feedback ───────────────────────────────────────────────────
def test_the_first_feedback_is_reminded_on_its_day_to_the_contact_person(scene: Scene) -> None:
    record = save(scene, 3)
    assert mornings(record.uuid) == [morning(FRIDAY)]
    assert to(record, FRIDAY) == (scene.coordinator.pk,)
    assert wanted(record, date(2025, 11, 13)) is None


def test_feedback_on_a_saturday_is_reminded_before_the_weekend(scene: Scene) -> None:
    assert mornings(save(scene, 3, first_feedback_on="2025-11-15").uuid) == [morning(FRIDAY)]


def test_a_day_that_is_over_is_not_reminded(scene: Scene) -> None:
    assert mornings(save(scene, 3, first_feedback_on="2025-11-03").uuid) == []


def test_another_day_of_feedback_replaces_the_first(scene: Scene) -> None:
    save(scene, 3)
    record = save(scene, 3, first_feedback_on="2025-11-12")
    assert mornings(record.uuid) == [morning(date(2025, 11, 12))]
    assert wanted(record, FRIDAY) is None


def test_a_contact_person_who_left_is_replaced_by_the_handler(scene: Scene) -> None:
    record = save(scene, 3, contact_person=str(scene.teacher.uuid))
    assert to(record, FRIDAY) == (scene.teacher.pk,)
    leaves(scene.teacher)
    assert to(record, FRIDAY) == (scene.coordinator.pk,)


def speak_with_parents(scene: Scene) -> None:
    items.put_parent_contact(
        scene.teacher, scene.case, None, now=NOW + timedelta(days=2), person="Karin",
        held_at=NOW + timedelta(days=2), mode="phone", by=scene.teacher,
    )  # fmt: skip


def hold(scene: Scene, **values: Any) -> None:
    talk = make_talk(scene.teacher, scene.case, **values)
    held = {"progress": "same", "new_incident": False, "safety_score": 5, "no_next_talk": True}
    record_talk(scene.teacher, talk, status="held", now=talk.planned_at, **held)


def test_feedback_that_was_given_is_not_reminded(scene: Scene) -> None:
    record = save(scene, 3)
    hold(scene)
    assert wanted(record, FRIDAY) is not None
    speak_with_parents(scene)
    assert wanted(record, FRIDAY) is None


def test_when_parents_do_not_know_the_pupil_hears_it(scene: Scene) -> None:
    record = save(scene, 3, **OBJECTS)
    speak_with_parents(scene)
    assert wanted(record, FRIDAY) is not None
    hold(scene)
    assert wanted(record, FRIDAY) is None


# ── step 3: an objection ─────────────────────────────────────────────────────
def test_an_objection_is_asked_about_every_five_school_days(scene: Scene) -> None:
    record = save(scene, 3, first_feedback_on=None, **OBJECTS)
    mondays = [date(2025, 11, 10) + timedelta(weeks=number) for number in range(6)]
    found = mornings(record.uuid)
    assert found[:6] == [morning(monday) for monday in mondays]
    assert morning(date(2026, 1, 5)) in found  # the Christmas holidays do not count
    assert len(found) == 12
    assert to(record, mondays[0]) == (scene.coordinator.pk,)
    leaves(scene.coordinator)
    assert to(record, mondays[0]) == (scene.teacher.pk,)


def test_asking_again_begins_the_five_days_anew(scene: Scene) -> None:
    record = save(scene, 3, first_feedback_on=None, **OBJECTS, objection_reviewed_on="2025-11-06")
    assert mornings(record.uuid)[0] == morning(date(2025, 11, 13))
    assert wanted(record, date(2025, 11, 10)) is None


def test_nobody_is_reminded_of_an_objection_that_was_taken_back(scene: Scene) -> None:
    record = save(scene, 3, first_feedback_on=None, **OBJECTS)
    assert wanted(record, date(2025, 11, 10)) is not None
    record = save(scene, 3, first_feedback_on=None, parents_status="informed_by_pupil")
    assert mornings(record.uuid) == []
    assert wanted(record, date(2025, 11, 10)) is None


# ── step 6 and 8 ─────────────────────────────────────────────────────────────
def test_measures_that_wait_are_reminded_to_the_lead_at_once_in_a_critical_case(
    scene: Scene, make_severity: Callable[[int], Case]
) -> None:
    make_severity(4)
    for key in ("collect_evidence", "seek_support", "file_complaint"):
        items.put_measure(scene.teacher, scene.conversation, key, now=NOW, status="not_now")
    record = save(scene, 6, postponed_to="2025-11-05", postponed_reason="Noor was op.")
    assert mornings(record.uuid) == [morning(date(2025, 11, 5))]
    found = wanted(record, date(2025, 11, 5))
    assert found is not None
    assert (found.recipients, found.urgent) == ((scene.teacher.pk,), True)


def test_a_decision_that_waits_comes_back_to_the_handler(scene: Scene) -> None:
    record = save(scene, 8, decision="not_now", review_on="2025-11-20")
    assert mornings(record.uuid) == [morning(date(2025, 11, 20))]
    assert to(record, date(2025, 11, 20)) == (scene.coordinator.pk,)
    assert mornings(save(scene, 8, review_on="2025-11-20").uuid) == []
    assert wanted(scene.step(8), date(2025, 11, 20)) is None


@pytest.mark.parametrize("number", [1, 2, 5, 7])
def test_steps_without_such_a_day_plan_nothing(scene: Scene, number: int) -> None:
    assert mornings(save(scene, number).uuid) == []


# ── step 10 ──────────────────────────────────────────────────────────────────
def name_mila(scene: Scene, row: SupportPerson | None = None, **values: Any) -> SupportPerson:
    usual = {"name": "Mila", "relationship": "older_pupil", "tasks": ["listen"]}
    return items.put_support_person(
        scene.teacher, scene.conversation, row, now=NOW, **{**usual, **values}
    )


def test_who_is_not_asked_yet_is_reminded_of_until_there_is_an_answer(scene: Scene) -> None:
    by = date(2025, 11, 7)
    mila = name_mila(scene, asked_by=scene.coordinator, ask_before=by)
    assert mornings(mila.uuid) == [morning(by)]
    ask = SupportSource().wanted
    found = ask(mila.uuid, Kind.REVIEW_DUE, by, NOW)
    assert found is not None
    assert found.recipients == (scene.coordinator.pk,)
    assert found.path.endswith(f"/conversations/{scene.conversation.uuid}/10/")
    name_mila(scene, mila, ask_before=date(2025, 11, 10))
    assert mornings(mila.uuid) == [morning(date(2025, 11, 10))]
    assert ask(mila.uuid, Kind.REVIEW_DUE, by, NOW) is None
    name_mila(scene, mila, answer="accepted")
    assert mornings(mila.uuid) == []
    assert ask(mila.uuid, Kind.REVIEW_DUE, date(2025, 11, 10), NOW) is None


@pytest.mark.parametrize("status", ["closed", "transferred"])
def test_nothing_is_reminded_once_the_case_is_closed(scene: Scene, status: str) -> None:
    record = save(scene, 8, decision="not_now", review_on="2025-11-20")
    mila = name_mila(scene, asked_by=scene.teacher, ask_before=date(2025, 11, 7))
    Case.objects.update(status=status, is_open=False)
    assert wanted(record, date(2025, 11, 20)) is None
    assert SupportSource().wanted(mila.uuid, Kind.REVIEW_DUE, date(2025, 11, 7), NOW) is None
