"""Every field of every step and list can be stored through its page, and stands on that page again."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from cases.models import Agreement, FollowUpTalk
from cases.protocol import CURRENT_EDITION, Field, edition
from cases.services import items
from cases.services.steps import skip_step
from cases.tests.finishing import done
from cases.tests.scene import Scene
from pestzorg.testing.builders import NOW, make_agreement, make_talk
from pestzorg.testing.posted import fields_of

STEPS = edition(CURRENT_EDITION).steps
QUESTIONS = [
    pytest.param(step.number, question, id=f"{step.number}-{question.key}")
    for step in STEPS
    for question in step.fields
]
# what a question can only hold together with another answer, or in a case this serious
SHARED: dict[str, Any] = {"postponed_to": {"postponed_reason": "Noor was op."}}


@pytest.fixture
def teacher(scene: Scene, at: Any) -> Client:
    at(NOW)
    client = Client()
    client.force_login(scene.teacher)
    return client


def url_of(scene: Scene, number: int) -> str:
    return reverse("conversation:step", args=[scene.case.uuid, number]) + "?view=write"


def shown(client: Client, scene: Scene, number: int) -> dict[str, Any]:
    page = client.get(url_of(scene, number)).content.decode()
    return fields_of(page, 'id="step-form"')


def save(client: Client, scene: Scene, number: int, **posted: Any) -> dict[str, Any]:
    """Save the page with this on it, and what stands on it then."""
    answer = client.post(
        url_of(scene, number), {**shown(client, scene, number), **posted, "action": "save"}
    )
    errors = getattr(answer, "context", None) and answer.context["form"].errors
    assert answer.status_code == 302, errors
    return shown(client, scene, number)


WORDS = "Zoë zei: 'één'."
# kind of question -> what is chosen, from the scene or from the choices
CHOSEN: dict[str, Any] = {
    "score": lambda scene, keys: 0,
    "choice": lambda scene, keys: keys[-1],
    "multi": lambda scene, keys: keys[-2:],
    "date": lambda scene, keys: "2025-11-06",
    "datetime": lambda scene, keys: "2025-11-06T10:15",
    "staff": lambda scene, keys: str(scene.coordinator.uuid),
    "leader": lambda scene, keys: str(scene.principal.uuid),
    "class_group": lambda scene, keys: str(scene.school_class.uuid),
}


def sample(scene: Scene, question: Field) -> tuple[Any, Any]:
    """What a browser posts for a question, and what is stored."""
    if question.kind in ("bool", "must_be_true"):
        is_choice = question.kind == "bool" and question.required
        return ("false", False) if is_choice else ("on", True)
    chosen = CHOSEN.get(question.kind, lambda scene, keys: WORDS)
    stored = chosen(scene, [choice.key for choice in question.choices])
    return str(stored) if question.kind == "score" else stored, stored


@pytest.mark.parametrize(("number", "question"), QUESTIONS)
def test_a_question_is_stored_and_shown_again(
    scene: Scene, teacher: Client, make_severity: Any, number: int, question: Field
) -> None:
    make_severity(4)
    for key in ("collect_evidence", "seek_support", "file_complaint"):
        items.put_measure(scene.teacher, scene.conversation, key, now=NOW, status="not_now")
    posted, stored = sample(scene, question)
    given = {question.key: posted, **SHARED.get(question.key, {}), "action": "save"}
    assert teacher.post(url_of(scene, number), given).status_code == 302
    page = shown(teacher, scene, number)
    assert scene.step(number).answers.items() >= {question.key: stored}.items()
    assert page[question.key] == (posted if isinstance(posted, list) else [posted])


@pytest.mark.parametrize("number", range(1, 11))
def test_summary_and_reader_of_a_step_are_stored_and_shown_again(
    scene: Scene, teacher: Client, number: int
) -> None:
    page = save(teacher, scene, number, summary="Kort gezegd.", visibility="shareable")
    assert (page["summary"], page["visibility"]) == (["Kort gezegd."], ["shareable"])
    record = scene.step(number)
    assert (record.summary, record.visibility) == ("Kort gezegd.", "shareable")


# ── lists ────────────────────────────────────────────────────────────────────
# list, step, what a row posts; "…" is somebody at school
ROWS: list[tuple[str, int, dict[str, Any]]] = [
    (
        "incidents",
        2,
        {
            "description": "Stickers in de app.",
            "happened_on": "2025-10-27",
            "date_precision": "week",
            "forms": ["verbal", "cyber"],
            "cyber_subforms": ["exclusion"],
            "channels": ["whatsapp"],
            "place": "home_online",
            "seen_by": "Bo en Finn",
            "audience": "class",
            "still_online": "on",
            "sender_known": "suspected",
            "outside_school_hours": "on",
            "possible_offence": "on",
            "perceived_grounds": ["physical_appearance"],
        },
    ),
    (
        "people",
        2,
        {
            "name": "Lieke",
            "role": "alleged_bully",
            "certainty": "reported_by_other",
            "note": "Begint in de app.",
        },
    ),
    (
        "prior_actions",
        4,
        {
            "action_type": "told_friend",
            "tried_when": "in oktober",
            "effect": "partly",
            "keep_doing": "on",
            "note": "Mila luistert.",
        },
    ),
    (
        "parent_contacts",
        3,
        {
            "person": "Karin",
            "held_at": "2025-11-03T09:00",
            "mode": "phone",
            "concerns": "Buikpijn op maandag.",
            "expectations": "Dat het stopt.",
        },
    ),
    (
        "support_persons",
        10,
        {
            "name": "Mila",
            "relationship": "older_pupil",
            "tasks": ["join_at_break"],
            "what_they_do": "Loopt mee.",
            "inside_school": "on",
            "chosen_by_pupil": "on",
            "answer": "not_asked",
            "ask_before": "2025-11-07",
            "knows_what": "outline",
            "until": "2025-12-19",
        },
    ),
]


@pytest.mark.parametrize(("name", "number", "row"), ROWS, ids=[name for name, *_rest in ROWS])
def test_every_field_of_a_row_is_stored_and_shown_again(
    scene: Scene, teacher: Client, name: str, number: int, row: dict[str, Any]
) -> None:
    if name == "support_persons":
        row = {**row, "asked_by": str(scene.coordinator.pk)}
    page = save(
        teacher, scene, number, **{f"{name}-new-{key}": value for key, value in row.items()}
    )
    again = stored_row(page, name)
    assert again.items() >= {k: v if isinstance(v, list) else [v] for k, v in row.items()}.items()


def stored_row(page: dict[str, Any], name: str) -> dict[str, Any]:
    """The saved row of a list as its page shows it."""
    begins = {key.rsplit("-", 1)[0] for key in page if key.startswith(f"{name}-")}
    (prefix,) = begins - {f"{name}-new"}
    return {key.removeprefix(f"{prefix}-"): v for key, v in page.items() if key.startswith(prefix)}


def test_what_shows_it_is_described_once_something_happened(scene: Scene, teacher: Client) -> None:
    assert "evidence-new-kind" not in shown(teacher, scene, 2)
    told = items.put_incident(scene.teacher, scene.case, None, now=NOW, description="Stickers.")
    row = {
        "incident": str(told.uuid),
        "kind": "screenshot",
        "described_as": "Haar foto met een snor.",
        "seen_on": "2025-10-28",
        "held_by": "parent",
        "source_url": "https://app.example/groep/7",
        "account_name": "groep7zonderN",
        "contains_intimate_image": "on",
    }
    page = save(teacher, scene, 2, **{f"evidence-new-{key}": value for key, value in row.items()})
    assert stored_row(page, "evidence").items() >= {k: [v] for k, v in row.items()}.items()


@pytest.mark.parametrize("key", [m.key for m in edition(CURRENT_EDITION).measures])
def test_every_field_of_a_measure_is_stored_and_shown_again(
    scene: Scene, teacher: Client, key: str
) -> None:
    definition = scene.conversation.edition.measure(key)
    row = {
        "status": "agreed",
        "owner": "Noor",
        "helper": "Karin",
        **({"deadline": "2025-11-07"} if definition.has_deadline else {}),
        "feasibility": "8",
        "note": "Samen met mama.",
    }
    save(teacher, scene, 6, **{f"measures-{key}-{name}": value for name, value in row.items()})
    # How it turned out is asked once something was agreed.
    page = save(teacher, scene, 6, **{f"measures-{key}-outcome": "partly"})
    expected = {f"measures-{key}-{name}": [v] for name, v in {**row, "outcome": "partly"}.items()}
    assert page.items() >= expected.items()


def test_why_there_is_no_talk_is_stored_and_shown_again(scene: Scene, teacher: Client) -> None:
    person = items.put_participant(
        scene.teacher, scene.case, None, now=NOW, name="Lieke", role="alleged_bully"
    )
    row = {"without_talk": "other", "without_talk_note": "Zij is verhuisd."}
    page = save(teacher, scene, 9, **{f"people-{person.uuid}-{k}": v for k, v in row.items()})
    assert page.items() >= {f"people-{person.uuid}-{k}": [v] for k, v in row.items()}.items()


def test_a_support_person_follows_agreements_and_an_adult_may_get_reminders(
    scene: Scene, teacher: Client
) -> None:
    agreement = make_agreement(scene.teacher, scene.case)
    row = {
        "name": "Karin",
        "relationship": "parent",
        "tasks": ["listen"],
        "answer": "accepted",
        "linked_agreements": [str(agreement.uuid)],
        "reminders_allowed": "on",
    }
    page = save(teacher, scene, 10, **{f"support_persons-new-{k}": v for k, v in row.items()})
    again = stored_row(page, "support_persons")
    assert again["linked_agreements"] == [str(agreement.uuid)]
    assert again["reminders_allowed"] == ["on"]
    karin = scene.conversation.support_persons.get()
    assert (karin.answered_on, list(karin.linked_agreements.all())) == (NOW.date(), [agreement])


# ── agreements, talks, leaving out ───────────────────────────────────────────
def test_every_field_of_an_agreement_is_stored_and_shown_again(
    scene: Scene, teacher: Client
) -> None:
    row = {
        "what": "Bel de ouders",
        "owner": "parent",
        "owner_name": "Karin",
        "responsible_staff": str(scene.teacher.uuid),
        "deadline": "2025-11-14",
        "helper": "De mentor",
        "check_how": "Karin mailt.",
        "all_days": "on",
        "visibility": ["pupil", "parents", "class_teacher"],
    }
    save(teacher, scene, 7, **{f"agreements-new-{key}": value for key, value in row.items()})
    agreement = Agreement.objects.get()
    edit = reverse("cases:agreement-edit", args=[agreement.uuid])
    page = fields_of(teacher.get(edit).content.decode(), 'method="post" novalidate')
    again = {key: page.get(key) for key in row}
    assert again == {k: v if isinstance(v, list) else [v] for k, v in row.items()}
    assert (agreement.owner_type, agreement.source, agreement.status) == ("parent", "step", "open")
    teacher.post(edit, {**page, "deadline": "2025-11-21", "when": ""})
    agreement.refresh_from_db()
    assert agreement.postponed_from == ["2025-11-14"]
    read = teacher.get(reverse("cases:agreement-page", args=[agreement.uuid])).content.decode()
    assert "Uitgesteld van" in read
    assert "Mentor of klasleerkracht" in read


def test_every_field_of_a_planned_talk_is_stored_and_shown_again(
    scene: Scene, teacher: Client
) -> None:
    row = {
        "with_whom": "parent",
        "with_name": "Karin",
        "planned_at": "2025-11-13T16:00",
        "conductor": str(scene.coordinator.uuid),
        "purposes": ["inform", "progress"],
    }
    save(teacher, scene, 9, **{f"talks-new-{key}": value for key, value in row.items()})
    talk = FollowUpTalk.objects.get()
    page = teacher.get(reverse("cases:talk-page", args=[talk.uuid])).content.decode()
    for words in ("Karin", "donderdag 13 november", scene.coordinator.full_name, "informeren"):
        assert words in page.lower() or words in page
    assert (talk.with_role, talk.status) == ("parent", "planned")


def test_every_field_of_a_held_talk_is_stored_and_shown_again(
    scene: Scene, teacher: Client
) -> None:
    done(scene, 1)
    skip_step(scene.teacher, scene.step(10), "pupil_declined", now=NOW, note="Nu niet.")
    agreement = make_agreement(scene.teacher, scene.case, what="Nieuwe plattegrond")
    talk = make_talk(scene.teacher, scene.case)
    url = reverse("cases:talk-page", args=[talk.uuid])
    sent = {
        "status": "held",
        "progress": "better",
        "safety_score": "7",
        "new_incident": "true",
        "progress_examples": "Speelt mee.",
        "congratulated": "true",
        "congratulation_words": "Knap gedaan.",
        "note": "Bleef even zitten.",
        "agreements_reviewed": [str(agreement.uuid)],
        "support_asked_again": "still_not",
        "next_talk_at": "2025-11-14T10:30",
    }
    assert teacher.post(url, sent).status_code == 302
    page = teacher.get(url).content.decode()
    for words in (
        *("Gevoerd", "Beter", "7", "Ja", "Speelt mee.", "Knap gedaan.", "Bleef even zitten."),
        *("Nieuwe plattegrond", "Ook nu niet", "vrijdag 14 november"),
    ):
        assert words in page
    talk.refresh_from_db()
    assert (talk.congratulated, talk.new_incident) == (True, True)
    assert scene.case.talks.get(status="planned").planned_at == datetime(
        2025, 11, 14, 10, 30, tzinfo=scene.school.zone
    )


def test_why_a_step_is_left_out_is_stored(scene: Scene, teacher: Client) -> None:
    done(scene, 1)
    sent = {"action": "skip", "skip_reason": "pupil_declined", "skip_note": "Nu liever niet."}
    answer = teacher.post(url_of(scene, 10), {**shown(teacher, scene, 10), **sent, "skip_note": ""})
    assert answer.status_code == 422
    assert teacher.post(url_of(scene, 10), sent).status_code == 302
    record = scene.step(10)
    assert (record.status, record.skip_reason, record.skip_note) == (
        "skipped",
        "pupil_declined",
        "Nu liever niet.",
    )
