"""Somebody else leads: the pupil knows, a note goes along, and so do access and the talks that were chosen."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from cases import events
from cases.access import can_see_content, level_on
from cases.ceilings import Level
from cases.models import Conversation, LeadChange, Participant
from cases.services.conversations import begin_sitting, change_lead, end_sitting
from cases.services.exclusions import exclude_from_case
from cases.services.extras import grant_extra
from cases.services.sharing import share_case
from cases.tests.scene import Scene
from pestzorg.audit.models import AuditEvent
from pestzorg.errors import RuleBroken
from pestzorg.reminders.models import Reminder
from pestzorg.reminders.sweep import sweep
from pestzorg.testing.builders import NOW, make_agreement, make_person, make_talk
from schools.roles import Role

AFTER = NOW + timedelta(minutes=25)
KNOWN: dict[str, Any] = {"pupil_knows": True, "handover_note": "Noor praat het liefst buiten."}


def change(scene: Scene, lead: Any = None, **values: Any) -> LeadChange:
    given = KNOWN | {"now": AFTER} | values
    return change_lead(scene.coordinator, scene.conversation, lead or scene.colleague, **given)


def level(scene: Scene, user: Any) -> int:
    return level_on(scene.who(user, AFTER), scene.case)


def codes(error: pytest.ExceptionInfo[RuleBroken]) -> list[tuple[str | None, str]]:
    return [(p.field, p.code) for p in error.value.problems]


# ── refused, then accepted ───────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("values", "field"),
    [({"pupil_knows": False}, "pupil_knows"), ({"handover_note": ""}, "handover_note")],
)
def test_nobody_takes_over_without_the_pupil_and_a_note(
    scene: Scene, values: dict[str, Any], field: str
) -> None:
    with pytest.raises(RuleBroken) as refused:
        change(scene, **values)
    assert codes(refused) == [(field, "required")]
    assert scene.conversation.lead == scene.teacher
    change(scene)
    assert scene.conversation.lead == scene.colleague


def test_a_talk_that_is_going_on_is_ended_first(scene: Scene) -> None:
    sitting = begin_sitting(scene.teacher, scene.conversation, now=NOW)
    with pytest.raises(RuleBroken) as refused:
        change(scene)
    assert codes(refused) == [(None, "open")]
    stop(scene, sitting)
    change(scene)
    assert scene.conversation.lead == scene.colleague


def stop(scene: Scene, sitting: Any) -> None:
    tomorrow = NOW + timedelta(days=1)
    given = {"ended_because": "time", "recap_read_aloud": True, "next_contact_at": tomorrow}
    end_sitting(scene.teacher, sitting, now=AFTER, **given)


def test_only_a_teacher_or_coordinator_of_the_school_leads(scene: Scene) -> None:
    for person in (scene.principal, make_person(Role.COUNSELLOR, scene.school)):
        with pytest.raises(RuleBroken) as refused:
            change(scene, person)
        assert codes(refused) == [("lead", "role")]
    exclude_from_case(scene.coordinator, scene.case, scene.colleague, now=NOW, reason="family")
    with pytest.raises(RuleBroken) as refused:
        change(scene, scene.colleague)
    assert codes(refused) == [("lead", "role")]
    with pytest.raises(RuleBroken) as refused:
        change(scene, scene.teacher)
    assert codes(refused) == [("lead", "same")]


def test_what_is_over_has_no_new_lead(scene: Scene) -> None:
    Conversation.objects.update(status="completed")
    with pytest.raises(RuleBroken) as refused:
        change(scene)
    assert codes(refused) == [(None, "over")]


def test_a_change_is_kept_and_logged(scene: Scene) -> None:
    made = change(scene)
    assert (made.former, made.lead, made.changed_by) == (
        scene.teacher,
        scene.colleague,
        scene.coordinator,
    )
    assert AuditEvent.objects.get(verb=events.LEAD_CHANGED).rule == "R27"


# ── access ───────────────────────────────────────────────────────────────────
def test_access_moves_along(scene: Scene) -> None:
    assert (level(scene, scene.teacher), level(scene, scene.colleague)) == (Level.CONTRIBUTE, 0)
    change(scene)
    assert (level(scene, scene.teacher), level(scene, scene.colleague)) == (0, Level.CONTRIBUTE)


def test_who_still_has_a_task_reads_along_until_it_is_done(scene: Scene) -> None:
    make_agreement(scene.teacher, scene.case)
    change(scene)
    assert level(scene, scene.teacher) == Level.VIEW


def test_nobody_gets_less_by_leading(scene: Scene) -> None:
    share_case(scene.coordinator, scene.case, scene.colleague, Level.MANAGE, now=NOW)
    change(scene)
    assert level(scene, scene.colleague) == Level.MANAGE


def test_what_somebody_has_for_a_while_does_not_become_lasting_by_leading(scene: Scene) -> None:
    friday = AFTER + timedelta(days=3)
    share = {"now": NOW, "valid_until": friday}
    share_case(scene.coordinator, scene.case, scene.colleague, Level.MANAGE, **share)
    grant_extra(scene.coordinator, scene.case, scene.colleague, "view_reporter", now=NOW)
    change(scene)
    assert level(scene, scene.colleague) == Level.MANAGE
    assert level_on(scene.who(scene.colleague, friday), scene.case) == Level.CONTRIBUTE
    codenames = scene.case.grants.filter(user=scene.colleague).values_list("permission__codename")
    assert ("view_reporter",) in codenames


def test_the_handler_keeps_what_handling_gives(scene: Scene) -> None:
    change(scene, scene.coordinator)
    assert not can_see_content(scene.teacher, scene.case, AFTER)
    change(scene, scene.teacher)
    grants = scene.case.grants.filter(user=scene.coordinator)
    assert [grant.permission.codename for grant in grants] == ["manage_case"]


def test_who_leads_another_conversation_of_the_case_keeps_access(scene: Scene) -> None:
    other = Participant.objects.create(case=scene.case, name="Mila", role="target")
    Conversation.objects.create(
        case=scene.case, target=other, lead=scene.teacher, edition_key="2025-1"
    )
    first = scene.case.conversations.first()
    change_lead(scene.coordinator, first, scene.colleague, now=AFTER, **KNOWN)
    assert level(scene, scene.teacher) == Level.CONTRIBUTE


def test_a_lead_who_left_school_is_followed_up_all_the_same(scene: Scene) -> None:
    make_agreement(scene.teacher, scene.case)
    scene.teacher.memberships.get().roles.all().delete()
    change(scene)
    assert scene.conversation.lead == scene.colleague
    assert not scene.case.grants.filter(user=scene.teacher).exists()


# ── what goes along ──────────────────────────────────────────────────────────
def test_the_chosen_talks_go_along(scene: Scene) -> None:
    goes, stays = make_talk(scene.teacher, scene.case), make_talk(scene.teacher, scene.case)
    change(scene, talks=[goes])
    goes.refresh_from_db()
    stays.refresh_from_db()
    assert (goes.conductor, stays.conductor) == (scene.colleague, scene.teacher)
    assert level(scene, scene.teacher) == Level.VIEW


def test_a_talk_of_somebody_else_does_not_go_along(scene: Scene) -> None:
    talk = make_talk(scene.coordinator, scene.case)
    with pytest.raises(RuleBroken) as refused:
        change(scene, talks=[talk])
    assert codes(refused) == [("talks", "foreign")]
    assert scene.conversation.lead == scene.teacher


def test_who_takes_over_after_the_mail_is_reminded_too(scene: Scene) -> None:
    stop(scene, begin_sitting(scene.teacher, scene.conversation, now=NOW))
    day = datetime(2025, 11, 4, 8, tzinfo=scene.school.zone)
    sweep(day)
    change(scene, now=day)
    sweep(day + timedelta(minutes=1))
    told = Reminder.objects.filter(kind="resume").order_by("id")
    assert [r.recipient_id for r in told] == [scene.teacher.pk, scene.colleague.pk]


# ── the page ─────────────────────────────────────────────────────────────────
def url(scene: Scene, tail: str = "lead/") -> str:
    return f"/cases/{scene.case.uuid}/conversation/{tail}"


@pytest.fixture
def coordinator(client: Client, scene: Scene, at: Any) -> Client:
    at(AFTER)
    client.force_login(scene.coordinator)
    return client


def test_the_page_offers_the_planned_talks_and_hands_over(
    coordinator: Client, scene: Scene
) -> None:
    talk = make_talk(scene.teacher, scene.case)
    form = coordinator.get(url(scene)).context["form"]
    assert form["talks"].value() == [str(talk.uuid)]
    posted = {
        "lead": str(scene.colleague.uuid),
        "pupil_knows": "on",
        "handover_note": "Rustig aan.",
        "talks": [str(talk.uuid)],
    }
    assert coordinator.post(url(scene), posted | {"pupil_knows": ""}).status_code == 422
    assert coordinator.post(url(scene), posted).status_code == 302
    talk.refresh_from_db()
    assert (scene.conversation.lead, talk.conductor) == (scene.colleague, scene.colleague)
    assert "Rustig aan." in coordinator.get(url(scene, "")).content.decode()


def test_who_only_reads_along_does_not_read_the_note(client: Client, scene: Scene, at: Any) -> None:
    at(AFTER)
    make_agreement(scene.teacher, scene.case)
    change(scene)
    client.force_login(scene.teacher)
    page = client.get(url(scene, "")).content.decode()
    assert "droeg het gesprek over" in page
    assert KNOWN["handover_note"] not in page


def test_who_contributes_names_no_lead(client: Client, scene: Scene, at: Any) -> None:
    at(AFTER)
    client.force_login(scene.teacher)
    assert client.get(url(scene)).status_code == client.post(url(scene)).status_code == 404
    assert b"/lead/" not in client.get(url(scene, "")).content
