"""A case may have several conversations: the plain address leads to the latest, another one names its own."""

from __future__ import annotations

import re
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from cases.models import Conversation, Participant
from cases.services.conversations import begin_sitting, step_records
from cases.services.items import put_measure
from cases.tests.scene import Scene
from pestzorg.posting.models import Draft
from pestzorg.testing.builders import NOW, make_agreement, make_case_active, make_pupil
from pestzorg.testing.posted import fields_of


@pytest.fixture
def both(scene: Scene) -> tuple[Conversation, Conversation]:
    """Noor's conversation, and a later one of the same case with Mila."""
    mila = Participant.objects.create(case=scene.case, name="Mila", role="target")
    later = Conversation.objects.create(
        case=scene.case, target=mila, lead=scene.teacher, edition_key="2025-1"
    )
    return scene.case.conversations.get(target=scene.case.target), later


@pytest.fixture
def teacher(client: Client, scene: Scene, at: Any) -> Client:
    at(NOW)
    client.force_login(scene.teacher)
    return client


def plain(conversation: Conversation, tail: str = "") -> str:
    return f"/cases/{conversation.case.uuid}/conversation/{tail}"


def named(conversation: Conversation, tail: str = "") -> str:
    return f"/cases/{conversation.case.uuid}/conversations/{conversation.uuid}/{tail}"


Both = tuple[Conversation, Conversation]


def test_the_plain_address_is_the_latest(teacher: Client, both: Both) -> None:
    first, later = both
    assert "Gesprek met Mila" in teacher.get(plain(first)).content.decode()
    assert "Gesprek met Noor" in teacher.get(named(first)).content.decode()
    assert "Gesprek met Mila" in teacher.get(named(later)).content.decode()


def test_no_link_of_a_named_conversation_leads_to_another(teacher: Client, both: Both) -> None:
    first, _later = both
    begin_sitting(teacher_of(first), first, now=NOW)
    for tail in ("", "2/", "2/?view=write", "end/"):
        page = teacher.get(named(first, tail)).content.decode()
        assert named(first) in page
        assert plain(first) not in page


def teacher_of(conversation: Conversation) -> Any:
    return conversation.lead


def test_what_is_typed_reaches_the_conversation_that_is_named(teacher: Client, both: Both) -> None:
    first, later = both
    answer = teacher.post(named(first, "5/"), {"action": "next", "praise_words": "Knap."})
    assert answer.headers["Location"] == named(first, "6/")
    assert step_records(first)[4].answer("praise_words") == "Knap."
    assert step_records(later)[4].answer("praise_words") is None
    answer = teacher.post(named(first, "begin/"))
    assert answer.headers["Location"] == named(first, "1/")
    assert (first.sittings.count(), later.sittings.count()) == (1, 0)


def test_a_conversation_of_another_case_is_not_found(
    teacher: Client, scene: Scene, both: Both
) -> None:
    pupil = make_pupil(scene.school_class, "Daan")
    other = make_case_active(scene.coordinator, scene.teacher, scene.school, pupil)
    stranger = other.conversations.get()
    for uuid in (stranger.uuid, uuid4()):
        where = reverse("conversation:step", args=[scene.case.uuid, uuid, 1])
        assert teacher.get(where).status_code == 404


def test_today_leads_to_each_of_them(teacher: Client, both: Both) -> None:
    first, later = both
    scene_case = first.case
    scene_case.first_talk_due_on = NOW.date()
    scene_case.save(update_fields=["first_talk_due_on"])
    page = teacher.get("/").content.decode()
    assert named(first) in page
    assert plain(later) in page


def test_an_offered_agreement_comes_from_the_conversation_that_is_named(
    teacher: Client, both: Both
) -> None:
    first, _later = both
    told = {"action": "agree-0", "praise_words": "Marit belt de ouders tegen vrijdag."}
    answer = teacher.post(named(first, "5/"), told)
    assert f"of={first.uuid}" in answer.headers["Location"]
    assert teacher.get(answer.headers["Location"]).status_code == 200


# ── whose agreement it is ────────────────────────────────────────────────────
def test_what_step_6_offers_the_second_pupil_becomes_the_agreement_of_that_pupil(
    teacher: Client, both: Both
) -> None:
    first, _later = both
    for conversation in both:
        agreed = {"status": "agreed", "deadline": NOW.date()}
        put_measure(teacher_of(first), conversation, "change_password", now=NOW, **agreed)
        page = teacher.get(named(conversation, "7/"), {"view": "write"})
        sent = fields_of(page.content.decode(), "step-form") | {"action": "add-agreements"}
        teacher.post(named(conversation, "7/"), sent)
    made = [(a.owner_type, a.owner) for a in first.case.agreements.order_by("pk")]
    assert made == [("target", "Noor"), ("target", "Mila")]


def test_everybody_who_is_bullied_here_can_own_an_agreement_and_keeps_it(
    teacher: Client, both: Both
) -> None:
    first, later = both
    for made_in, owner in ((first, later), (later, later), (None, first), (later, first)):
        agreement = make_agreement(
            first.lead,
            first.case,
            conversation=made_in,
            owner_type="target",
            owner_staff=None,
            owner_participant=owner.target,
        )
        edit = reverse("cases:agreement-edit", args=[agreement.uuid])
        form = teacher.get(edit).context["form"]
        assert {"Noor", "Mila"} <= {label for _key, label in form.fields["owner"].choices}
        sent = {name: form[name].value() or "" for name in ("owner", "deadline", "what")}
        sent |= {"what": "Vraagt hulp.", "responsible_staff": str(first.lead.uuid)}
        assert teacher.post(edit, sent).status_code == 302
        agreement.refresh_from_db()
        assert (agreement.what, agreement.owner_type) == ("Vraagt hulp.", "target")
        assert agreement.owner_participant == owner.target


def test_a_sentence_of_the_first_conversation_offers_the_agreement_to_its_own_pupil(
    teacher: Client, both: Both
) -> None:
    first, _later = both
    told = {"action": "agree-0", "praise_words": "Noor vertelt het tegen vrijdag aan opa."}
    form = teacher.get(teacher.post(named(first, "5/"), told).headers["Location"]).context["form"]
    assert (form["owner"].value(), form.people.target) == ("target", first.target)


# ── a page that was opened before another conversation began ─────────────────
@pytest.fixture
def began(teacher: Client, scene: Scene) -> dict[str, Any]:
    """Step 5 of Noor's conversation as it was opened; then one with Mila begins."""
    page = teacher.get(plain(scene.conversation, "5/") + "?view=write").content.decode()
    sent = fields_of(page, "step-form")
    where = re.search(r'<form method="post" action="([^"]+)"[^>]*step-form', page)
    mila = Participant.objects.create(case=scene.case, name="Mila", role="target")
    first = scene.conversation
    later = Conversation.objects.create(
        case=scene.case, target=mila, lead=scene.teacher, edition_key="2025-1"
    )
    assert where
    return {"where": where[1], "sent": sent, "first": first, "later": later}


def test_what_is_typed_on_it_is_saved_where_it_was_typed(
    teacher: Client, began: dict[str, Any]
) -> None:
    first, later = began["first"], began["later"]
    answer = teacher.post(began["where"], began["sent"] | {"praise_words": "Knap."})
    assert answer.headers["Location"] == named(first, "5/")
    assert step_records(first)[4].answer("praise_words") == "Knap."
    assert step_records(later)[4].answer("praise_words") is None


@pytest.mark.parametrize("is_open_still", [True, False])
def test_a_draft_of_it_is_offered_in_its_own_conversation_only(
    teacher: Client, scene: Scene, began: dict[str, Any], *, is_open_still: bool
) -> None:
    first = began["first"]
    if not is_open_still:
        # It was kept while the plain address still meant this conversation.
        began["later"].delete()
    draft = {"praise_words": "Knap.", "draft": "keep", "who": str(scene.teacher.uuid)}
    where = began["where"] if is_open_still else plain(first, "5/")
    assert teacher.post(where, began["sent"] | draft).status_code == 201
    if not is_open_still:
        began["later"].save(force_insert=True)
    assert teacher.get(plain(first, "5/")).context["drafts"].mine is None
    page = teacher.get(named(first, "5/"))
    kept = page.context["drafts"].mine
    taken = teacher.get(named(first, "5/"), {"draft": kept.uuid, "view": "write"})
    assert "Knap." in taken.content.decode()
    thrown = {"draft": "drop", "once": kept.key, "next": named(first, "5/")}
    teacher.post(page.context["drafts"].place, thrown)
    assert not Draft.objects.exists()
