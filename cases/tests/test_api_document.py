"""Everything that the conversation stores is in the API and in its document: questions, lists, sittings."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from cases.models import Attendee, Conversation, LeadChange, Sitting, StepRecord
from cases.protocol import CURRENT_EDITION, edition
from cases.services import items
from cases.tests.callers import patch, post, problems, results
from cases.tests.columns import MODELS, stored
from cases.tests.scene import Scene
from cases.tests.test_every_field import sample
from pestzorg.api.management.commands import openapi
from pestzorg.testing.builders import NOW, make_agreement, make_case_active, make_pupil
from pestzorg.testing.clients import signed_in

STEPS = edition(CURRENT_EDITION).steps
# list or model -> its part of the document, and columns that have another name there
DESCRIBED = {
    "evidence": ("Evidence", {}),
    "incidents": ("Incident", {}),
    "people": ("ParticipantRow", {}),
    "prior_actions": ("PriorAction", {}),
    "parent_contacts": ("ParentContact", {}),
    "measures": ("Measure", {}),
    "agreements": ("Agreement", {}),
    "talks": ("Talk", {"with_name": "with_whom"}),
    "support_persons": ("SupportPerson", {}),
}
OF_CONVERSATION = {
    Conversation: ("Conversation", {"edition_key": "edition"}),
    Sitting: ("Sitting", {}),
    Attendee: ("Attendee", {}),
    LeadChange: ("LeadChange", {}),
    StepRecord: ("Step", {"step": "number"}),
}
# For the conversation lead and the handler alone, or how the machine works.
NOT_IN_API = {
    (StepRecord, "private_note"),
    *((Attendee, "sitting"), (LeadChange, "changed_by")),
    # With one conversation; a list of them has no reasons.
    *((Conversation, key) for key in ("discontinued_reason", "later_reason")),
}


@pytest.fixture(autouse=True)
def moment(at: Any) -> None:
    at(NOW)


@pytest.fixture
def parts() -> dict[str, Any]:
    document = yaml.safe_load(openapi.COMMITTED.read_text(encoding="utf-8"))
    found: dict[str, Any] = document["components"]["schemas"]
    return found


# ── the document ─────────────────────────────────────────────────────────────
def test_the_document_names_every_question_with_its_kind_and_choices(parts: dict[str, Any]) -> None:
    named = parts["StepAnswers"]["properties"]
    questions = [field for step in STEPS for field in step.fields]
    assert named.keys() == {field.key for field in questions}
    for field in questions:
        described = named[field.key]
        assert field.label.en in described["description"]
        keys = described.get("x-extensible-enum") or described.get("items", {}).get(
            "x-extensible-enum", []
        )
        assert keys == [choice.key for choice in field.choices]


@pytest.mark.parametrize("name", MODELS)
def test_the_document_has_every_column_of_a_list(parts: dict[str, Any], name: str) -> None:
    part, renamed = DESCRIBED[name]
    shown = parts[part]["properties"].keys()
    assert {renamed.get(one, one) for one in stored(MODELS[name])} <= shown


@pytest.mark.parametrize("model", OF_CONVERSATION)
def test_the_document_has_what_is_kept_of_a_conversation(parts: dict[str, Any], model: Any) -> None:
    part, renamed = OF_CONVERSATION[model]
    shown = parts[part]["properties"].keys()
    kept = {one for one in stored(model) if (model, one) not in NOT_IN_API}
    assert {renamed.get(one, one) for one in kept} - shown == set()


def test_the_document_has_the_reasons_with_one_conversation(parts: dict[str, Any]) -> None:
    shown = parts["ConversationWithSteps"]["properties"].keys()
    assert {"later_reason", "discontinued_reason"} <= shown


# ── every answer ─────────────────────────────────────────────────────────────
@pytest.mark.parametrize("number", range(1, 11))
def test_every_answer_can_be_sent_and_is_shown_again(
    scene: Scene, make_severity: Any, number: int
) -> None:
    make_severity(4)
    for key in ("collect_evidence", "seek_support", "file_complaint"):
        items.put_measure(scene.teacher, scene.conversation, key, now=NOW, status="not_now")
    fields = STEPS[number - 1].fields
    given = {field.key: sample(scene, field)[1] for field in fields}
    if number == 1:
        # In so serious a case a pupil who does not want to talk now is asked again today.
        given["new_moment_at"] = "2025-11-03T15:00"
    place = f"/api/v1/conversations/{scene.conversation.uuid}/steps/{number}/"
    version = scene.step(number).version
    answer = patch(signed_in(scene.teacher), place, version, answers=given)
    assert answer.status_code == 200, answer.content
    assert answer.json()["answers"] == given


# ── evidence ─────────────────────────────────────────────────────────────────
def shown_of(scene: Scene) -> dict[str, Any]:
    told = items.put_incident(scene.teacher, scene.case, None, now=NOW, description="Stickers.")
    return {
        "incident": str(told.uuid),
        "kind": "screenshot",
        "described_as": "Haar foto met een snor.",
        "seen_on": "2025-10-28",
        "held_by": "parent",
        "source_url": "https://app.example/groep/7",
        "account_name": "groep7zonderN",
        "contains_intimate_image": False,
    }


def place_of(scene: Scene) -> str:
    return f"/api/v1/cases/{scene.case.uuid}/evidence/"


def test_evidence_is_written_read_and_corrected(scene: Scene) -> None:
    client, sent = signed_in(scene.teacher), shown_of(scene)
    made = post(client, place_of(scene), **sent)
    assert made.status_code == 201, made.content
    assert made.json().items() >= sent.items()
    (row,) = results(client, place_of(scene))
    changed = patch(client, f"{place_of(scene)}{row['uuid']}/", 1, held_by="school")
    assert (changed.status_code, changed.json()["held_by"]) == (200, "school")


def test_evidence_of_what_happened_elsewhere_is_refused(scene: Scene) -> None:
    pupil = make_pupil(scene.school_class, "Daan")
    other = make_case_active(scene.coordinator, scene.teacher, scene.school, pupil)
    foreign = items.put_incident(scene.teacher, other, None, now=NOW, description="Elders.")
    client, sent = signed_in(scene.teacher), shown_of(scene)
    refused = post(client, place_of(scene), **{**sent, "incident": str(foreign.uuid)})
    assert (refused.status_code, problems(refused)) == (400, [("incident", "unknown")])
    assert results(client, place_of(scene)) == []
    assert post(client, place_of(scene), **sent).status_code == 201


# ── who helps with which agreement ───────────────────────────────────────────
def test_a_helper_is_linked_to_agreements_of_the_case_and_to_no_other(scene: Scene) -> None:
    pupil = make_pupil(scene.school_class, "Daan")
    other = make_case_active(scene.coordinator, scene.teacher, scene.school, pupil)
    own, foreign = (make_agreement(scene.teacher, case) for case in (scene.case, other))
    place = f"/api/v1/conversations/{scene.conversation.uuid}/support-persons/"
    oma = {"name": "Oma", "relationship": "grandparent", "tasks": ["listen"], "answer": "accepted"}
    client = signed_in(scene.teacher)
    refused = post(client, place, **oma, linked_agreements=[str(foreign.uuid)])
    assert (refused.status_code, problems(refused)) == (400, [("linked_agreements", "unknown")])
    made = post(client, place, **oma, linked_agreements=[str(own.uuid)])
    assert (made.status_code, made.json()["linked_agreements"]) == (201, [str(own.uuid)])
    kept = patch(client, f"{place}{made.json()['uuid']}/", 1, until="2026-02-01").json()
    assert kept["linked_agreements"] == [str(own.uuid)]
    assert (
        patch(
            client, f"{place}{made.json()['uuid']}/", kept["version"], linked_agreements=[]
        ).json()["linked_agreements"]
        == []
    )
