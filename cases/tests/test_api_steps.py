"""A step in the API: saved half filled, finished, left out, through the services of the page."""

from __future__ import annotations

import pytest

from cases.ceilings import Level
from cases.models import StepRecord
from cases.models.step_record import StepStatus, Visibility
from cases.services.conversations import (
    begin_sitting,
    discontinue_conversation,
    start_conversation,
    step_records,
)
from cases.services.sharing import share_case
from cases.tests.callers import patch, post, problems, program, results, token
from pestzorg.testing.builders import NOW
from pestzorg.testing.clients import signed_in


@pytest.fixture(autouse=True)
def moment(at):
    at(NOW)


def step(scene, number):
    return f"/api/v1/conversations/{scene.conversation.uuid}/steps/{number}/"


def test_a_step_shows_everything_that_is_kept_of_it(begun):
    sitting = begin_sitting(begun.teacher, begun.conversation, now=NOW)
    client = signed_in(begun.teacher)
    answer = patch(
        client,
        step(begun, 4),
        1,
        answers={"strengths_seen": "Durft hulp te vragen"},
        summary="Rustig verteld",
        visibility="shareable",
    )
    assert answer.status_code == 200, answer.content
    assert answer.json() == client.get(step(begun, 4)).json()
    shown = answer.json()
    assert (shown["number"], shown["key"], shown["status"]) == (
        4,
        "prior_actions_review",
        "in_progress",
    )
    assert shown["answers"] == {"strengths_seen": "Durft hulp te vragen"}
    assert (shown["summary"], shown["visibility"]) == ("Rustig verteld", "shareable")
    assert shown["first_sitting"] == shown["last_sitting"] == str(sitting.uuid)
    finished = client.get(step(begun, 1)).json()
    assert finished["completed_by"]["name"]
    assert finished["completed_at"]


def test_answers_that_are_not_sent_stay_and_null_takes_one_away(scene):
    client = signed_in(scene.teacher)
    patch(
        client, step(scene, 4), 1, answers={"strengths_seen": "Moed", "adults_told_before": "Juf"}
    )
    answer = patch(client, step(scene, 4), 2, answers={"adults_told_before": None})
    assert answer.json()["answers"] == {"strengths_seen": "Moed"}


def test_an_answer_that_does_not_fit_is_named_by_its_question(scene):
    answer = patch(
        signed_in(scene.teacher), step(scene, 2), 1, answers={"frequency": "often", "mood": 3}
    )
    assert answer.status_code == 422
    assert sorted(problems(answer)) == [("frequency", "fit"), ("mood", "unknown")]
    assert StepRecord.objects.get(step=2).answers == {}


def test_a_step_that_nobody_opened_is_shown_and_reading_makes_nothing(scene):
    StepRecord.objects.all().delete()
    answer = signed_in(scene.teacher).get(step(scene, 6))
    assert (answer.json()["status"], answer.json()["answers"]) == ("not_started", {})
    assert not StepRecord.objects.exists()
    assert patch(signed_in(scene.teacher), step(scene, 6), 1, summary="Kort").status_code == 200


@pytest.mark.parametrize("number", [0, 11, 99])
def test_there_are_ten_steps(scene, number):
    assert signed_in(scene.teacher).get(step(scene, number)).status_code == 404


def test_a_step_is_finished_when_nothing_is_missing(begun):
    client = signed_in(begun.teacher)
    answer = post(client, f"{step(begun, 4)}complete/")
    assert answer.status_code == 422
    assert ("prior_actions", "required") in problems(answer)
    record = begun.step(2)
    record.answers = {"none_taken": True}
    record.save()
    assert post(client, f"{step(begun, 4)}complete/").json()["status"] == "done"


def test_a_step_is_left_out_with_a_reason_where_that_is_allowed(begun):
    scene = begun
    client = signed_in(scene.teacher)
    refused = post(client, f"{step(scene, 5)}skip/", reason="pupil_declined")
    assert (refused.status_code, problems(refused)) == (422, [("skip_reason", "skip")])
    wrong = post(client, f"{step(scene, 10)}skip/", reason="rain")
    assert (wrong.status_code, problems(wrong)) == (400, [("reason", "unknown_term")])
    answer = post(client, f"{step(scene, 10)}skip/", reason="pupil_declined", note="Wil dit later")
    shown = answer.json()
    assert (shown["status"], shown["skip_reason"], shown["skip_note"]) == (
        "skipped",
        "pupil_declined",
        "Wil dit later",
    )


def test_two_writers_of_a_step_do_not_overwrite_each_other(scene):
    client = signed_in(scene.teacher)
    assert patch(client, step(scene, 2), None, summary="A").status_code == 428
    assert patch(client, step(scene, 2), 1, summary="A").status_code == 200
    assert patch(client, step(scene, 2), 1, summary="B").status_code == 412
    assert StepRecord.objects.get(step=2).summary == "A"


def test_a_private_step_is_not_there_for_others(scene):
    share_case(scene.coordinator, scene.case, scene.colleague, Level.CONTRIBUTE, now=NOW)
    step_records(scene.conversation)
    StepRecord.objects.filter(step=2).update(visibility=Visibility.HANDLER_ONLY)
    reader = signed_in(scene.colleague)
    assert reader.get(step(scene, 2)).status_code == 404
    assert patch(reader, step(scene, 2), 1, summary="Mag niet").status_code == 404
    assert post(reader, f"{step(scene, 2)}complete/").status_code == 404
    assert reader.get(step(scene, 3)).status_code == 200
    assert signed_in(scene.teacher).get(step(scene, 2)).status_code == 200


def test_of_a_private_step_the_conversation_tells_only_how_far_it_is(scene):
    share_case(scene.coordinator, scene.case, scene.colleague, Level.VIEW, now=NOW)
    record = scene.step(2)
    record.answers, record.summary = {"story": "Kanarie"}, "Kanarie"
    record.visibility, record.status = Visibility.HANDLER_ONLY, StepStatus.SKIPPED
    record.skip_reason, record.skip_note = "other", "Kanarie"
    record.completed_by, record.completed_at = scene.teacher, NOW
    record.save()
    found = signed_in(scene.colleague).get(f"/api/v1/conversations/{scene.conversation.uuid}/")
    shown = found.json()["steps"][1]
    assert {key for key, value in shown.items() if value is not None} == {
        *("number", "key", "status", "is_readable")
    }
    assert b"Kanarie" not in found.content


def test_why_a_conversation_stopped_is_for_who_works_in_it(scene):
    share_case(scene.coordinator, scene.case, scene.colleague, Level.VIEW, now=NOW)
    discontinue_conversation(scene.teacher, scene.conversation, "Kanarie", now=NOW)
    path = f"/api/v1/conversations/{scene.conversation.uuid}/"
    shown = signed_in(scene.teacher).get(path).json()
    assert (shown["status"], shown["discontinued_reason"]) == ("discontinued", "Kanarie")
    assert (shown["later_reason"], shown["follows"]) == ("", None)
    hidden = signed_in(scene.colleague).get(path)
    assert hidden.json()["discontinued_at"] == shown["discontinued_at"] is not None
    assert (hidden.json()["discontinued_reason"], hidden.json()["later_reason"]) == (None, None)
    assert b"Kanarie" not in hidden.content


def test_a_second_conversation_names_the_one_it_follows(scene):
    first = scene.conversation
    discontinue_conversation(scene.teacher, first, "Noor was ziek.", now=NOW)
    second = start_conversation(
        scene.coordinator, scene.case, lead=scene.teacher, target=first.target, now=NOW
    )
    shown = signed_in(scene.teacher).get(f"/api/v1/conversations/{second.uuid}/").json()
    assert shown["follows"] == str(first.uuid)


def test_who_only_reads_and_a_token_write_no_step(scene):
    share_case(scene.coordinator, scene.case, scene.colleague, Level.VIEW, now=NOW)
    _token, secret = token(scene.teacher, scene.school)
    for client in (signed_in(scene.colleague), program(secret)):
        assert client.get(step(scene, 2)).status_code == 200
        assert patch(client, step(scene, 2), 1, summary="Nee").status_code == 404
        for verb in ("complete", "skip"):
            assert post(client, f"{step(scene, 10)}{verb}/").status_code == 404
    assert set(StepRecord.objects.values_list("status", flat=True)) <= {"not_started"}


def test_what_a_sitting_leaves_for_the_next_is_for_who_goes_on_with_it(scene):
    share_case(scene.coordinator, scene.case, scene.colleague, Level.VIEW, now=NOW)
    sitting = begin_sitting(scene.teacher, scene.conversation, now=NOW)
    sitting.handover_note, sitting.what_changed = "Vraag naar oma", "Nieuwe foto"
    sitting.save()
    path = f"/api/v1/conversations/{scene.conversation.uuid}/sittings/"
    (mine,) = results(signed_in(scene.teacher), path)
    assert (mine["handover_note"], mine["what_changed"]) == ("Vraag naar oma", "Nieuwe foto")
    assert {person["name"] for person in mine["attendees"]} >= {"Noor"}
    (other,) = results(signed_in(scene.colleague), path)
    assert other == {**mine, "handover_note": None, "what_changed": None}


def test_no_private_note_is_in_any_answer(scene):
    record = scene.step(2)
    record.private_note = "Kanarie"
    record.save()
    client = signed_in(scene.teacher)
    for path in (step(scene, 2), f"/api/v1/conversations/{scene.conversation.uuid}/"):
        answer = client.get(path)
        assert answer.status_code == 200
        assert b"Kanarie" not in answer.content
        assert b"private" not in answer.content


def test_what_a_step_said_before_is_shown_with_the_visibility_of_then(begun):
    record = begun.step(1)
    share_case(begun.coordinator, begun.case, begun.colleague, Level.VIEW, now=NOW)
    lead, reader = signed_in(begun.teacher), signed_in(begun.colleague)
    before = record.answers
    changed = patch(lead, step(begun, 1), record.version, answers={"immediate_danger": None})
    assert changed.json()["status"] == "reopened"
    (earlier,) = lead.get(f"{step(begun, 1)}versions/").json()
    assert (earlier["number"], earlier["status"]) == (1, "done")
    assert earlier["answers"] == before
    assert earlier["replaced_by"]["name"] == begun.teacher.full_name
    assert reader.get(f"{step(begun, 1)}versions/").json() == [earlier]
    begun.step(1).versions.update(visibility=Visibility.HANDLER_ONLY)
    assert reader.get(f"{step(begun, 1)}versions/").json() == []
    assert lead.get(f"{step(begun, 2)}versions/").json() == []
