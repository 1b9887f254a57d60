"""Two conversations in one case: what hangs on the case goes to no reader for whom one of them is closed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from cases.ceilings import Level
from cases.models import Conversation, Incident, ParentContact, StepRecord
from cases.models.step_record import StepStatus, Visibility
from cases.queries.conversation_report import Audience, conversation_report
from cases.services import items
from cases.services.agreements import settle_agreement
from cases.services.conversations import (
    begin_sitting,
    discontinue_conversation,
    start_conversation,
    step_records,
)
from cases.services.sharing import share_case
from cases.tests.printing import signed_in
from cases.tests.scene import Scene
from pestzorg.testing.builders import NOW, make_agreement, make_pupil, make_talk

TOLD = "Duwde in de gang."
PAPERS = (Audience.PUPIL, Audience.PARENTS)


@pytest.fixture
def first(scene: Scene, at: Any) -> Conversation:
    """The conversation in which it was told."""
    at(NOW)
    items.put_incident(scene.teacher, scene.case, None, now=NOW, description=TOLD)
    ParentContact.objects.create(
        case=scene.case, person="Oma Riet", mode="phone", held_at=NOW, by=scene.teacher
    )
    step_records(scene.conversation)
    return scene.conversation


def another(scene: Scene, **values: Any) -> Conversation:
    made = start_conversation(
        scene.coordinator, scene.case, lead=scene.teacher, now=NOW + timedelta(days=1), **values
    )
    step_records(made)
    return made


def let_read(conversation: Conversation, number: int, visibility: str) -> None:
    records = StepRecord.objects.filter(conversation=conversation, step=number)
    records.update(visibility=visibility, status=StepStatus.IN_PROGRESS)


# ── pages ────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("number", "words", "row"),
    [(2, TOLD, "incidents-new-"), (3, "Oma Riet", "parent_contacts-new-")],
)
def test_a_list_is_on_no_page_of_who_may_not_read_it_in_the_other_conversation(
    scene: Scene, first: Conversation, number: int, words: str, row: str
) -> None:
    share_case(scene.coordinator, scene.case, scene.colleague, Level.CONTRIBUTE, now=NOW)
    another(scene, pupil=make_pupil(scene.school_class, "Daan", "Smit"))
    step = reverse("conversation:step", args=[scene.case.uuid, number]) + "?view=write"
    for visibility, told in ((Visibility.HANDLER_ONLY, False), (Visibility.CARE_TEAM, True)):
        let_read(first, number, visibility)
        page = signed_in(scene.colleague).get(step).content.decode()
        assert ((words in page), (row in page)) == (told, told)
        assert words in signed_in(scene.teacher).get(step).content.decode()


def test_a_list_that_is_closed_takes_no_new_row(scene: Scene, first: Conversation) -> None:
    share_case(scene.coordinator, scene.case, scene.colleague, Level.CONTRIBUTE, now=NOW)
    another(scene, pupil=make_pupil(scene.school_class, "Daan", "Smit"))
    step = reverse("conversation:step", args=[scene.case.uuid, 2])
    row = {"incidents-new-description": "Schopte.", "incidents-new-date_precision": "exact"}
    sent = {"action": "save", "view": "write", **row}
    for visibility, count in ((Visibility.HANDLER_ONLY, 1), (Visibility.CARE_TEAM, 2)):
        let_read(first, 2, visibility)
        signed_in(scene.colleague).post(step, sent)
        assert Incident.objects.count() == count


@pytest.mark.parametrize("has_another", [False, True])
def test_the_page_of_the_case_tells_nothing_of_a_closed_step(
    scene: Scene, first: Conversation, *, has_another: bool
) -> None:
    share_case(scene.coordinator, scene.case, scene.colleague, Level.VIEW, now=NOW)
    if has_another:
        another(scene, pupil=make_pupil(scene.school_class, "Daan", "Smit"))
    page = reverse("cases:page", args=[scene.case.uuid])
    for number, words in ((2, TOLD), (3, "Oma Riet")):
        for visibility, told in ((Visibility.HANDLER_ONLY, False), (Visibility.CARE_TEAM, True)):
            let_read(first, number, visibility)
            assert (words in signed_in(scene.colleague).get(page).content.decode()) is told
            assert words in signed_in(scene.teacher).get(page).content.decode()


# ── read aloud, and on the screen that the pupil reads along with ────────────
def test_the_pupil_hears_only_agreements_that_are_meant_for_this_pupil(
    scene: Scene, first: Conversation
) -> None:
    agreed = {
        "Loopt mee naar huis": {"conversation": first},
        "Praat met de klas": {"conversation": first, "visibility": ["care_team"]},
        "Komt langs": {"conversation": first},
        "Belt de opa van Noor": {},
    }
    made = [make_agreement(scene.teacher, scene.case, what=w, **v) for w, v in agreed.items()]
    settle_agreement(scene.teacher, made[2], "cancelled", now=NOW)
    second = another(scene, pupil=make_pupil(scene.school_class, "Daan", "Smit"))
    make_agreement(scene.teacher, scene.case, what="Zit bij Daan", conversation=second)
    for conversation, heard in ((first, "Loopt mee naar huis"), (second, "Zit bij Daan")):
        begin_sitting(scene.teacher, conversation, now=NOW)
        client, part = signed_in(scene.teacher), [scene.case.uuid, conversation.uuid]
        step = reverse("conversation:step", args=[*part, 7])
        for page in (reverse("conversation:end", args=part), step + "?view=talk"):
            told = client.get(page).content.decode()
            assert [what for what in [*agreed, "Zit bij Daan"] if what in told] == [heard]
        told = client.get(step + "?view=write").content.decode()
        kept = [*agreed] if conversation == first else ["Belt de opa van Noor", heard]
        assert all(what in told for what in kept)


# ── papers ───────────────────────────────────────────────────────────────────
def paper(scene: Scene, conversation: Conversation, audience: Audience) -> str:
    for number in (2, 3, 7, 9):
        let_read(conversation, number, Visibility.SHAREABLE)
    fresh = Conversation.objects.get(pk=conversation.pk)
    return str(conversation_report(scene.who(scene.teacher), fresh, audience).parts)


def test_the_paper_of_another_pupil_has_nothing_that_may_be_the_first_pupils(
    scene: Scene, first: Conversation
) -> None:
    make_agreement(scene.teacher, scene.case, visibility=["pupil", "parents", "care_team"])
    make_talk(
        scene.teacher, scene.case, with_role="parent", with_participant=None, with_name="Vader V."
    )
    scene.case.agreements.update(conversation=None)
    scene.case.talks.update(conversation=None)
    shown = {"parents": [TOLD, "Oma Riet", "Bel de ouders", "Vader V."]}
    shown["pupil"] = [TOLD, "Bel de ouders"]
    for audience in PAPERS:
        found = paper(scene, first, audience)
        assert [words for words in shown[audience] if words not in found] == []
    second = another(scene, pupil=make_pupil(scene.school_class, "Daan", "Smit"))
    for audience in PAPERS:
        found = paper(scene, second, audience)
        assert [words for words in shown["parents"] if words in found] == []
    assert all(words in paper(scene, second, Audience.FILE) for words in shown["parents"])


@pytest.mark.parametrize(("number", "words"), [(2, TOLD), (3, "Oma Riet")])
def test_a_paper_leaves_out_what_the_same_pupil_told_in_a_step_that_is_closed(
    scene: Scene, first: Conversation, number: int, words: str
) -> None:
    target = first.target
    discontinue_conversation(scene.teacher, first, "Noor was ziek.", now=NOW)
    second = another(scene, target=target)
    for visibility, told in ((Visibility.CARE_TEAM, False), (Visibility.SHAREABLE, True)):
        let_read(first, number, visibility)
        assert (words in paper(scene, second, Audience.PARENTS)) is told
        assert words in paper(scene, second, Audience.FILE)
