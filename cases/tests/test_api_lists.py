"""The lists of a case in the API: everything that is stored is shown, rows go through the services, steps close lists."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cases.ceilings import Level
from cases.models import Incident, Participant, SelfProtectionMeasure
from cases.models.step_record import Visibility
from cases.services import items
from cases.services.sharing import rebuild_access, share_case
from cases.tests.callers import patch, post, problems, program, results, token
from pestzorg.audit.models import AuditEvent
from pestzorg.testing.builders import NOW, make_case_active, make_person, make_pupil, make_school
from pestzorg.testing.clients import signed_in
from schools.roles import Role

INCIDENT = {
    "happened_on": "2025-10-30",
    "date_precision": "exact",
    "description": "Foto doorgestuurd in de klasgroep",
    "forms": ["cyber"],
    "cyber_subforms": ["denigration"],
    "channels": ["whatsapp"],
    "place": "home_online",
    "seen_by": "Iemand uit 7B",
    "audience": "class",
    "still_online": True,
    "sender_known": "suspected",
    "outside_school_hours": True,
    "possible_offence": True,
    "perceived_grounds": ["physical_appearance"],
}


@pytest.fixture(autouse=True)
def moment(at):
    at(NOW)


def of_case(scene, name):
    return f"/api/v1/cases/{scene.case.uuid}/{name}/"


def of_conversation(scene, name):
    return f"/api/v1/conversations/{scene.conversation.uuid}/{name}/"


def sent_to(scene):
    """Every list, where it stands, and a whole row of it as a program sends it."""
    by = str(scene.teacher.uuid)
    return {
        "incidents": (of_case(scene, "incidents"), INCIDENT),
        "participants": (
            of_case(scene, "participants"),
            {
                "name": "Lieke",
                "role": "alleged_bully",
                "certainty": "observed",
                "note": "Lacht mee",
                "without_talk": "in_group",
            },
        ),
        "parent-contacts": (
            of_case(scene, "parent-contacts"),
            {
                "person": "Moeder van Noor",
                "held_at": "2025-10-31T15:00:00+01:00",
                "mode": "phone",
                "concerns": "Slaapt slecht",
                "expectations": "Dat het stopt",
                "by": by,
                "conversation": str(scene.conversation.uuid),
            },
        ),
        "prior-actions": (
            of_conversation(scene, "prior-actions"),
            {
                "action_type": "told_friend",
                "tried_when": "vorige week",
                "effect": "partly",
                "keep_doing": True,
                "note": "Vriendin luisterde",
            },
        ),
        "support-persons": (
            of_conversation(scene, "support-persons"),
            {
                "name": "Oma",
                "relationship": "grandparent",
                "inside_school": False,
                "chosen_by_pupil": True,
                "tasks": ["listen"],
                "what_they_do": "Bellen op zondag",
                "asked_by": by,
                "ask_before": "2025-11-07",
                "answer": "accepted",
                "answered_on": "2025-11-03",
                "knows_what": "outline",
                "reminders_allowed": False,
                "until": "2026-02-01",
            },
        ),
    }


LISTS = ["incidents", "participants", "parent-contacts", "prior-actions", "support-persons"]


# ── everything is stored and shown ───────────────────────────────────────────
@pytest.mark.parametrize("name", LISTS)
def test_a_row_comes_back_as_it_was_sent(scene, name):
    path, sent = sent_to(scene)[name]
    client = signed_in(scene.teacher)
    made = post(client, path, **sent)
    assert made.status_code == 201, made.content
    shown = made.json()
    person = {"uuid": str(scene.teacher.uuid), "name": scene.teacher.full_name}
    for field, value in sent.items():
        told = person if field in {"by", "asked_by"} else value
        assert shown[field] == told
    assert results(client, path)[0] == shown
    assert client.get(f"{path}{shown['uuid']}/").json() == shown
    assert made.headers["ETag"] == '"1"'
    assert AuditEvent.objects.filter(verb="item_recorded", actor_id=scene.teacher.pk).exists()


@pytest.mark.parametrize("name", LISTS)
def test_a_change_leaves_alone_what_is_not_sent(scene, name):
    path, sent = sent_to(scene)[name]
    client = signed_in(scene.teacher)
    made = post(client, path, **sent).json()
    word = next(f for f in ("note", "concerns", "seen_by", "what_they_do") if f in sent)
    changed = patch(client, f"{path}{made['uuid']}/", 1, **{word: "Anders"})
    assert changed.status_code == 200, changed.content
    expected = {**made, word: "Anders", "version": 2, "changed_at": changed.json()["changed_at"]}
    assert changed.json() == expected


def test_a_measure_is_written_by_its_key_and_shown_with_everything(scene):
    path, client = of_conversation(scene, "measures"), signed_in(scene.teacher)
    assert results(client, path) == []
    nothing = client.get(f"{path}change_password/")
    assert (nothing.json()["status"], nothing.headers["ETag"]) == ("", '"0"')
    sent = {
        "status": "agreed",
        "owner": "Noor",
        "helper": "Vader",
        "deadline": "2025-11-04",
        "feasibility": 8,
        "note": "Samen thuis",
        "outcome": "done",
    }
    answer = patch(client, f"{path}change_password/", 0, **sent)
    assert answer.status_code == 200, answer.content
    assert answer.json().items() >= sent.items()
    assert results(client, path) == [answer.json()]
    assert client.get(f"{path}a_tenth/").status_code == 404
    assert SelfProtectionMeasure.objects.count() == 1


def test_every_judgement_of_severity_is_shown(scene):
    share_case(scene.coordinator, scene.case, scene.colleague, Level.VIEW, now=NOW)
    (read,) = results(signed_in(scene.colleague), of_case(scene, "assessments"))
    told = {key for key, value in read.items() if value is not None}
    assert told == {"uuid", "level", "assessed_by", "assessed_at"}
    (found,) = results(signed_in(scene.teacher), of_case(scene, "assessments"))
    assert (found["frequency"], found["score"], found["level"]) == (1, 8, 2)
    assert found["assessed_by"]["name"] == scene.coordinator.full_name


# ── refusals name their field ────────────────────────────────────────────────
def test_a_shape_that_is_wrong_is_named_with_its_field(scene):
    path, client = of_case(scene, "incidents"), signed_in(scene.teacher)
    answer = post(client, path, happened_on="gisteren", forms=["rumour"], place="moon")
    assert answer.status_code == 400
    assert sorted(problems(answer)) == [
        ("description", "required"),
        ("forms", "unknown_term"),
        ("happened_on", "invalid"),
        ("place", "unknown_term"),
    ]
    assert not Incident.objects.exists()


def test_a_rule_of_the_field_is_named_with_its_field(scene):
    client = signed_in(scene.teacher)
    tomorrow = (NOW.date() + timedelta(days=1)).isoformat()
    answer = post(client, of_case(scene, "incidents"), description="Iets", happened_on=tomorrow)
    assert (answer.status_code, problems(answer)) == (422, [("happened_on", "future")])
    helper = {"name": "Oma", "relationship": "grandparent"}
    answer = post(client, of_conversation(scene, "support-persons"), **helper)
    missing = [("ask_before", "required"), ("tasks", "required")]
    assert (answer.status_code, problems(answer)) == (422, missing)


def test_a_conversation_of_another_case_is_unknown_like_any(scene):
    pupil = make_pupil(scene.school_class, "Daan", "Smit")
    another = make_case_active(scene.coordinator, scene.teacher, scene.school, pupil)
    path, sent = sent_to(scene)["parent-contacts"]
    for uuid in (another.conversations.get().uuid, uuid4(), "none"):
        answer = post(signed_in(scene.teacher), path, **{**sent, "conversation": str(uuid)})
        assert (answer.status_code, problems(answer)) == (400, [("conversation", "unknown")])


def test_a_colleague_of_another_school_is_unknown_like_anybody(scene):
    stranger = make_person(Role.TEACHER, make_school("Het Kompas", "het-kompas"))
    path, sent = sent_to(scene)["parent-contacts"]
    for uuid in (stranger.uuid, uuid4(), "nobody"):
        answer = post(signed_in(scene.teacher), path, **{**sent, "by": str(uuid)})
        assert (answer.status_code, problems(answer)) == (400, [("by", "unknown")])


def test_a_row_of_another_case_is_not_there(scene):
    other = make_case_active(
        scene.coordinator, scene.teacher, scene.school, make_pupil(scene.school_class, "Daan")
    )
    row = items.put_incident(scene.teacher, other, None, now=NOW, description="Anders")
    client, path = signed_in(scene.teacher), f"{of_case(scene, 'incidents')}{row.uuid}/"
    assert client.get(path).status_code == 404
    assert patch(client, path, 1, description="Mijn tekst").status_code == 404


# ── versions ─────────────────────────────────────────────────────────────────
def test_nobody_saves_over_words_they_have_not_seen(scene):
    path, client = of_case(scene, "incidents"), signed_in(scene.teacher)
    made = post(client, path, **INCIDENT).json()
    row = f"{path}{made['uuid']}/"
    missing = patch(client, row, None, description="Zonder te lezen")
    assert (missing.status_code, missing.json()["code"]) == (428, "version_missing")
    assert patch(client, row, 1, description="Eerste").status_code == 200
    late = patch(client, row, 1, description="Te laat")
    assert (late.status_code, late.json()["code"]) == (412, "stale")
    assert Incident.objects.get().description == "Eerste"
    assert patch(client, row, 2, description="Gelezen en dan anders").status_code == 200


def test_a_measure_that_somebody_filled_in_first_is_not_overwritten(scene):
    items.put_measure(
        scene.coordinator, scene.conversation, "seek_support", now=NOW, status="agreed"
    )
    path = f"{of_conversation(scene, 'measures')}seek_support/"
    assert patch(signed_in(scene.teacher), path, 0, status="declined").status_code == 412


# ── who ──────────────────────────────────────────────────────────────────────
def all_lists(scene):
    return [
        *(path for path, _sent in sent_to(scene).values()),
        of_conversation(scene, "measures"),
        of_conversation(scene, "sittings"),
        of_case(scene, "assessments"),
    ]


def test_lists_are_content(scene):
    for person in (scene.principal, scene.colleague):
        client = signed_in(person)
        assert {client.get(path).status_code for path in all_lists(scene)} == {404}
        assert {post(client, path).status_code for path in all_lists(scene)} == {404}
    refused = 2 * (len(all_lists(scene)) + len(LISTS))
    assert AuditEvent.objects.filter(verb="case_denied").count() == refused


def test_who_only_reads_adds_and_changes_nothing(scene):
    row = items.put_incident(scene.teacher, scene.case, None, now=NOW, description="Iets")
    share_case(scene.coordinator, scene.case, scene.colleague, Level.VIEW, now=NOW)
    client = signed_in(scene.colleague)
    assert {client.get(path).status_code for path in all_lists(scene)} == {200}
    for path, sent in sent_to(scene).values():
        assert post(client, path, **sent).status_code == 404
    assert patch(client, f"{of_case(scene, 'incidents')}{row.uuid}/", 1).status_code == 404
    assert patch(client, f"{of_conversation(scene, 'measures')}seek_support/", 0).status_code == 404
    assert Participant.objects.count() == 1


def test_a_token_reads_every_list_and_writes_none(scene):
    _token, secret = token(scene.teacher, scene.school)
    client = program(secret)
    assert {client.get(path).status_code for path in all_lists(scene)} == {200}
    for path, sent in sent_to(scene).values():
        assert post(client, path, **sent).status_code == 404


def test_a_private_step_closes_the_lists_that_only_it_shows(scene):
    share_case(scene.coordinator, scene.case, scene.colleague, Level.CONTRIBUTE, now=NOW)
    for path, sent in sent_to(scene).values():
        post(signed_in(scene.teacher), path, **sent)
    reader, lead = signed_in(scene.colleague), signed_in(scene.teacher)
    closed = {"incidents": 2, "parent-contacts": 3, "measures": 6, "support-persons": 10}
    places = {path.split("/")[-2]: path for path in all_lists(scene)}
    for name, number in closed.items():
        step(scene, number, Visibility.HANDLER_ONLY)
        assert reader.get(places[name]).status_code == 404, name
        assert post(reader, places[name], **sent_to(scene).get(name, ("", {}))[1]).status_code in {
            404,
            405,
        }
        assert lead.get(places[name]).status_code == 200, name
        step(scene, number, Visibility.CARE_TEAM)
        assert reader.get(places[name]).status_code == 200, name


def test_what_the_pupil_tried_is_open_while_one_of_its_two_steps_is(scene):
    share_case(scene.coordinator, scene.case, scene.colleague, Level.VIEW, now=NOW)
    path, reader = of_conversation(scene, "prior-actions"), signed_in(scene.colleague)
    step(scene, 2, Visibility.HANDLER_ONLY)
    assert reader.get(path).status_code == 200
    step(scene, 4, Visibility.HANDLER_ONLY)
    assert reader.get(path).status_code == 404


def test_a_part_in_the_case_is_known_and_the_note_follows_step_two(scene):
    share_case(scene.coordinator, scene.case, scene.colleague, Level.CONTRIBUTE, now=NOW)
    path, sent = sent_to(scene)["participants"]
    made = post(signed_in(scene.teacher), path, **sent).json()
    reader = signed_in(scene.colleague)
    assert results(reader, path)[0]["note"] == "Lacht mee"
    step(scene, 2, Visibility.HANDLER_ONLY)
    assert (results(reader, path)[0]["name"], results(reader, path)[0]["note"]) == ("Lieke", None)
    assert patch(reader, f"{path}{made['uuid']}/", 1, note="Anders").status_code == 404


def test_the_pupil_the_case_is_about_is_not_changed_here(scene):
    path = f"{of_case(scene, 'participants')}{scene.case.target.uuid}/"
    client = signed_in(scene.teacher)
    assert client.get(path).json()["name"] == "Noor"
    assert patch(client, path, 1, name="Iemand anders").status_code == 404


def test_in_a_closed_case_lists_are_only_read(scene):
    scene.case.status = "closed"
    scene.case.save()
    rebuild_access(scene.case)
    path, sent = sent_to(scene)["incidents"]
    client = signed_in(scene.teacher)
    assert results(client, path) == []
    assert post(client, path, **sent).status_code == 404


def test_a_method_that_does_not_exist_hides_a_foreign_case(scene):
    path = of_case(scene, "incidents")
    assert signed_in(scene.teacher).delete(path).status_code == 405
    assert signed_in(scene.colleague).delete(path).status_code == 404


# ── cost ─────────────────────────────────────────────────────────────────────
def test_the_number_of_queries_does_not_grow_with_a_list(scene):
    client = signed_in(scene.teacher)

    def queries():
        with CaptureQueriesContext(connection) as captured:
            for path in all_lists(scene):
                results(client, path)
        return len(captured)

    def add(names):
        for name in names:
            for path, sent in sent_to(scene).values():
                label = next((key for key in ("name", "person") if key in sent), None)
                answer = post(client, path, **{**sent, **({label: name} if label else {})})
                assert answer.status_code == 201

    add(["Een"])
    few = queries()
    add(f"Naam {number}" for number in range(8))
    assert queries() == few


def test_a_list_is_read_page_by_page_with_every_row_once(scene):
    path, client = of_case(scene, "incidents"), signed_in(scene.teacher)
    for number in range(5):
        items.put_incident(
            scene.teacher,
            scene.case,
            None,
            now=NOW,
            description=f"Iets {number}",
            happened_on=date(2025, 10, 1),
        )
    found, page = [], f"{path}?page_size=2"
    while page:
        answer = client.get(page).json()
        found += [row["uuid"] for row in answer["results"]]
        page = answer["next"]
    assert len(found) == len(set(found)) == 5


def step(scene, number, visibility):
    record = scene.step(number)
    record.visibility = visibility
    record.save()
