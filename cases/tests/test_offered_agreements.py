"""Step 7: who is offered as owner, and what step 6 offers."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.urls import reverse

from cases.models import SupportPerson
from cases.queries.people import CasePeople
from cases.services.items import put_measure, put_participant, put_support_person
from cases.tests.printing import signed_in
from cases.tests.scene import Scene
from cases.web.agreement_forms import AgreementForm, initial_of
from cases.web.talk_forms import TalkForm
from pestzorg.testing.builders import NOW, make_agreement
from pestzorg.testing.posted import fields_of


@pytest.fixture(autouse=True)
def _now(at: Any) -> None:
    at(NOW)


def test_who_helps_and_plays_a_part_too_is_offered_once(scene: Scene) -> None:
    mila = put_participant(scene.teacher, scene.case, None, now=NOW, name="Mila", role="defender")
    helper: dict[str, Any] = {"relationship": "friend", "tasks": ["listen"]}
    helper["answer"] = SupportPerson.Answer.ACCEPTED
    for name in ("mila", "Oma"):
        put_support_person(scene.teacher, scene.conversation, None, now=NOW, name=name, **helper)
    people = CasePeople(scene.case, NOW)
    for choices in (
        AgreementForm(case=scene.case, now=NOW, user=scene.teacher).fields["owner"].choices,
        TalkForm(case=scene.case, now=NOW, user=scene.teacher).fields["with_whom"].choices,
    ):
        named = [(key, label) for key, label in choices if label.casefold() in {"mila", "oma"}]
        assert [label for _key, label in named] == ["Mila", "Oma"]
        assert named[0][0] == f"participant:{mila.uuid}"
    # As it was agreed before she had a part: the form still says whose it is.
    given = make_agreement(
        scene.teacher, scene.case, owner_type="support_person", owner_staff=None, owner_name="mila"
    )
    assert initial_of(given, people, scene.teacher)["owner"] == f"participant:{mila.uuid}"


def test_step_7_with_offers_alone_has_a_button_that_makes_them(scene: Scene) -> None:
    agreed = {"status": "agreed", "owner": "Noor", "deadline": date(2025, 11, 5)}
    put_measure(scene.teacher, scene.conversation, "change_password", now=NOW, **agreed)
    client, step = signed_in(scene.teacher), reverse("conversation:step", args=[scene.case.uuid, 7])
    page = client.get(step, {"view": "write"}).content.decode()
    assert "Maak deze afspraken" in page
    sent = fields_of(page, "step-form") | {"action": "add-agreements"}
    assert client.post(step, sent).headers["Location"] == step + "#agreements"
    made = scene.case.agreements.get()
    assert (made.source_key, made.owner, made.deadline) == (
        "change_password",
        "Noor",
        date(2025, 11, 5),
    )
    assert "Maak deze afspraken" not in client.get(step, {"view": "write"}).content.decode()
