"""Every form that keeps drafts gives back what was typed after a lost session; a new one is named here."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from cases.services.agreements import settle_agreement
from cases.services.conversations import begin_sitting, end_sitting
from cases.tests.closable import CLOSING_AT, enter, make_closable
from cases.tests.scene import Scene
from pestzorg.posting.drafts import typed_in
from pestzorg.posting.models import Draft
from pestzorg.testing.builders import NOW, make_agreement, make_talk
from pestzorg.testing.posted import fields_of

TYPED = "Kanarie zingt weer"
OF_INTERVENTIONS = "../../interventions/tests/test_drafts.py"
INTERVENTIONS = (
    *("check", "facilitator", "finish", "group", "method_adapt"),
    *("phase", "preventive", "start", "stop"),
)
# template -> where its draft is proved: a row of PAGES below, else the test
KEPT = {
    "cases/_settle_form.html": "settle",
    "cases/aftercare_check.html": "aftercare_check",
    "cases/aftercare_move.html": "aftercare_move",
    "cases/agreement_form.html": "agreement",
    "cases/assess.html": "test_drafts.py",
    "cases/closing.html": "closing",
    "cases/conversation/_language.html": "test_drafts.py",
    "cases/conversation/_paused.html": "test_drafts.py",
    "cases/conversation/end.html": "end",
    "cases/conversation/lead.html": "lead",
    "cases/conversation/overview.html": "test_drafts.py",
    "cases/conversation/sitting.html": "sitting",
    "cases/conversation/step.html": "test_drafts.py",
    "cases/helped.html": "helped",
    "cases/reopen.html": "reopen",
    "cases/severity.html": "test_drafts.py",
    "cases/talk.html": "test_drafts.py",
    "cases/talk_form.html": "talk",
    "cases/talk_move.html": "talk_move",
    "class_rules/_adopt_form.html": OF_INTERVENTIONS,
    "class_rules/review.html": OF_INTERVENTIONS,
    **{f"interventions/{name}.html": OF_INTERVENTIONS for name in INTERVENTIONS},
    "reports/new.html": "test_drafts.py",
}


def settled(scene: Scene) -> str:
    agreement = make_agreement(scene.coordinator, scene.case, NOW)
    settle_agreement(scene.coordinator, agreement, "done", now=NOW)
    return reverse("cases:agreement-helped", args=[agreement.uuid])


def to_settle(scene: Scene) -> str:
    agreement = make_agreement(scene.coordinator, scene.case, NOW)
    return reverse("cases:agreement-page", args=[agreement.uuid])


def sitting(scene: Scene) -> str:
    begun = begin_sitting(scene.teacher, scene.conversation, now=NOW)
    read = {"recap_read_aloud": True, "next_contact_at": NOW + timedelta(days=1)}
    end_sitting(scene.teacher, begun, now=NOW, ended_because="finished", **read)
    return reverse("conversation:sitting", args=[scene.case.uuid, begun.number])


def leading(scene: Scene) -> str:
    return reverse("conversation:lead", args=[scene.case.uuid])


def talking(scene: Scene) -> str:
    begin_sitting(scene.teacher, scene.conversation, now=NOW)
    return reverse("conversation:end", args=[scene.case.uuid])


def aftercare(name: str) -> Callable[[Scene], str]:
    def path(scene: Scene) -> str:
        make_closable(scene)
        enter(scene)
        check = scene.case.aftercare_checks.earliest("due_on")
        return reverse(f"cases:{name}", args=[scene.case.uuid, check.uuid])

    return path


def reopening(scene: Scene) -> str:
    make_closable(scene)
    enter(scene)
    return reverse("cases:reopen", args=[scene.case.uuid])


def of_case(name: str) -> Callable[[Scene], str]:
    return lambda scene: reverse(f"cases:{name}", args=[scene.case.uuid])


def moving(scene: Scene) -> str:
    return reverse("cases:talk-move", args=[make_talk(scene.coordinator, scene.case).uuid])


# name -> the page, as it stands at its moment, and a field for words on it
PAGES: dict[str, tuple[Callable[[Scene], str], str]] = {
    "settle": (to_settle, "note"),
    "helped": (settled, "helped_words"),
    "aftercare_check": (aftercare("aftercare-check"), "class_teacher_signal"),
    "aftercare_move": (aftercare("aftercare-move"), "reason"),
    "reopen": (reopening, "reason"),
    "sitting": (sitting, "name_other"),
    "end": (talking, "handover_note"),
    "lead": (leading, "handover_note"),
    "agreement": (of_case("agreement-new"), "what"),
    "talk": (of_case("talk-new"), "with_name"),
    "talk_move": (moving, "planned_at"),
    "closing": (of_case("closing"), "note"),
}


def test_no_form_that_keeps_drafts_is_forgotten() -> None:
    folder = Path(settings.BASE_DIR) / "templates"
    keeping = {
        str(path.relative_to(folder))
        for path in folder.rglob("*.html")
        if "data-autosave" in path.read_text() and path.name != "_autosave.html"
    }
    assert keeping == KEPT.keys()
    named = set(KEPT.values())
    assert {name for name in named if not name.endswith(".py")} == PAGES.keys()
    here = Path(__file__).parent
    assert [name for name in named if name.endswith(".py") and not (here / name).exists()] == []


@pytest.mark.parametrize("name", PAGES)
def test_what_was_typed_before_the_session_was_lost_comes_back(
    scene: Scene, at: Any, name: str
) -> None:
    path, field = PAGES[name]
    url = path(scene)
    at(CLOSING_AT)
    form = fields_of(signed_in(scene).get(url).content.decode(), "data-autosave")
    kept = {"draft": "keep", "who": str(scene.coordinator.uuid)}
    place = url if name != "settle" else url + "settle/"
    typed = TYPED if field != "planned_at" else "2025-12-16T11:11"
    assert signed_in(scene).post(place, form | {field: typed} | kept).status_code == 201
    draft = Draft.objects.get()
    assert typed_in(draft)[field] == typed
    page = signed_in(scene).get(url, {"draft": draft.uuid})
    assert page.status_code == 200
    assert typed in page.content.decode()


def signed_in(scene: Scene) -> Client:
    """A new session."""
    client = Client()
    client.force_login(scene.coordinator)
    return client
