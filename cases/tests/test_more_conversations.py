"""Stopping for good, again after a relapse with what was said before, and a conversation for another pupil."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import translation

from cases import events
from cases.access import level_on
from cases.ceilings import Level
from cases.models import Conversation, Participant, SupportPerson
from cases.models.step_record import StepStatus
from cases.queries.belonging import talks_of
from cases.queries.completeness import missing_for_completion, missing_for_done
from cases.queries.conversation_report import Audience, conversation_report
from cases.services import items
from cases.services.agreements import settle_agreement
from cases.services.conversations import (
    begin_sitting,
    discontinue_conversation,
    end_sitting,
    start_conversation,
    step_records,
)
from cases.services.steps import save_step
from cases.services.talks import record_talk
from cases.tests.finishing import full
from cases.tests.scene import Scene
from pestzorg.audit.models import AuditEvent
from pestzorg.errors import RuleBroken
from pestzorg.reminders.models import DueMoment
from pestzorg.testing.builders import (
    NOW,
    make_agreement,
    make_case_active,
    make_class,
    make_pupil,
    make_school,
    make_talk,
)

LATER = NOW + timedelta(days=14)
CALM = {"safety_score": 5, "new_incident": False, "still_agrees": True}


def codes(error: pytest.ExceptionInfo[RuleBroken]) -> list[tuple[str | None, str]]:
    return [(p.field, p.code) for p in error.value.problems]


def first_of(scene: Scene) -> Conversation:
    return scene.case.conversations.order_by("pk")[0]


# ── stopping for good ────────────────────────────────────────────────────────
def test_a_conversation_is_stopped_with_a_reason(scene: Scene) -> None:
    with pytest.raises(RuleBroken) as refused:
        discontinue_conversation(scene.teacher, scene.conversation, "", now=NOW)
    assert codes(refused) == [("reason", "required")]
    discontinue_conversation(scene.teacher, scene.conversation, "Noor verhuist.", now=NOW)
    stopped = scene.conversation
    assert (stopped.status, stopped.discontinued_at) == ("discontinued", NOW)
    assert stopped.discontinued_reason == "Noor verhuist."
    assert AuditEvent.objects.filter(verb=events.CONVERSATION_DISCONTINUED).count() == 1
    with pytest.raises(RuleBroken) as refused:
        discontinue_conversation(scene.teacher, stopped, "Nog eens.", now=NOW)
    assert codes(refused) == [(None, "over")]


def test_a_talk_that_is_going_on_ends_first(scene: Scene) -> None:
    sitting = begin_sitting(scene.teacher, scene.conversation, now=NOW)
    with pytest.raises(RuleBroken) as refused:
        discontinue_conversation(scene.teacher, scene.conversation, "Genoeg.", now=NOW)
    assert codes(refused) == [(None, "open")]
    tomorrow = NOW + timedelta(days=1)
    end = {"ended_because": "time", "recap_read_aloud": True, "next_contact_at": tomorrow}
    end_sitting(scene.teacher, sitting, now=NOW, **end)
    discontinue_conversation(scene.teacher, scene.conversation, "Genoeg.", now=NOW)
    assert scene.conversation.resume_by is None
    assert not DueMoment.objects.filter(kind="resume").exists()
    with pytest.raises(RuleBroken):
        begin_sitting(scene.teacher, scene.conversation, now=tomorrow, **CALM)


# ── again, after a relapse ───────────────────────────────────────────────────
@pytest.fixture
def over(scene: Scene) -> Conversation:
    """A first conversation that was completed, with something in steps 5, 6 and 10."""
    first = scene.conversation
    records = step_records(first)
    answers = full(scene, 5)
    save_step(scene.teacher, records[4], answers, now=NOW, visibility="shareable")
    measure: dict[str, Any] = {"status": "agreed", "owner": "Noor", "deadline": date(2025, 11, 7)}
    items.put_measure(scene.teacher, first, "change_password", now=NOW, **measure)
    items.put_measure(
        scene.teacher, first, "seek_support", now=NOW, status="already_done", note="Bij Mila."
    )
    for name, answer in (("Mila", "accepted"), ("Daan", "declined"), ("Karin", "accepted")):
        SupportPerson.objects.create(
            conversation=first,
            name=name,
            relationship="friend",
            answer=answer,
            until=date(2025, 11, 10) if name == "Karin" else None,
        )
    first.status, first.started_at, first.completed_at = "completed", NOW, NOW
    first.save()
    return first


def again(scene: Scene, **values: Any) -> Conversation:
    given = {"lead": scene.teacher, "target": first_of(scene).target, "now": LATER} | values
    return start_conversation(scene.coordinator, scene.case, **given)


def test_it_begins_again_with_what_was_said_before(scene: Scene, over: Conversation) -> None:
    made = again(scene)
    assert (made.follows, made.target, made.status) == (over, over.target, "not_started")
    praise = step_records(made)[4]
    assert praise.answers == step_records(over)[4].answers
    assert (praise.status, praise.visibility) == (StepStatus.NOT_STARTED, "shareable")
    assert [(m.key, m.status, m.deadline) for m in made.measures.all()] == [
        ("change_password", "agreed", None),
        ("seek_support", "already_done", None),
    ]
    assert made.measures.get(key="seek_support").note == "Bij Mila."
    # Karin helped until a day that is over, and Daan had said no.
    assert [person.name for person in made.support_persons.all()] == ["Mila"]
    assert over.support_persons.count() == 3
    assert [r.answers for r in step_records(made) if r.step != 5] == [{}] * 9


def test_what_was_said_before_stands_on_no_paper_before_it_is_said_again(
    scene: Scene, over: Conversation
) -> None:
    made = again(scene)
    report = conversation_report(scene.who(scene.teacher, LATER), made, Audience.PUPIL)
    assert report.parts == []
    praise = step_records(made)[4]
    save_step(scene.teacher, praise, praise.answers, now=LATER)
    report = conversation_report(scene.who(scene.teacher, LATER), made, Audience.PUPIL)
    assert len(report.parts) == 1


def test_a_conversation_that_goes_on_is_not_begun_again(scene: Scene) -> None:
    with pytest.raises(RuleBroken) as refused:
        again(scene)
    assert codes(refused) == [("with_whom", "open")]
    discontinue_conversation(scene.teacher, scene.conversation, "Ziek.", now=NOW)
    assert again(scene).follows == first_of(scene)


def test_what_was_held_and_agreed_before_does_not_count_again(
    scene: Scene, over: Conversation
) -> None:
    make_agreement(scene.teacher, scene.case)
    talk = make_talk(scene.teacher, scene.case)
    held = {"safety_score": 7, "progress": "same", "new_incident": False, "no_next_talk": True}
    record_talk(scene.teacher, talk, status="held", now=NOW + timedelta(days=1), **held)
    made = again(scene)
    begin_sitting(scene.teacher, made, now=LATER)
    made.refresh_from_db()
    records = step_records(made)
    assert "step_9" in [p.field for p in missing_for_completion(made)]
    assert "agreements" in [p.field for p in missing_for_done(records[6], LATER)]
    assert "talks" in [p.field for p in missing_for_done(records[8], LATER)]
    make_agreement(scene.teacher, scene.case, now=LATER, conversation=made)
    make_talk(scene.teacher, scene.case, now=LATER, conversation=made)
    assert "step_9" not in [p.field for p in missing_for_completion(made)]
    assert "agreements" not in [p.field for p in missing_for_done(records[6], LATER)]
    assert "talks" not in [p.field for p in missing_for_done(records[8], LATER)]


@pytest.mark.parametrize(("number", "field"), [(2, "incidents"), (3, "parent_contacts")])
def test_what_happened_and_who_was_told_before_does_not_count_again(
    scene: Scene, over: Conversation, number: int, field: str
) -> None:
    def tell(now: datetime) -> None:
        happened = {"description": "Duwde in de gang."}
        items.put_incident(scene.teacher, scene.case, None, now=now, **happened)
        spoken = {"person": "Oma Riet", "mode": "phone", "by": scene.teacher, "held_at": now}
        items.put_parent_contact(scene.teacher, scene.case, None, now=now, **spoken)

    def missing(conversation: Conversation) -> list[str]:
        record = step_records(conversation)[number - 1]
        record.answers = {**record.answers, "parents_status": "informed_by_school"}
        found = missing_for_done(record, LATER)
        return [str(problem.message) for problem in found if problem.field == field]

    tell(NOW - timedelta(days=1))
    assert missing(over) == []
    made = again(scene)
    with translation.override("nl"):
        assert [" op maandag 3 november 2025" in told for told in missing(made)] == [True]
    # After the first conversation and before the second: it is why there is a second.
    tell(LATER - timedelta(days=1))
    assert missing(made) == []


def test_the_steps_show_what_belongs_to_their_own_conversation(
    coordinator: Client, scene: Scene, over: Conversation
) -> None:
    make_agreement(scene.teacher, scene.case, what="Fiets samen.", conversation=over)
    done = make_agreement(scene.teacher, scene.case, what="Bel thuis.", conversation=over)
    settle_agreement(scene.teacher, done, "done", now=NOW + timedelta(days=1))
    talk = make_talk(scene.teacher, scene.case, conversation=over)
    held = {"safety_score": 7, "progress": "same", "new_incident": False, "no_next_talk": True}
    record_talk(scene.teacher, talk, status="held", now=NOW + timedelta(days=1), **held)
    made = again(scene)
    begin_sitting(scene.teacher, made, now=LATER)
    seven, nine = (step_panel(coordinator, scene, number) for number in (7, 9))
    assert (seven.saved, [a.what for a in seven.from_before]) == ([], ["Fiets samen."])
    assert nine.saved == []
    make_agreement(scene.teacher, scene.case, what="Opnieuw.", now=LATER, conversation=made)
    make_talk(scene.teacher, scene.case, now=LATER, conversation=made)
    seven, nine = (step_panel(coordinator, scene, number) for number in (7, 9))
    assert [a.what for a in seven.saved] == ["Opnieuw."]
    assert len(nine.saved) == 1
    first = f"/cases/{scene.case.uuid}/conversations/{over.uuid}/7/"
    page = coordinator.get(first, {"view": "write"}).content.decode()
    assert ("Fiets samen." in page, "Bel thuis." in page, "Opnieuw." in page) == (True, True, False)


def test_a_measure_whose_agreement_still_holds_is_not_offered_again(
    coordinator: Client, scene: Scene, over: Conversation
) -> None:
    for key in ("change_password", "seek_support"):
        agreed = {"status": "agreed", "owner": "Noor", "deadline": date(2025, 11, 28)}
        items.put_measure(scene.teacher, over, key, now=NOW, **agreed)
    source = {"source": "measure", "source_key": "change_password"}
    holds = make_agreement(scene.teacher, scene.case, conversation=over, **source)
    again(scene)
    offered = [row.name for row in step_panel(coordinator, scene, 7).rows]
    assert offered == ["offer-seek_support", "new"]
    settle_agreement(scene.teacher, holds, "done", now=LATER)
    offered = [row.name for row in step_panel(coordinator, scene, 7).rows]
    assert offered == ["offer-change_password", "offer-seek_support", "new"]


def test_talks_of_another_pupil_are_not_those_of_this_one(scene: Scene) -> None:
    make_talk(scene.teacher, scene.case, conversation=first_of(scene))
    parents = {"with_role": "parent", "with_participant": None, "with_name": "Vader V."}
    make_talk(scene.teacher, scene.case, conversation=first_of(scene), **parents)
    lieke = Participant.objects.create(case=scene.case, name="Lieke", role="alleged_bully")
    make_talk(scene.teacher, scene.case, with_role="alleged_bully", with_participant=lieke)
    made = again(scene, target=None, pupil=make_pupil(scene.school_class, "Daan", "Smit"))
    begin_sitting(scene.teacher, made, now=LATER)
    missing = [p.code for p in missing_for_done(step_records(made)[8], LATER)]
    assert ("target" in missing, "parents" in missing, "person" in missing) == (True, True, False)
    assert talks_of(first_of(scene)).count() == 3


def test_the_first_talk_is_due_from_now_on(scene: Scene, over: Conversation) -> None:
    again(scene)
    scene.case.refresh_from_db()
    # Moderate: three school days after Monday 17 November.
    assert (scene.case.severity, scene.case.first_talk_due_on) == (2, date(2025, 11, 20))


# ── with another pupil ───────────────────────────────────────────────────────
def test_another_pupil_has_a_conversation_of_their_own(scene: Scene) -> None:
    daan = make_pupil(scene.school_class, "Daan", "Smit")
    made = again(scene, target=None, pupil=daan)
    assert (made.target.name, made.target.role, made.follows) == ("Daan", "target", None)
    assert first_of(scene).status == "not_started"
    scene.case.refresh_from_db()
    assert scene.case.target == first_of(scene).target


def test_who_looked_on_and_turns_out_to_be_bullied_becomes_a_target(scene: Scene) -> None:
    bo = Participant.objects.create(case=scene.case, name="Bo", role="outsider")
    assert again(scene, target=bo).target == bo
    bo.refresh_from_db()
    assert bo.role == "target"


def test_who_takes_part_in_the_bullying_gets_a_case_apart(scene: Scene) -> None:
    lieke = Participant.objects.create(case=scene.case, name="Lieke", role="alleged_bully")
    with pytest.raises(RuleBroken) as refused:
        again(scene, target=lieke)
    assert codes(refused) == [("with_whom", "involved")]
    assert scene.case.conversations.count() == 1


def test_somebody_from_elsewhere_has_no_conversation_here(scene: Scene) -> None:
    strange = make_school("Het Kompas", "het-kompas")
    from_there = make_pupil(make_class(strange), "Sem")
    pupil = make_pupil(scene.school_class, "Daan")
    other = make_case_active(scene.coordinator, scene.teacher, scene.school, pupil)
    for values in (
        {"target": None, "pupil": from_there},
        {"target": other.target},
        {"target": None},
    ):
        with pytest.raises(RuleBroken):
            again(scene, **values)
    assert again(scene, target=None, target_name="Sem").target.name == "Sem"


def test_only_a_case_in_progress_gets_another_conversation(
    scene: Scene, over: Conversation
) -> None:
    scene.case.status = "closed"
    scene.case.save(update_fields=["status"])
    with pytest.raises(RuleBroken) as refused:
        again(scene)
    assert codes(refused) == [(None, "state")]
    scene.case.status = "aftercare"
    scene.case.save(update_fields=["status"])
    again(scene)


def test_the_lead_gets_to_see_the_case(scene: Scene, over: Conversation) -> None:
    with pytest.raises(RuleBroken) as refused:
        again(scene, lead=scene.principal)
    assert codes(refused) == [("lead", "role")]
    again(scene, lead=scene.colleague)
    assert level_on(scene.who(scene.colleague, LATER), scene.case) == Level.CONTRIBUTE


# ── the pages ────────────────────────────────────────────────────────────────
@pytest.fixture
def coordinator(client: Client, scene: Scene, at: Any) -> Client:
    at(LATER)
    client.force_login(scene.coordinator)
    return client


def step_panel(client: Client, scene: Scene, number: int) -> Any:
    page = client.get(url(scene, f"{number}/"), {"view": "write"}).context["page"]
    return next(panel for panel in page.panels if panel.key in {"agreements", "talks"})


def url(scene: Scene, tail: str = "") -> str:
    return f"/cases/{scene.case.uuid}/conversation/{tail}"


def new(scene: Scene) -> str:
    return f"/cases/{scene.case.uuid}/conversations/new/"


def test_the_page_begins_it_again_and_leads_to_both(
    coordinator: Client, scene: Scene, over: Conversation
) -> None:
    assert new(scene) in coordinator.get(url(scene)).content.decode()
    choices = coordinator.get(new(scene)).context["form"].fields["with_whom"].choices
    assert [label for _key, label in choices] == ["Noor", "Andere leerling"]
    posted = {"with_whom": str(over.target.uuid), "lead": str(scene.teacher.uuid)}
    assert coordinator.post(new(scene), {"lead": posted["lead"]}).status_code == 422
    assert coordinator.post(new(scene), posted).headers["Location"] == url(scene)
    page = coordinator.get(url(scene)).content.decode()
    assert "Het is een vervolg op het gesprek van maandag 3 november." in page
    assert f"/conversations/{over.uuid}/" in page


def test_another_pupil_is_looked_up_by_name(coordinator: Client, scene: Scene) -> None:
    daan = make_pupil(scene.school_class, "Daan", "Smit")
    posted = {"with_whom": "another", "about": "Daan", "pupil": str(daan.uuid)}
    answer = coordinator.post(new(scene), posted | {"lead": str(scene.coordinator.uuid)})
    assert answer.status_code == 302
    assert scene.case.conversations.last().target.pupil == daan


def test_without_script_the_search_button_shows_who_fits(coordinator: Client, scene: Scene) -> None:
    make_pupil(scene.school_class, "Daan", "Smit")
    typed = {"with_whom": "another", "about": "Daan", "search": "1"}
    answer = coordinator.post(new(scene), typed)
    assert answer.status_code == 200
    assert "Daan Smit" in answer.content.decode()
    assert scene.case.conversations.count() == 1


def test_the_page_stops_it_and_says_why(client: Client, scene: Scene, at: Any) -> None:
    at(NOW)
    client.force_login(scene.teacher)
    assert client.post(url(scene, "discontinue/"), {"reason": ""}).status_code == 422
    posted = {"reason": "Noor gaat naar een andere school."}
    assert client.post(url(scene, "discontinue/"), posted).status_code == 302
    page = client.get(url(scene)).content.decode()
    assert "Het gesprek is stopgezet" in page
    assert "Noor gaat naar een andere school." in page
    assert "/begin/" not in page


def test_who_contributes_begins_no_other_conversation(
    client: Client, scene: Scene, at: Any
) -> None:
    at(NOW)
    client.force_login(scene.teacher)
    assert client.get(new(scene)).status_code == client.post(new(scene)).status_code == 404
    assert new(scene) not in client.get(url(scene)).content.decode()
