"""Every column of every list: page, paper and API have exactly what cases/protocol/lists.toml gives each reader."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from cases.models import (
    Agreement,
    Evidence,
    FollowUpTalk,
    Incident,
    ParentContact,
    Participant,
    PriorAction,
    SelfProtectionMeasure,
    StepRecord,
    SupportPerson,
)
from cases.models.step_record import Visibility
from cases.protocol import ProtocolError, edition, editions, vocabulary
from cases.protocol.lists import Column, printed_lists, read_lists
from cases.services import items
from cases.tests.columns import MODELS, stored
from cases.tests.printing import AUDIENCES, paper, preview
from cases.tests.scene import Scene
from pestzorg.testing.builders import NOW, make_person, make_pupil
from pestzorg.testing.clients import signed_in
from schools.roles import Role

IN_API = {
    "evidence": "cases/{case}/evidence/",
    "incidents": "cases/{case}/incidents/",
    "people": "cases/{case}/participants/",
    "prior_actions": "conversations/{conversation}/prior-actions/",
    "parent_contacts": "cases/{case}/parent-contacts/",
    "measures": "conversations/{conversation}/measures/",
    "agreements": "agreements/?case={case}",
    "talks": "talks/?case={case}",
    "support_persons": "conversations/{conversation}/support-persons/",
}


# ── the data ─────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("name", MODELS)
def test_every_column_of_a_list_says_where_it_is_printed(name: str) -> None:
    listed = printed_lists()[name]
    said = [*(one for column in listed.columns for one in column.of), *listed.never]
    assert sorted(said) == sorted(stored(MODELS[name]))


@pytest.mark.parametrize("key", editions())
def test_a_list_stands_under_a_step_that_shows_it(key: str) -> None:
    for name, listed in printed_lists().items():
        shown = {step.number for step in edition(key).steps if name in step.lists}
        assert not shown or listed.step in shown


def test_the_file_has_every_column_that_is_on_any_paper() -> None:
    """Names are looked for in what the file prints; a column beside it would keep them."""
    for listed in printed_lists().values():
        assert [c.key for c in listed.columns if "file" not in c.printed] == []


def test_no_note_is_on_any_paper() -> None:
    """A note is for the team; so is what nobody should read at a kitchen table."""
    for listed in printed_lists().values():
        shown = {one for column in listed.columns for one in column.of}
        assert not shown & {"note", "done_note", "wish_reason", "perceived_grounds", "seen_by"}


@pytest.mark.parametrize(
    ("before", "after", "complaint"),
    [
        ('printed = ["file"]', 'printed = ["press"]', "unknown press"),
        ('printed = ["file"]', "printed = []", "names nobody"),
        ("[talks]", "[talk]", "unknown key talk"),
        (
            'never = ["pupil", "note", "without_talk_note"]',
            'never = ["pupil", "note", "name"]',
            "name twice",
        ),
        ('key = "description"', 'key = "channels"', "channels twice"),
    ],
)
def test_a_mistake_in_the_lists_is_named(
    tmp_path: Path, before: str, after: str, complaint: str
) -> None:
    text = (Path(__file__).parents[1] / "protocol" / "lists.toml").read_text()
    assert before in text
    file = tmp_path / "lists.toml"
    file.write_text(text.replace(before, after, 1))
    with pytest.raises(ProtocolError, match=complaint):
        read_lists(file)


# ── one row of each, in which every column says something of its own ─────────
def mark(number: int) -> str:
    return f"Kanarie{number}q"


def columns() -> Iterator[tuple[str, Column]]:
    for name, listed in printed_lists().items():
        for column in listed.columns:
            yield name, column


@pytest.fixture
def held(scene: Scene, at: Any) -> Scene:
    """Everything may be shared with the parents."""
    at(NOW)
    for number in range(1, 11):
        record = scene.step(number)
        record.visibility = Visibility.SHAREABLE
        record.save()
    return scene


@pytest.fixture
def told(held: Scene) -> tuple[Scene, dict[tuple[str, str], str]]:
    """The scene, and what each column says in Dutch."""
    return held, fill(held)


def fill(scene: Scene) -> dict[tuple[str, str], str]:
    """A row in every list."""
    days = iter(date(2031, 3, 1) + timedelta(days=n) for n in range(60))
    months = {3: "maart", 4: "april"}
    people = iter(
        make_person(Role.TEACHER, scene.school, first_name=mark(900 + n)) for n in range(9)
    )

    def written(day: date) -> str:
        return f"{day.day} {months[day.month]} 2031"

    happened, done, deadline, held = (next(days) for _n in range(4))
    asked, answered, until = (next(days) for _n in range(3))
    contact_at, talk_at = NOW.replace(day=1), NOW + timedelta(days=200)
    by, follower, conductor, asker = (next(people) for _n in range(4))
    case, conversation = scene.case, scene.conversation
    Incident.objects.create(
        case=case,
        happened_on=happened,
        description=mark(1),
        place="changing_room",
        channels=["telegram"],
        forms=["material"],
        cyber_subforms=["doxing"],
        still_online=True,
        audience="public",
        sender_known="suspected",
        outside_school_hours=True,
        possible_offence=True,
        seen_by=mark(2),
        perceived_grounds=["religion_belief"],
        recorded_at=NOW,
    )
    Evidence.objects.create(
        incident=case.incidents.get(),
        kind="screenshot",
        described_as=mark(25),
        source_url=mark(26),
        account_name=mark(27),
        held_by="parent",
        recorded_at=NOW,
    )
    Participant.objects.create(
        case=case,
        name=mark(3),
        role="outsider",
        certainty="reported_by_other",
        without_talk="elsewhere",
        note=mark(4),
    )
    PriorAction.objects.create(
        conversation=conversation,
        action_type="avoided_place",
        tried_when=mark(5),
        effect="made_worse",
        keep_doing=True,
        note=mark(6),
    )
    ParentContact.objects.create(
        case=case,
        person=mark(7),
        held_at=contact_at,
        mode="video",
        concerns=mark(8),
        expectations=mark(9),
        by=by,
    )
    SelfProtectionMeasure.objects.create(
        conversation=conversation,
        key="report_to_platform",
        status="already_done",
        owner=mark(10),
        helper=mark(11),
        deadline=deadline,
        feasibility=3,
        outcome="no_longer_needed",
        to_police=True,
        note=mark(12),
    )
    Agreement.objects.create(
        case=case,
        conversation=conversation,
        what=mark(13),
        owner_type="external",
        owner_name=mark(14),
        helper=mark(15),
        responsible_staff=follower,
        deadline=held,
        check_how=mark(16),
        status="partly",
        done_on=done,
        done_note=mark(17),
        wish_reason=mark(18),
        agreed_at=NOW,
        visibility=["pupil", "parents"],
    )
    FollowUpTalk.objects.create(
        case=case,
        conversation=conversation,
        with_participant=case.target,
        with_role="target",
        conductor=conductor,
        planned_at=talk_at,
        purposes=["confront"],
        status="held",
        progress="much_better",
        progress_examples=mark(19),
        congratulated=True,
        congratulation_words=mark(20),
        next_talk_at=NOW + timedelta(days=220),
        support_asked_again="still_not",
        safety_score=9,
        new_incident=False,
        note=mark(21),
        wish_reason=mark(22),
    )
    SupportPerson.objects.create(
        conversation=conversation,
        name=mark(23),
        relationship="neighbour",
        tasks=["listen"],
        what_they_do=mark(24),
        answer="accepted",
        answered_on=answered,
        asked_by=asker,
        ask_before=asked,
        knows_what="everything_pupil_shared",
        until=until,
        inside_school=True,
        chosen_by_pupil=True,
    )
    return {
        ("incidents", "when"): written(happened),
        ("incidents", "description"): mark(1),
        ("incidents", "place"): "Kleedkamer",
        ("incidents", "channels"): "Telegram",
        ("incidents", "forms"): "Materieel",
        ("incidents", "cyber_subforms"): "Privégegevens verspreiden",
        ("incidents", "still_online"): "Staat nog online",
        ("incidents", "audience"): "Iedereen kan het zien",
        ("incidents", "sender_known"): "Er is een vermoeden",
        ("incidents", "outside_school_hours"): "Buiten de schooluren",
        ("incidents", "possible_offence"): "Misschien strafbaar, vraag het aan de politie",
        ("people", "name"): "leerling A",
        ("people", "role"): "kijkt weg",
        ("people", "certainty"): vocabulary.term("certainties", "reported_by_other").label.nl,
        ("people", "without_talk"): "Iemand anders praat met deze leerling",
        ("prior_actions", "action_type"): "Een plek gemeden",
        ("prior_actions", "tried_when"): mark(5),
        ("prior_actions", "effect"): "Maakte het erger",
        ("prior_actions", "keep_doing"): "Blijven doen",
        ("parent_contacts", "person"): mark(7),
        ("parent_contacts", "held_at"): "1 november 2025",
        ("parent_contacts", "by"): by.first_name,
        ("parent_contacts", "mode"): "Videogesprek",
        ("parent_contacts", "concerns"): mark(8),
        ("parent_contacts", "expectations"): mark(9),
        ("measures", "key"): "Melden bij de app of de site zelf",
        ("measures", "status"): "Deed ik al",
        ("measures", "who"): f"{mark(10)}, met hulp van {mark(11)}",
        ("measures", "deadline"): written(deadline),
        ("measures", "to_police"): "Naar de politie",
        ("measures", "outcome"): "Niet meer nodig",
        ("measures", "feasibility"): "3 op 10",
        ("agreements", "who"): f"{mark(14)}, met hulp van {mark(15)}",
        ("agreements", "what"): mark(13),
        ("agreements", "due"): written(held),
        ("agreements", "check_how"): mark(16),
        ("agreements", "responsible_staff"): follower.first_name,
        ("agreements", "state"): written(done),
        ("talks", "whom"): "Met wie",
        ("talks", "when"): "22 mei 2026",
        ("talks", "conductor"): conductor.first_name,
        ("talks", "purposes"): "Grens stellen",
        ("talks", "status"): "Gevoerd",
        ("talks", "progress"): "Veel beter",
        ("talks", "progress_examples"): mark(19),
        ("talks", "compliment"): mark(20),
        ("talks", "next"): "11 juni 2026",
        ("talks", "support_asked_again"): "Ook nu niet",
        ("talks", "safety_score"): "9 op 10",
        ("talks", "new_incident"): "Iets nieuws gebeurd",
        ("support_persons", "name"): mark(23),
        ("support_persons", "relationship"): "Buur",
        ("support_persons", "help"): mark(24),
        ("support_persons", "answer"): written(answered),
        ("support_persons", "asking"): written(asked),
        ("support_persons", "knows_what"): vocabulary.term(
            "knows_what", "everything_pupil_shared"
        ).label.nl,
        ("support_persons", "until"): written(until),
        ("support_persons", "inside_school"): "Binnen de school",
        ("support_persons", "chosen_by_pupil"): "Door de leerling gekozen",
    }


@pytest.mark.parametrize("audience", AUDIENCES)
def test_page_and_paper_have_exactly_the_columns_of_their_reader(
    told: tuple[Scene, dict[tuple[str, str], str]], audience: str
) -> None:
    scene, words = told
    assert {(name, column.key) for name, column in columns()} == set(words)
    wrong = []
    for kind, place in (("page", preview(scene, audience)), ("paper", paper(scene, audience))):
        for name, column in columns():
            shown = words[name, column.key] in place
            if shown != (audience in column.printed):
                wrong.append((kind, name, column.key, words[name, column.key]))
            if audience in column.printed and column.words(audience) not in place:
                wrong.append((kind, name, column.key, column.words(audience)))
        for number in (2, 3, 4, 6, 12, 17, 18, 21, 22, 25, 26, 27):
            if mark(number) in place:
                wrong.append((kind, "never", mark(number), ""))
        assert "Godsdienst" not in place
    assert wrong == []


def test_the_api_has_every_column_also_those_that_no_paper_shows(
    told: tuple[Scene, dict[tuple[str, str], str]],
) -> None:
    scene, _words = told
    client = signed_in(scene.teacher)
    keys = {"case": scene.case.uuid, "conversation": scene.conversation.uuid}
    for name, model in [(name, MODELS[name]) for name in IN_API]:
        answer = client.get("/api/v1/" + IN_API[name].format(**keys))
        row = answer.json()["results"][0]
        kept_as, named = stored(model), {"with_name": "with_whom"}
        assert {one for one in kept_as if named.get(one, one) not in row} == set(), name
        first = model._default_manager.first()
        for number in range(1, 28):
            kept = any(mark(number) == getattr(first, one) for one in kept_as)
            assert not kept or mark(number) in answer.content.decode(), (name, number)


# ── which rows, and whose names ──────────────────────────────────────────────
def test_the_lists_of_a_step_that_nobody_opened_are_not_for_the_parents(
    scene: Scene, at: Any
) -> None:
    at(NOW)
    StepRecord.objects.all().delete()
    items.put_incident(scene.teacher, scene.case, None, now=NOW, description=mark(1))
    assert mark(1) not in preview(scene, "parents")
    assert mark(1) in preview(scene, "file")
    assert mark(1) in preview(scene, "pupil")


def test_a_name_that_only_a_list_tells_is_a_letter_on_every_paper(held: Scene) -> None:
    make_pupil(held.school_class, "Daan", "De Smet")
    case, by = held.case, held.teacher
    items.put_incident(by, case, None, now=NOW, description="Daan lachte, en De Smet filmde")
    contact = {"person": "Vader van Daan", "held_at": NOW, "mode": "phone", "by": by}
    items.put_parent_contact(by, case, None, now=NOW, **contact, concerns="Bang voor Daan")
    for audience in AUDIENCES:
        for place in (preview(held, audience), paper(held, audience)):
            assert "leerling A lachte, en leerling A filmde" in place
            assert "Vader van leerling A" in place
            assert ("Bang voor leerling A" in place) == (audience != "pupil")
            assert not re.search("daan|smet", place, re.IGNORECASE)
