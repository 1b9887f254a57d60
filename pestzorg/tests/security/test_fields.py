"""S05 and S12: answers carry no field too many, requests set none, choices offer nobody else's; no tool is left open."""

from __future__ import annotations

import re
from itertools import product
from typing import Any

import pytest
import yaml
from django.apps import apps
from django.conf import settings
from rest_framework.serializers import BaseSerializer

from cases.api import serializers
from interventions.api import serializers as of_a_class
from pestzorg.rules.registry import routes
from pestzorg.tests.security.fields_of_pages import forms_made
from pestzorg.tests.security.foreign import Strangers
from pestzorg.tests.security.personas import World
from pestzorg.tests.security.test_idor import built, pages
from pestzorg.tests.security.test_idor import world as strangers
from pestzorg.tests.security.test_inventory import world

__all__ = ["built", "strangers", "world"]

HEADER = {"uuid", "reference", "status", "opened_at", "school"}
CONTENT = HEADER | {
    *("severity", "school_class", "handler", "active_at", "first_talk_due_on", "participants"),
    *("parents_due_on", "next_review_on", "aftercare_on", "closed_on"),
}
CONVERSATION = {
    *("uuid", "case", "target", "lead", "follows", "status", "edition"),
    *("started_at", "completed_at", "discontinued_at"),
    *("language", "interpreter", "paused_reason", "resume_by"),
}
OWNER = {"owner_type", "owner_staff", "owner_participant", "owner_name"}
PLAN = {"planned_at", "conductor", "wish_reason"}
OUTCOME = {
    *("new_incident", "safety_score", "progress", "progress_examples", "congratulated"),
    *("congratulation_words", "note", "next_talk_at", "no_next_talk", "support_asked_again"),
}
WRITABLE = {
    "SettleSerializer": {"status", "note"},
    "ParticipantSerializer": {"name", "role", "certainty"},
    "SaveStepSerializer": {"answers", "summary", "visibility"},
    "SkipStepSerializer": {"reason", "note"},
    "IncidentSerializer": {
        *("happened_on", "date_precision", "description", "forms", "cyber_subforms", "channels"),
        *("place", "seen_by", "audience", "still_online", "sender_known", "outside_school_hours"),
        *("perceived_grounds", "possible_offence"),
    },
    "EvidenceSerializer": {
        *("incident", "kind", "described_as", "seen_on", "source_url", "account_name"),
        *("held_by", "contains_intimate_image"),
    },
    "ExternalReportSerializer": {
        *("kind", "where", "reported_by", "reported_on", "reference", "check_on", "checked_by"),
        "note",
    },
    "OutcomeSerializer": {"outcome", "check_on", "note"},
    "ParticipantRowSerializer": {
        "name",
        "role",
        "certainty",
        "note",
        "without_talk",
        "without_talk_note",
    },
    "PriorActionSerializer": {"action_type", "tried_when", "effect", "keep_doing", "note"},
    "ParentContactSerializer": {
        *("person", "held_at", "mode", "concerns", "expectations", "by", "conversation"),
    },
    "SupportPersonSerializer": {
        *("name", "relationship", "inside_school", "chosen_by_pupil", "tasks", "what_they_do"),
        *("asked_by", "ask_before", "answer", "answered_on", "knows_what", "reminders_allowed"),
        *("until", "linked_agreements"),
    },
    "MeasureSerializer": {
        *("status", "owner", "helper", "deadline", "feasibility", "note", "outcome", "to_police"),
    },
    "PutAgreementSerializer": OWNER
    | {"what", "helper", "responsible_staff", "deadline", "review_on", "all_days", "check_how"}
    | {"visibility", "wish_reason", "starts_on"},
    "PlanTalkSerializer": PLAN | {"with_participant", "with_name", "with_role", "purposes"},
    "HelpedSerializer": {"helped", "helped_words"},
    "MoveTalkSerializer": PLAN,
    "BeginSerializer": {"method", "variant", "advice_reason"},
    "BeginAloneSerializer": {
        *("class_group", "method", "variant", "facilitator", "planned_start"),
    },
    "AboutPersonSerializer": {"member", "answers"},
    "SavePhaseSerializer": {"answers", "persons", "reason"},
    "PlanPhaseSerializer": {"planned_on"},
    "HoldPhaseSerializer": {"held_on"},
    "SkipPhaseSerializer": {"skip_reason"},
    "RecordTalkSerializer": OUTCOME | {"status", "agreements_reviewed", "wish_reason"},
}


@pytest.mark.parametrize(
    ("persona", "keys"),
    [("PR", HEADER), ("TV", CONTENT), ("TKr", CONTENT), ("TM", CONTENT), ("CO", CONTENT)],
)
def test_a_case_has_these_fields_for_this_reader(
    world: World, persona: str, keys: set[str]
) -> None:
    client = world.client(persona)
    one = client.get(f"/api/v1/cases/{world.case.uuid}/").json()
    row = next(
        r for r in client.get("/api/v1/cases/").json()["results"] if r["uuid"] == one["uuid"]
    )
    assert set(one) == set(row) == keys


def test_a_conversation_in_a_list_tells_nothing_that_was_said(world: World) -> None:
    (row,) = world.client("TV").get("/api/v1/conversations/").json()["results"]
    assert set(row) == CONVERSATION


def test_no_field_name_of_any_model_can_be_set_by_sending_it() -> None:
    """Every field of every model, as text, number and list, to every serializer: more than 3,000 calls."""
    names = {f.name for model in apps.get_models() for f in model._meta.get_fields()}
    calls, set_by_it = 0, set()
    for kind, name, value in product(all_serializers(), sorted(names), ("1", 1, [1])):
        calls += 1
        given = kind(data={name: value})
        given.is_valid()
        taken = set(getattr(given, "validated_data", {})) | set(given.errors)
        if name in taken and name not in WRITABLE.get(kind.__name__, set()):
            set_by_it.add((kind.__name__, name))
    assert set_by_it == set()
    assert calls >= 3000


def all_serializers() -> list[type[BaseSerializer[Any]]]:
    rooms = vars(serializers) | vars(of_a_class)
    own = (kind for kind in rooms.values() if isinstance(kind, type))
    return [k for k in own if issubclass(k, BaseSerializer)]


@pytest.mark.slow
@pytest.mark.postgres
@pytest.mark.parametrize("name", ["teacher", "coordinator", "outsider"])
def test_no_choice_of_any_form_offers_what_is_somebody_elses(
    strangers: Strangers, name: str
) -> None:
    attacker = strangers.attackers[name]
    client, offered = attacker.client(), []
    own = {str(value) for value in attacker.mine.values()}
    foreign = {
        str(v) for parts in attacker.foreign for k, v in parts.items() if k.endswith("_uuid")
    }
    if name != "outsider":
        foreign |= set(strangers.keys["public"])
    # Colleagues and classes of one's own school are no secret: one may ask along, or name, any.
    school = attacker.mine["case"].school
    at_school = {str(u) for u in school.memberships.values_list("user__uuid", flat=True)}
    at_school |= {str(u) for u in school.classes.values_list("uuid", flat=True)}
    with forms_made() as made:
        for url in pages(attacker.mine):
            client.get(url)
    for form in made:
        for label, field in form.fields.items():
            values = " ".join(str(value) for value, _label in getattr(field, "choices", []))
            where = f"{type(form).__name__}.{label}: "
            offered += [where + key for key in foreign - own - at_school if key in values]
    assert made
    assert offered == []


def test_no_admin_and_no_tool_for_developers_is_installed() -> None:
    tools = ("admin", "debug", "silk", "hijack", "impersonate", "browsable")
    assert [app for app in settings.INSTALLED_APPS if any(tool in app for tool in tools)] == []
    assert [r.path for r in routes() if any(tool in r.path for tool in tools)] == []
    shown = settings.REST_FRAMEWORK["DEFAULT_RENDERER_CLASSES"]
    assert shown == ["rest_framework.renderers.JSONRenderer"]


def test_the_description_of_the_api_names_what_the_url_map_has() -> None:
    """S01: no operation is described that does not exist, and none exists that is not described."""
    described = yaml.safe_load((settings.BASE_DIR / "pestzorg/api/openapi.yaml").read_text())
    named = {
        (_with_kinds(path.lstrip("/")), method.upper())
        for path, methods in described["paths"].items()
        for method in methods
    }
    there = {(r.path, r.method) for r in routes() if r.path.startswith("api/") and r.rule != "P04"}
    assert named == there


def _with_kinds(path: str) -> str:
    """The names in an address with the kind that the URL map gives them."""
    kinds = {"number": "int", "key": "slug"}
    return re.sub(r"{(\w+)}", lambda m: f"<{kinds.get(m[1], 'uuid')}:{m[1]}>", path)
