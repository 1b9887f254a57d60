"""Hints beside the questions: only when the case asks for them, in the words of the country, never for the pupil."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from cases.models import Case, Participant
from cases.protocol import ProtocolError
from cases.protocol.hints import FILE, hints_of, read_hints
from cases.queries.step_hints import hints_for
from cases.services import items
from cases.services.conversations import begin_sitting
from cases.tests.finishing import save
from cases.tests.scene import Scene
from pestzorg.testing.builders import NOW, make_pupil


def hints(scene: Scene, number: int) -> str:
    with translation.override("nl"):
        return " ".join(hints_for(scene.step(number), scene.case.incidents.all()))


def told(scene: Scene, **values: Any) -> None:
    items.put_incident(
        scene.teacher, scene.case, None, now=NOW, **{"description": "Duwde in de gang.", **values}
    )


@pytest.fixture
def teacher(scene: Scene, at: Any) -> Client:
    at(NOW)
    client = Client()
    client.force_login(scene.teacher)
    return client


def url(scene: Scene, number: int, view: str = "write") -> str:
    return reverse("conversation:step", args=[scene.case.uuid, number]) + f"?view={view}"


# ── which hints ──────────────────────────────────────────────────────────────
@pytest.mark.parametrize(("country", "words"), [("nl", "jonger dan 16"), ("be", "vanaf 12 jaar")])
def test_the_rule_about_parents_is_that_of_the_country(
    scene: Scene, country: str, words: str
) -> None:
    scene.school.country = scene.case.school.country = country
    scene.school.save(update_fields=["country"])
    assert words in hints(scene, 3)


def test_strong_self_blame_suggests_whom_to_consult_and_a_little_does_not(scene: Scene) -> None:
    for answer, suggested in (("none", False), ("some", False), ("strong", True)):
        save(scene, 5, self_blame=answer)
        assert ("zorgteam" in hints(scene, 5)) is suggested


@pytest.mark.parametrize(
    ("ground", "protected"), [("religion_belief", True), ("school_results", False)]
)
def test_a_ground_that_the_law_protects_may_be_discrimination(
    scene: Scene, ground: str, protected: bool
) -> None:
    told(scene, perceived_grounds=[ground])
    assert ("discriminatie" in hints(scene, 2)) is protected


@pytest.mark.parametrize(
    ("values", "may_be"),
    [
        ({"possible_offence": True}, True),
        ({"cyber_subforms": ["doxing"]}, True),
        ({"cyber_subforms": ["exclusion"]}, False),
        ({}, False),
    ],
)
def test_what_may_be_an_offence_leads_to_the_police(
    scene: Scene, values: dict[str, Any], may_be: bool
) -> None:
    told(scene, **values)
    assert ("strafbaar" in hints(scene, 2)) is may_be
    assert ("wijkagent" in hints(scene, 2)) is may_be


def test_somebody_saw_it_leads_to_the_parts_people_play(scene: Scene) -> None:
    told(scene)
    assert hints(scene, 2) == ""
    told(scene, seen_by="twee jongens van 7B")
    assert "Iemand zag het gebeuren" in hints(scene, 2)


def test_hints_are_not_shown_while_the_pupil_reads_along(scene: Scene, teacher: Client) -> None:
    begin_sitting(scene.teacher, scene.conversation, now=NOW)
    save(scene, 5, self_blame="strong", self_blame_plan="Zorgteam.")
    assert "geeft zichzelf sterk de schuld" in teacher.get(url(scene, 5)).content.decode()
    assert "geeft zichzelf sterk" not in teacher.get(url(scene, 5, "talk")).content.decode()


@pytest.mark.parametrize(
    ("severity", "day"), [(2, "6 november"), (3, "4 november"), (4, "3 november")]
)
def test_a_new_moment_says_by_which_day_it_is(
    scene: Scene,
    teacher: Client,
    make_severity: Callable[[int], Case],
    severity: int,
    day: str,
) -> None:
    make_severity(severity)
    page = teacher.get(url(scene, 1)).content.decode()
    assert re.search(rf"Uiterlijk (op )?\w+ {day}\.? Dit wordt meteen", page)


# ── who saw it becomes a bystander ───────────────────────────────────────────
def test_a_classmate_who_saw_it_is_offered_and_becomes_a_participant_with_a_part(
    scene: Scene, teacher: Client
) -> None:
    bo, finn = (make_pupil(scene.school_class, name, "Smit") for name in ("Bo", "Finn"))
    told(scene, seen_by="Bo stond erbij, en een jongen van buiten.")
    page = teacher.get(url(scene, 2)).content.decode()
    assert "Bo zag het: welke rol?" in page
    assert str(finn.uuid) not in page
    offer = f"people-offer-{bo.uuid}"
    begins = {f"{offer}-name": "Bo", f"{offer}-certainty": "named_by_target"}
    teacher.post(url(scene, 2), {**begins, "action": "save"})
    assert not scene.case.participants.filter(pupil=bo).exists()
    teacher.post(url(scene, 2), {**begins, f"{offer}-role": "bystander", "action": "save"})
    person = Participant.objects.get(pupil=bo)
    assert (person.name, person.role, person.certainty) == ("Bo", "bystander", "named_by_target")
    assert "Bo zag het" not in teacher.get(url(scene, 2)).content.decode()


def test_who_plays_a_part_already_is_not_offered(scene: Scene, teacher: Client) -> None:
    make_pupil(scene.school_class, "Bo", "Smit")
    items.put_participant(scene.teacher, scene.case, None, now=NOW, name="Bo", role="outsider")
    told(scene, seen_by="Bo en Noor")
    assert "zag het: welke rol?" not in teacher.get(url(scene, 2)).content.decode()


# ── the file ─────────────────────────────────────────────────────────────────
def test_no_hint_holds_a_telephone_number() -> None:
    """Numbers change: they stand with the help routes, with the day on which somebody looked."""
    texts = [
        str(h.text) for country in ("nl", "be") for n in range(11) for h in hints_of(n, country)
    ]
    assert [text for text in texts if re.search(r"\d[\d -]{4,}", text)] == []


def test_every_hint_is_there_for_both_countries() -> None:
    found = {
        (h.key, country)
        for country in ("nl", "be")
        for n in range(11)
        for h in hints_of(n, country)
    }
    keys = {"parents", "self_blame", "discrimination", "offence", "bystanders"}
    assert found == {(key, country) for key in keys for country in ("nl", "be")}


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ('key = "self_blame"', 'key = "blame"', "key is none of"),
        ('country = "both"', 'country = "fr"', "country is not one of"),
        ("step = 5", "step = 11", "not a number from 1 to 10"),
        ("step = 5", "step = 5\ncolour = 1", "unknown key colour"),
        ('key = "bystanders"', 'key = "parents"', "bystanders is missing"),
    ],
)
def test_a_broken_file_of_hints_is_refused(
    tmp_path: Path, old: str, new: str, complaint: str
) -> None:
    file = tmp_path / "hints.toml"
    text = FILE.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ProtocolError, match=complaint):
        read_hints(file)
