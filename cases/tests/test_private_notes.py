"""The private note of a step: lead and handler write and read it, and nobody else ever meets it."""

from __future__ import annotations

import pytest
from django.test import Client

from cases.access import Who, may_read_private_note
from cases.ceilings import Level
from cases.models import StepRecord
from cases.services.sharing import share_case
from cases.services.steps import save_step
from cases.tests.scene import Scene
from pestzorg.errors import RuleBroken
from pestzorg.testing.builders import NOW
from schools.models import User
from schools.services.tokens import issue_token

NOTE = "Kanarie keek vaak naar de deur."


@pytest.fixture
def noted(scene: Scene, at: object) -> Scene:
    at(NOW)  # type: ignore[operator]
    share_case(scene.coordinator, scene.case, scene.colleague, Level.CONTRIBUTE, now=NOW)
    save_step(scene.teacher, scene.step(2), {}, now=NOW, private_note=NOTE)
    return scene


def page_of(scene: Scene, user: User, tail: str = "conversation/2/") -> str:
    client = Client()
    client.force_login(user)
    return client.get(f"/cases/{scene.case.uuid}/{tail}").content.decode()


def post(scene: Scene, user: User, **typed: str) -> int:
    client = Client()
    client.force_login(user)
    return client.post(f"/cases/{scene.case.uuid}/conversation/2/", typed).status_code


def seen_in(page: str) -> str:
    """What the page says that it showed."""
    return page.partition('name="seen" value="')[2].partition('"')[0]


def test_lead_and_handler_read_the_note_and_a_contributor_does_not(noted: Scene) -> None:
    people = (noted.teacher, noted.coordinator, noted.colleague, noted.principal)
    record = noted.step(2)
    assert [may_read_private_note(noted.who(p), record) for p in people] == [
        True,
        True,
        False,
        False,
    ]
    shown = [NOTE in page_of(noted, p) for p in people]
    assert shown == [True, True, False, False]
    assert 'name="private_note"' not in page_of(noted, noted.colleague)


def test_no_other_page_of_the_case_shows_the_note(noted: Scene) -> None:
    for tail in ("", "conversation/", "conversation/1/", "conversation/7/", "access/"):
        assert NOTE not in page_of(noted, noted.teacher, tail), tail


def test_a_token_of_the_lead_does_not_reach_the_note(noted: Scene) -> None:
    token, secret = issue_token(
        noted.teacher, name="Kast", schools=[noted.school], days=30, now=NOW
    )
    assert not may_read_private_note(Who(noted.teacher, NOW, token), noted.step(2))
    path = f"/api/v1/conversations/{noted.conversation.uuid}/"
    answer = Client(headers={"Authorization": f"Bearer {secret}"}).get(path)
    assert answer.status_code == 200
    assert NOTE not in answer.content.decode()


def test_what_is_posted_as_a_note_by_somebody_else_changes_nothing(noted: Scene) -> None:
    assert post(noted, noted.colleague, private_note="Weg ermee", action="save") == 302
    assert StepRecord.objects.get(step=2).private_note == NOTE


def test_the_lead_empties_the_note_and_the_handler_writes_one(noted: Scene) -> None:
    seen = seen_in(page_of(noted, noted.teacher))
    assert post(noted, noted.teacher, private_note="", seen=seen, action="save") == 302
    assert StepRecord.objects.get(step=2).private_note == ""
    assert post(noted, noted.coordinator, private_note="Ander lokaal.", action="save") == 302
    assert StepRecord.objects.get(step=2).private_note == "Ander lokaal."


def test_saving_the_answers_alone_leaves_the_note(noted: Scene) -> None:
    save_step(noted.colleague, noted.step(2), {"story": "Ze lachen."}, now=NOW)
    assert StepRecord.objects.get(step=2).private_note == NOTE


def test_too_long_a_note_is_refused_at_its_field(noted: Scene) -> None:
    seen = seen_in(page_of(noted, noted.teacher))
    long = {"private_note": "x" * 2001, "seen": seen, "action": "save"}
    assert post(noted, noted.teacher, **long) == 422
    with pytest.raises(RuleBroken):
        save_step(noted.teacher, noted.step(2), {}, now=NOW, private_note="x" * 2001)
