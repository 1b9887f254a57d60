"""Agreements and follow-up talks in the API: made, changed and recorded under the rules of the pages."""

from __future__ import annotations

import pytest

from cases.ceilings import Level
from cases.models import Agreement, FollowUpTalk
from cases.services import items
from cases.services.sharing import share_case
from cases.tests.callers import patch, post, problems, program, results, token
from pestzorg.audit.models import AuditEvent
from pestzorg.testing.builders import NOW, make_agreement, make_talk
from pestzorg.testing.clients import signed_in

HELD = {
    "status": "held",
    "new_incident": False,
    "safety_score": 7,
    "progress": "better",
    "progress_examples": "Fietst weer mee",
    "congratulated": True,
    "congratulation_words": "Knap gedaan",
    "no_next_talk": True,
    "note": "Wil doorgaan",
}


@pytest.fixture(autouse=True)
def moment(at):
    at(NOW)


def agreed(scene, **values):
    by = str(scene.teacher.uuid)
    usual = {
        "what": "Praat met de klas",
        "owner_type": "staff",
        "owner_staff": by,
        "responsible_staff": by,
        "deadline": "2025-11-14",
        "helper": "De mentor",
        "check_how": "Vraag het vrijdag",
    }
    return {**usual, **values}


def planned(scene, **values):
    usual = {
        "with_participant": str(scene.case.target.uuid),
        "conductor": str(scene.teacher.uuid),
        "planned_at": "2025-11-06T10:30:00+01:00",
        "purposes": ["check_safety"],
    }
    return {**usual, **values}


# ── agreements ───────────────────────────────────────────────────────────────
def test_an_agreement_is_made_and_shown_whole(scene):
    client, path = signed_in(scene.teacher), f"/api/v1/cases/{scene.case.uuid}/agreements/"
    answer = post(client, path, **agreed(scene))
    assert answer.status_code == 201, answer.content
    shown = answer.json()
    assert (shown["what"], shown["owner"]) == ("Praat met de klas", scene.teacher.full_name)
    assert shown["conversation"] == str(scene.conversation.uuid)
    assert (shown["helper"], shown["check_how"]) == ("De mentor", "Vraag het vrijdag")
    assert set(shown["visibility"]) == {"care_team", "pupil"}
    assert client.get(f"/api/v1/agreements/{shown['uuid']}/").json() == shown
    assert results(client, f"/api/v1/agreements/?case={scene.case.uuid}") == [shown]
    event = AuditEvent.objects.get(verb="agreement_recorded")
    assert (event.through, event.role) == ("grant", "teacher")


def test_an_agreement_without_an_owner_or_a_day_says_so_at_its_fields(scene):
    path = f"/api/v1/cases/{scene.case.uuid}/agreements/"
    answer = post(signed_in(scene.teacher), path, **agreed(scene, owner_staff=None, deadline=None))
    assert answer.status_code == 422
    assert sorted(problems(answer)) == [("deadline", "required"), ("owner", "required")]


def test_another_owner_takes_the_place_of_the_one_before(scene):
    made = make_agreement(scene.teacher, scene.case)
    lieke = items.put_participant(
        scene.teacher, scene.case, None, now=NOW, name="Lieke", role="defender"
    )
    client, path = signed_in(scene.teacher), f"/api/v1/agreements/{made.uuid}/"
    sent = {"owner_type": "pupil_other", "owner_participant": str(lieke.uuid)}
    assert patch(client, path, None, **sent).status_code == 428
    answer = patch(client, path, 1, **sent)
    assert answer.status_code == 200, answer.content
    assert (answer.json()["owner"], answer.json()["owner_staff"]) == ("Lieke", None)
    assert answer.json()["due_on"] == made.due_on.isoformat()
    assert patch(client, path, 1, helper="Te laat").status_code == 412


def test_a_settled_agreement_is_reopened(scene):
    made = make_agreement(scene.teacher, scene.case)
    client, path = signed_in(scene.teacher), f"/api/v1/agreements/{made.uuid}/"
    assert post(client, f"{path}settle/", status="done").json()["done_on"]
    assert patch(client, path, 2, helper="Oma").status_code == 422
    assert post(client, f"{path}reopen/").json()["status"] == "open"


def test_who_only_reads_makes_and_changes_no_agreement(scene):
    share_case(scene.coordinator, scene.case, scene.colleague, Level.VIEW, now=NOW)
    made = make_agreement(scene.teacher, scene.case)
    _token, secret = token(scene.teacher, scene.school)
    for client in (signed_in(scene.colleague), signed_in(scene.principal), program(secret)):
        path = f"/api/v1/cases/{scene.case.uuid}/agreements/"
        assert post(client, path, **agreed(scene)).status_code == 404
        assert patch(client, f"/api/v1/agreements/{made.uuid}/", 1, what="Nee").status_code == 404
        assert post(client, f"/api/v1/agreements/{made.uuid}/reopen/").status_code == 404
    assert Agreement.objects.get().what == "Bel de ouders"


# ── talks ────────────────────────────────────────────────────────────────────
def test_a_talk_is_planned_moved_and_recorded(scene):
    client = signed_in(scene.teacher)
    made = post(client, f"/api/v1/cases/{scene.case.uuid}/talks/", **planned(scene))
    assert made.status_code == 201, made.content
    path = f"/api/v1/talks/{made.json()['uuid']}/"
    assert (made.json()["with_whom"], made.json()["with_role"]) == ("Noor", "target")
    moved = patch(client, path, 1, planned_at="2025-11-07T10:30:00+01:00")
    assert moved.json()["planned_at"] == "2025-11-07T10:30:00+01:00"
    held = post(client, f"{path}record/", **HELD)
    assert held.status_code == 200, held.content
    assert held.json().items() >= HELD.items()
    assert held.json()["held_on"] == "2025-11-03"
    assert client.get(path).json() == held.json()
    assert results(client, "/api/v1/talks/?status=held") == [held.json()]


def test_a_talk_with_somebody_who_is_no_participant_needs_a_role(scene):
    client, path = signed_in(scene.teacher), f"/api/v1/cases/{scene.case.uuid}/talks/"
    sent = planned(scene, with_participant=None, with_name="Vader van Noor")
    assert problems(post(client, path, **sent)) == [("with_role", "required")]
    shown = post(client, path, **sent, with_role="parent").json()
    assert (shown["with_whom"], shown["with_role"]) == ("Vader van Noor", "parent")


def test_a_held_talk_says_at_each_field_what_is_missing(scene):
    talk = make_talk(scene.teacher, scene.case)
    answer = post(signed_in(scene.teacher), f"/api/v1/talks/{talk.uuid}/record/", status="held")
    assert answer.status_code == 422
    assert {field for field, _code in problems(answer)} == {
        "progress",
        "new_incident",
        "safety_score",
        "next_talk_at",
    }
    assert FollowUpTalk.objects.get().status == "planned"


def test_who_only_reads_records_the_talk_they_hold_and_no_other(scene):
    share_case(scene.coordinator, scene.case, scene.colleague, Level.VIEW, now=NOW)
    own = make_talk(scene.coordinator, scene.case, conductor=scene.colleague)
    other = make_talk(scene.coordinator, scene.case)
    client = signed_in(scene.colleague)
    assert post(client, f"/api/v1/talks/{other.uuid}/record/", **HELD).status_code == 404
    assert patch(client, f"/api/v1/talks/{own.uuid}/", 1).status_code == 404
    ahead = {"next_talk_at": "2025-11-10T10:30:00+01:00", "no_next_talk": False}
    assert post(client, f"/api/v1/talks/{own.uuid}/record/", **HELD | ahead).status_code == 200
    assert [t.next_talk_at for t in scene.case.talks.all()] == [None, None]


def test_who_saw_the_case_for_this_talk_alone_is_told_that_it_was_kept(scene):
    talk = make_talk(scene.coordinator, scene.case, conductor=scene.colleague, share_ok=True)
    client, path = signed_in(scene.colleague), f"/api/v1/talks/{talk.uuid}/"
    answer = post(client, f"{path}record/", **HELD)
    assert (answer.status_code, answer.json()["status"]) == (200, "held")
    assert not AuditEvent.objects.filter(verb="case_denied").exists()
    assert client.get(path).status_code == 404


def test_a_held_talk_names_what_comes_next_and_which_agreements_were_gone_through(scene):
    client, talk = signed_in(scene.teacher), make_talk(scene.teacher, scene.case)
    path = f"/api/v1/talks/{talk.uuid}/record/"
    agreement = make_agreement(scene.teacher, scene.case)
    ahead = {"no_next_talk": False, "next_talk_at": "2025-11-10T10:30:00+01:00"}
    reviewed = {"agreements_reviewed": [str(agreement.uuid)]}
    strange = {"agreements_reviewed": [str(talk.uuid)]}
    assert post(client, path, **HELD | ahead | strange).status_code == 400
    held = post(client, path, **HELD | ahead | reviewed).json()
    assert held["agreements_reviewed"] == reviewed["agreements_reviewed"]
    assert [t.planned_at.day for t in scene.case.talks.filter(status="planned")] == [10]


def test_a_token_reads_talks_and_records_none(scene):
    talk = make_talk(scene.teacher, scene.case)
    _token, secret = token(scene.teacher, scene.school)
    assert len(results(program(secret), "/api/v1/talks/")) == 1
    assert post(program(secret), f"/api/v1/talks/{talk.uuid}/record/", **HELD).status_code == 404
    assert results(signed_in(scene.principal), "/api/v1/talks/") == []


# ── reports outside school ───────────────────────────────────────────────────
def test_a_report_outside_school_is_written_down_corrected_and_ended(scene):
    client, path = signed_in(scene.teacher), f"/api/v1/cases/{scene.case.uuid}/external-reports/"
    sent = {
        "kind": "platform",
        "where": "Snapchat",
        "reported_on": "2025-11-03",
        "note": "Via de app",
    }
    made = post(client, path, **sent)
    assert made.status_code == 201, made.content
    assert made.json().items() >= sent.items()
    assert (made.json()["check_on"], made.json()["outcome"]) == ("2025-11-10", "pending")
    row = f"{path}{made.json()['uuid']}/"
    assert patch(client, row, 1, where="Snapchat, groep 7").json()["where"] == "Snapchat, groep 7"
    again = post(client, f"{row}outcome/", outcome="no_reply")
    assert (again.status_code, problems(again)) == (422, [("check_on", "required")])
    ended = post(client, f"{row}outcome/", outcome="removed", note="Foto is weg").json()
    assert (ended["closed_on"], ended["note"]) == ("2025-11-03", "Via de app\nFoto is weg")
    assert results(client, path) == [ended]


def test_who_only_reads_writes_no_report_outside_school(scene):
    share_case(scene.coordinator, scene.case, scene.colleague, Level.VIEW, now=NOW)
    client, path = signed_in(scene.colleague), f"/api/v1/cases/{scene.case.uuid}/external-reports/"
    assert results(client, path) == []
    assert post(client, path, kind="platform").status_code == 404
