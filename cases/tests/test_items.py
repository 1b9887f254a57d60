"""The lists of the conversation: what may be written down, and what is refused."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from cases import events
from cases.models import SupportPerson
from cases.queries.signals import signals_of
from cases.services import items
from cases.tests.scene import Scene
from pestzorg.audit.models import AuditEvent
from pestzorg.errors import RuleBroken
from pestzorg.testing.builders import (
    NOW,
    make_agreement,
    make_case_active,
    make_class,
    make_pupil,
    make_school,
)

TODAY = date(2025, 11, 3)


def field_of(refused: pytest.ExceptionInfo[RuleBroken]) -> str | None:
    return refused.value.problems[0].field


# ── what happened ────────────────────────────────────────────────────────────
def test_an_incident_lies_in_the_past(scene: Scene) -> None:
    def put(day: date) -> Any:
        return items.put_incident(
            scene.teacher, scene.case, None, now=NOW, description="Duwde.", happened_on=day
        )

    with pytest.raises(RuleBroken) as refused:
        put(TODAY + timedelta(days=1))
    assert field_of(refused) == "happened_on"
    assert put(TODAY).recorded_at == NOW


def test_an_incident_is_corrected_in_place(scene: Scene) -> None:
    row = items.put_incident(scene.teacher, scene.case, None, now=NOW, description="Duwde.")
    items.put_incident(
        scene.teacher, scene.case, row, now=NOW + timedelta(days=1), description="Duwde en schold."
    )
    found = scene.case.incidents.get()
    assert (found.description, found.recorded_at) == ("Duwde en schold.", NOW)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("description", ""),
        ("forms", ["teasing"]),
        ("cyber_subforms", ["flaming", "trolling"]),
        ("channels", ["fax"]),
        ("perceived_grounds", ["looks"]),
        ("date_precision", "about"),
        ("audience", "everybody"),
    ],
)
def test_an_incident_is_told_in_words_of_the_field(scene: Scene, field: str, value: Any) -> None:
    with pytest.raises(RuleBroken) as refused:
        items.put_incident(
            scene.teacher, scene.case, None, now=NOW, **{"description": "Duwde.", field: value}
        )
    assert field_of(refused) == field
    assert not scene.case.incidents.exists()


# ── who is involved ──────────────────────────────────────────────────────────
def test_a_participant_is_a_pupil_of_this_school_or_a_name(scene: Scene) -> None:
    stranger = make_pupil(make_class(make_school("De Brug", "de-brug")), "Kees")
    values = {"name": "Kees", "role": "outsider"}
    with pytest.raises(RuleBroken) as refused:
        items.put_participant(scene.teacher, scene.case, None, now=NOW, pupil=stranger, **values)
    assert field_of(refused) == "pupil"
    row = items.put_participant(scene.teacher, scene.case, None, now=NOW, **values)
    assert (row.pupil, row.certainty) == (None, "suspected")


def test_a_pupil_plays_one_part_in_a_case(scene: Scene) -> None:
    with pytest.raises(RuleBroken):
        items.put_participant(
            scene.teacher,
            scene.case,
            None,
            now=NOW,
            pupil=scene.pupil,
            name="Noor",
            role="outsider",
        )
    assert scene.case.participants.count() == 1


def test_whose_conversation_it_is_keeps_that_part(scene: Scene) -> None:
    target = scene.conversation.target
    with pytest.raises(RuleBroken) as refused:
        items.put_participant(scene.teacher, scene.case, target, now=NOW, role="outsider")
    assert field_of(refused) == "role"
    target.refresh_from_db()
    assert target.role == "target"


def test_no_child_is_called_a_bully(scene: Scene) -> None:
    for role in ("bully", "offender", "victim"):
        with pytest.raises(RuleBroken) as refused:
            items.put_participant(scene.teacher, scene.case, None, now=NOW, name="Lieke", role=role)
        assert field_of(refused) == "role"


# ── attempts, parents ────────────────────────────────────────────────────────
def test_steps_two_and_four_share_one_list_of_attempts(scene: Scene) -> None:
    row = items.put_prior_action(
        scene.teacher, scene.conversation, None, now=NOW, action_type="ignored", note="Een week."
    )
    items.put_prior_action(scene.teacher, scene.conversation, row, now=NOW, effect="no_effect")
    found = scene.conversation.prior_actions.get()
    assert (found.action_type, found.effect, found.note) == ("ignored", "no_effect", "Een week.")


def test_a_contact_with_parents_took_place(scene: Scene) -> None:
    values = {"person": "Karin", "mode": "phone", "by": scene.teacher}
    with pytest.raises(RuleBroken) as refused:
        items.put_parent_contact(
            scene.teacher,
            scene.case,
            None,
            now=NOW,
            held_at=NOW + timedelta(minutes=1),
            **values,
        )
    assert field_of(refused) == "held_at"
    items.put_parent_contact(scene.teacher, scene.case, None, now=NOW, held_at=NOW, **values)
    assert scene.case.parent_contacts.get().person == "Karin"


# ── measures ─────────────────────────────────────────────────────────────────
def test_there_are_nine_measures_each_once_and_no_tenth(scene: Scene) -> None:
    keys = [m.key for m in scene.conversation.edition.measures]
    for _ in range(2):
        for key in keys:
            items.put_measure(scene.teacher, scene.conversation, key, now=NOW, status="declined")
    assert scene.conversation.measures.count() == len(keys) == 9
    with pytest.raises(RuleBroken):
        items.put_measure(scene.teacher, scene.conversation, "hit_back", now=NOW, status="agreed")
    assert scene.conversation.measures.count() == 9


@pytest.mark.parametrize(("field", "value"), [("status", "must"), ("feasibility", 11)])
def test_a_measure_is_answered_within_bounds(scene: Scene, field: str, value: Any) -> None:
    with pytest.raises(RuleBroken) as refused:
        items.put_measure(
            scene.teacher, scene.conversation, "seek_support", now=NOW, **{field: value}
        )
    assert field_of(refused) == field


# ── support persons ──────────────────────────────────────────────────────────
def support(scene: Scene, row: SupportPerson | None = None, **values: Any) -> SupportPerson:
    return items.put_support_person(scene.teacher, scene.conversation, row, now=NOW, **values)


MILA: dict[str, Any] = {"name": "Mila", "relationship": "older_pupil", "tasks": ["listen"]}


@pytest.mark.parametrize("answer", [{}, {"answer": "not_asked"}])
def test_who_is_not_asked_yet_is_asked_by_somebody_before_a_day(
    scene: Scene, answer: dict[str, str]
) -> None:
    plan = {"asked_by": scene.teacher, "ask_before": date(2025, 11, 7)}
    for missing in ({}, {"asked_by": scene.teacher}, {"ask_before": date(2025, 11, 7)}):
        with pytest.raises(RuleBroken) as refused:
            support(scene, **MILA, **answer, **missing)
        assert field_of(refused) == "ask_before"
    assert support(scene, **MILA, **answer, **plan).answer == "not_asked"


def test_a_support_person_does_something(scene: Scene) -> None:
    with pytest.raises(RuleBroken) as refused:
        support(scene, **{**MILA, "tasks": []}, answer="accepted")
    assert field_of(refused) == "tasks"
    assert support(scene, **{**MILA, "tasks": []}, answer="accepted", what_they_do="Luistert")


def test_an_answer_that_comes_later_needs_nothing_else(scene: Scene) -> None:
    row = support(scene, **MILA, asked_by=scene.teacher, ask_before=date(2025, 11, 7))
    support(scene, row, answer="accepted", answered_on=TODAY)
    found = scene.conversation.support_persons.get()
    assert (found.answer, found.tasks, found.asked_by) == ("accepted", ["listen"], scene.teacher)


def test_being_named_as_support_person_gives_no_access(scene: Scene) -> None:
    before = set(scene.case.grants.values_list("user", flat=True))
    support(scene, **MILA, answer="accepted")
    assert set(scene.case.grants.values_list("user", flat=True)) == before


# ── what shows it, and who has no talk ───────────────────────────────────────
def evidence(scene: Scene, **values: Any) -> Any:
    usual = {"kind": "screenshot", "described_as": "Een sticker.", "held_by": "pupil"}
    return items.put_evidence(scene.teacher, scene.case, None, now=NOW, **{**usual, **values})


def test_evidence_belongs_to_something_that_happened_in_this_case(scene: Scene) -> None:
    here, elsewhere = (
        items.put_incident(scene.teacher, case, None, now=NOW, description="Duwde.")
        for case in (
            scene.case,
            make_case_active(
                scene.coordinator, scene.teacher, scene.school, make_pupil(scene.school_class)
            ),
        )
    )
    for wrong, field in (
        ({"incident": elsewhere}, "incident"),
        ({"incident": here, "seen_on": TODAY + timedelta(days=1)}, "seen_on"),
        ({"incident": here, "described_as": ""}, "described_as"),
        ({"incident": here, "kind": "rumour"}, "kind"),
    ):
        with pytest.raises(RuleBroken) as refused:
            evidence(scene, **wrong)
        assert field_of(refused) == field
    assert evidence(scene, incident=here, seen_on=TODAY).recorded_at == NOW


def test_an_intimate_image_is_never_kept_and_asks_for_an_assessment(scene: Scene) -> None:
    told = items.put_incident(scene.teacher, scene.case, None, now=NOW, description="Een foto.")
    row = evidence(scene, incident=told, contains_intimate_image=True)
    assert not [f for f in row._meta.get_fields() if f.get_internal_type() == "FileField"]
    assert signals_of(scene.case) == ["intimate_image_minor"]
    scene.case.refresh_from_db()
    assert scene.case.alarm_at == NOW


def test_another_reason_for_no_talk_is_written_down(scene: Scene) -> None:
    lieke = items.put_participant(
        scene.teacher, scene.case, None, now=NOW, name="Lieke", role="alleged_bully"
    )
    with pytest.raises(RuleBroken) as refused:
        items.put_participant(scene.teacher, scene.case, lieke, now=NOW, without_talk="other")
    assert field_of(refused) == "without_talk_note"
    why = {"without_talk": "other", "without_talk_note": "Zij is verhuisd."}
    items.put_participant(scene.teacher, scene.case, lieke, now=NOW, **why)
    assert scene.case.participants.get(name="Lieke").without_talk_note == "Zij is verhuisd."


@pytest.mark.parametrize("relationship", ["friend", "classmate", "older_pupil"])
def test_only_adults_may_get_reminders(scene: Scene, relationship: str) -> None:
    values = {**MILA, "answer": "accepted", "reminders_allowed": True}
    with pytest.raises(RuleBroken) as refused:
        support(scene, **values | {"relationship": relationship})
    assert field_of(refused) == "reminders_allowed"
    assert support(scene, **values | {"relationship": "coach"}).reminders_allowed


def test_a_support_person_follows_agreements_of_this_case_alone(scene: Scene) -> None:
    other = make_case_active(
        scene.coordinator, scene.teacher, scene.school, make_pupil(scene.school_class, "Kees")
    )
    own, foreign = (make_agreement(scene.teacher, case) for case in (scene.case, other))
    with pytest.raises(RuleBroken) as refused:
        support(scene, **MILA, answer="accepted", linked_agreements=[own, foreign])
    assert field_of(refused) == "linked_agreements"
    row = support(scene, **MILA, answer="accepted", linked_agreements=[own])
    support(scene, row, until=TODAY)
    assert list(row.linked_agreements.all()) == [own]
    support(scene, row, linked_agreements=[])
    assert not row.linked_agreements.exists()


# ── log ──────────────────────────────────────────────────────────────────────
def test_the_log_says_which_kind_of_row_and_no_word_of_it(scene: Scene) -> None:
    AuditEvent.objects.all().delete()
    row = items.put_incident(scene.teacher, scene.case, None, now=NOW, description="Stickers.")
    event = AuditEvent.objects.get()
    assert (event.verb, event.facts) == (events.ITEM_RECORDED, {"kind": "incident"})
    assert (event.subject_uuid, event.case_uuid) == (row.uuid, scene.case.uuid)


def test_what_is_refused_is_not_in_the_log(scene: Scene) -> None:
    before = AuditEvent.objects.count()
    with pytest.raises(RuleBroken):
        items.put_incident(scene.teacher, scene.case, None, now=NOW, description="")
    assert AuditEvent.objects.count() == before
