"""The guard of the pupil's wishes: asked for a reason, never forbidden, and seen by the coordinator."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from cases.events import CASE_LISTED
from cases.models import Agreement, Conversation, FollowUpTalk
from cases.models.step_record import Visibility
from cases.queries.against_wishes import against_wishes
from cases.queries.completeness import missing_for_done
from cases.services.agreements import change_agreement
from cases.services.conversations import start_conversation, step_records
from cases.services.steps import save_step
from cases.tests.scene import Scene
from cases.wishes import Plan, goes_against
from pestzorg.audit.models import AuditEvent
from pestzorg.errors import RuleBroken
from pestzorg.testing.builders import NOW, make_agreement, make_pupil, make_talk

NOT_IN_CLASS = "niet voor de hele klas over mij praten"


@pytest.mark.parametrize(
    ("wish", "plan", "against"),
    [
        (NOT_IN_CLASS, Plan("Bespreek het in de kring"), True),
        (NOT_IN_CLASS, Plan("Maak regels", owner="class"), True),
        (NOT_IN_CLASS, Plan(talk_with="class"), True),
        (NOT_IN_CLASS, Plan(method="restorative_circle"), True),
        (NOT_IN_CLASS, Plan(method="support_group"), False),
        (NOT_IN_CLASS, Plan("Bel de ouders", owner="staff"), False),
        (NOT_IN_CLASS, Plan("Vraag twee klasgenoten"), False),
        ("dat mijn ouders het horen", Plan("Bel de moeder"), True),
        ("dat mijn ouders het horen", Plan(talk_with="parent"), True),
        ("niet dat Senne straf krijgt", Plan(talk_with="bully", purposes=("confront",)), True),
        ("niet dat Senne straf krijgt", Plan(talk_with="bully", purposes=("progress",)), False),
        ("nobody tells my parents", Plan("Call his mother"), True),
        ("", Plan("Bespreek het in de klas", owner="class"), False),
    ],
)
def test_a_wish_and_a_plan_meet_in_a_topic(wish: str, plan: Plan, against: bool) -> None:
    assert goes_against(wish, plan) is against


@pytest.fixture
def wished(scene: Scene) -> Scene:
    save_step(scene.teacher, scene.step(2), {"not_wishes": NOT_IN_CLASS}, now=NOW)
    return scene


def class_rules(scene: Scene, **values: Any) -> Agreement:
    usual = {"what": "Maak nieuwe regels", "owner_type": "class", "owner_name": "7A"}
    return make_agreement(scene.teacher, scene.case, **{**usual, "owner_staff": None, **values})


@pytest.mark.django_db
def test_an_agreement_against_a_wish_needs_a_reason(wished: Scene) -> None:
    with pytest.raises(RuleBroken) as refused:
        class_rules(wished)
    assert [(p.field, NOT_IN_CLASS in str(p.message)) for p in refused.value.problems] == [
        ("wish_reason", True)
    ]
    made = class_rules(wished, wish_reason="Zonder naam, dat mag van Noor.")
    assert made.against_wish
    assert Agreement.objects.get(pk=made.pk).wish_reason == "Zonder naam, dat mag van Noor."


@pytest.mark.django_db
def test_a_refusal_does_not_quote_a_story_that_is_for_the_lead_alone(wished: Scene) -> None:
    story = {"not_wishes": NOT_IN_CLASS}
    only = Visibility.HANDLER_ONLY
    save_step(wished.teacher, wished.step(2), story, now=NOW, visibility=only)
    circle = {"decision": "yes", "method": "restorative_circle", "target_consent": "given"}
    save_step(wished.teacher, wished.step(8), circle, now=NOW)
    with pytest.raises(RuleBroken) as refused:
        class_rules(wished)
    missing = [p for p in missing_for_done(wished.step(8), NOW) if p.code == "wish"]
    told = [str(problem.message) for problem in (*refused.value.problems, *missing)]
    assert len(told) == 2
    assert not any(NOT_IN_CLASS in text for text in told)


@pytest.mark.django_db
def test_a_reason_goes_when_the_plan_no_longer_touches_the_wish(wished: Scene) -> None:
    made = class_rules(wished, wish_reason="Zonder naam.")
    changed = change_agreement(
        wished.teacher,
        made,
        now=NOW,
        owner_type="staff",
        owner_staff=wished.teacher,
        owner_name="",
        what="Maak een plattegrond",
    )
    assert not changed.against_wish
    assert changed.wish_reason == ""


@pytest.mark.django_db
def test_a_talk_against_a_wish_needs_a_reason(wished: Scene) -> None:
    with_class: dict[str, Any] = {"with_role": "class", "with_participant": None, "with_name": "7A"}
    with pytest.raises(RuleBroken, match="wish_reason:wish"):
        make_talk(wished.teacher, wished.case, **with_class)
    made = make_talk(wished.teacher, wished.case, **with_class, wish_reason="Noor is er niet bij.")
    assert FollowUpTalk.objects.get(pk=made.pk).against_wish


# ── more conversations ───────────────────────────────────────────────────────
def second_conversation(scene: Scene, **values: Any) -> Conversation:
    later = NOW + timedelta(days=1)
    made = start_conversation(
        scene.coordinator, scene.case, lead=scene.teacher, now=later, **values
    )
    step_records(made)
    return made


def again_with_the_same_pupil(scene: Scene) -> Conversation:
    scene.case.conversations.update(status=Conversation.Status.COMPLETED, completed_at=NOW)
    return second_conversation(scene, target=scene.case.target)


@pytest.mark.django_db
def test_a_wish_counts_on_in_the_next_conversation_until_another_is_named(wished: Scene) -> None:
    again = again_with_the_same_pupil(wished)
    for conversation in (None, again):
        with pytest.raises(RuleBroken, match="wish_reason:wish"):
            class_rules(wished, conversation=conversation)
    circle = {"decision": "yes", "method": "restorative_circle", "target_consent": "given"}
    record = step_records(again)[7]
    save_step(wished.teacher, record, circle, now=NOW)
    assert "wish" in {problem.code for problem in missing_for_done(record, NOW)}
    other = {"not_wishes": "dat mijn ouders het horen"}
    save_step(wished.teacher, step_records(again)[1], other, now=NOW)
    assert not class_rules(wished, conversation=again).against_wish
    with pytest.raises(RuleBroken, match="wish_reason:wish"):
        class_rules(wished, what="Bel de moeder", conversation=again)


@pytest.mark.django_db
def test_what_one_pupil_does_not_want_binds_no_plan_out_of_the_conversation_with_another(
    wished: Scene,
) -> None:
    daan = second_conversation(wished, pupil=make_pupil(wished.school_class, "Daan", "Smit"))
    assert not class_rules(wished, conversation=daan).against_wish
    # A plan for the whole case asks about the wishes of both.
    with pytest.raises(RuleBroken, match="wish_reason:wish"):
        class_rules(wished)


@pytest.mark.django_db
def test_step_8_asks_how_the_pupil_is_protected(wished: Scene) -> None:
    circle = {"decision": "yes", "method": "restorative_circle", "target_consent": "given"}
    save_step(wished.teacher, wished.step(8), circle, now=NOW)
    missing = [p for p in missing_for_done(wished.step(8), NOW) if p.code == "wish"]
    assert [p.field for p in missing] == ["protection_note"]
    save_step(wished.teacher, wished.step(8), {**circle, "protection_note": "Noor kiest."}, now=NOW)
    assert not [p for p in missing_for_done(wished.step(8), NOW) if p.code == "wish"]


@pytest.mark.django_db
def test_the_page_asks_beside_the_field_and_keeps_what_was_typed(
    wished: Scene, client: Client, at: Any
) -> None:
    at(NOW)
    client.force_login(wished.teacher)
    posted = {
        "what": "Praat in de kring over vriendschap",
        "owner": "me",
        "deadline": (NOW + timedelta(days=2)).date().isoformat(),
        "responsible_staff": str(wished.teacher.uuid),
    }
    address = f"/cases/{wished.case.uuid}/agreements/new/"
    assert 'name="wish_reason"' not in client.get(address).content.decode().replace(
        'type="hidden" name="wish_reason"', ""
    )
    refused = client.post(address, posted)
    assert refused.status_code == 422
    text = refused.content.decode()
    assert NOT_IN_CLASS in text
    assert "Praat in de kring over vriendschap" in text
    assert '<textarea name="wish_reason"' in text
    assert "mag ook leeg" not in text.partition('for="id_wish_reason"')[2].partition("<textarea")[0]
    assert client.post(address, {**posted, "wish_reason": "Zonder naam."}).status_code == 302


@pytest.mark.django_db
def test_the_coordinator_sees_it_on_the_overview_and_an_outsider_does_not(
    wished: Scene, client: Client, at: Any
) -> None:
    at(NOW)
    class_rules(wished, wish_reason="Zonder naam.")
    client.force_login(wished.coordinator)
    page = client.get("/overview/").content.decode()
    assert "Maak nieuwe regels" in page.partition('id="h-wishes"')[2]
    for person in (wished.principal, wished.colleague):
        assert against_wishes(wished.who(person), wished.school) == []


@pytest.mark.django_db
def test_a_plan_against_a_wish_on_the_overview_is_a_look_at_its_case(
    wished: Scene, client: Client, at: Any
) -> None:
    at(NOW)
    # Nothing else about the case stands on the page: it is neither late, nor due today, new or silent.
    class_rules(wished, wish_reason="Zonder naam.", deadline=NOW.date() + timedelta(days=4))
    client.force_login(wished.coordinator)
    assert "Maak nieuwe regels" in client.get("/overview/").content.decode()
    listed = AuditEvent.objects.filter(verb=CASE_LISTED, actor_id=wished.coordinator.pk)
    assert list(listed.values_list("case_uuid", flat=True)) == [wished.case.uuid]
