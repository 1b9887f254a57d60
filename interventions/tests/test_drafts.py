"""Every form of an approach that keeps drafts gives back what was typed after a lost session."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from interventions.tests.running import Run, adopt, begin, weigh
from pestzorg.posting.drafts import typed_in
from pestzorg.posting.models import Draft
from pestzorg.testing.builders import NOW
from pestzorg.testing.posted import fields_of

TYPED = "Kanarie zingt weer"


def started(rest: str) -> Callable[[Run], str]:
    def path(run: Run) -> str:
        made = begin(run)
        phase = made.phases.earliest("number")
        home = f"/cases/{run.case.uuid}/interventions/{made.uuid}/"
        return home + rest.format(phase=phase.uuid)

    return path


def ruled(run: Run) -> str:
    return f"/class-rules/{adopt(run, begin(run), NOW).uuid}/"


def ready(run: Run) -> str:
    weigh(run)
    return f"/cases/{run.case.uuid}/interventions/new/"


# the page, a field on it, and what is typed there
PAGES: dict[str, tuple[Callable[[Run], str], str, str]] = {
    "phase": (started("phases/{phase}/"), "difficult_for_me", TYPED),
    "stop": (started("stop/"), "reason", TYPED),
    "facilitator": (started("facilitator/"), "name", TYPED),
    "finish": (started("finish/"), "review_on", "2025-12-01"),
    "check": (lambda run: f"/cases/{run.case.uuid}/interventions/check/", "note", TYPED),
    "start": (ready, "share_ok", "on"),
    "rules": (started("rules/"), "text", TYPED),
    "rule of a class": (
        lambda run: f"/classes/{run.scene.school_class.uuid}/rules/new/",
        "text",
        TYPED,
    ),
    "rule looked at again": (ruled, "reason", TYPED),
    "adapt": (
        lambda run: f"/interventions/methods/{run.scene.school.code}/no_blame/adapt/",
        "purpose",
        TYPED,
    ),
    "preventive": (lambda _run: "/interventions/new/", "planned_start", "2025-12-01"),
}


@pytest.mark.parametrize("name", PAGES)
def test_what_was_typed_before_the_session_was_lost_comes_back(
    run: Run, at: Any, name: str
) -> None:
    path, field, typed = PAGES[name]
    at(NOW)
    url = path(run)
    form = fields_of(signed_in(run).get(url).content.decode(), "data-autosave")
    kept = {"draft": "keep", "who": str(run.scene.coordinator.uuid)}
    assert signed_in(run).post(url, form | {field: typed} | kept).status_code == 201
    draft = Draft.objects.get()
    assert typed_in(draft)[field] == typed
    page = signed_in(run).get(url, {"draft": draft.uuid})
    assert page.status_code == 200
    assert fields_of(page.content.decode(), "data-autosave")[field] == [typed]


def test_who_was_chosen_for_the_group_comes_back(run: Run, at: Any) -> None:
    at(NOW)
    url = started("group/")(run)
    form = fields_of(signed_in(run).get(url).content.decode(), "data-autosave")
    someone = next(name for name in form if name not in {"csrfmiddlewaretoken", "once", "seen"})
    kept = {"draft": "keep", "who": str(run.scene.coordinator.uuid)}
    assert signed_in(run).post(url, form | {someone: "friend"} | kept).status_code == 201
    draft = Draft.objects.get()
    assert typed_in(draft)[someone] == "friend"
    page = signed_in(run).get(url, {"draft": draft.uuid}).content.decode()
    assert fields_of(page, "data-autosave")[someone] == ["friend"]


def signed_in(run: Run) -> Client:
    """A new session."""
    client = Client()
    client.force_login(run.scene.coordinator)
    return client
