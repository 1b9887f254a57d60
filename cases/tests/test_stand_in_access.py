"""Standing in gives nobody more than it should, nor for longer, and the log tells who gave what to whom."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from cases import events
from cases.access import can_see_content, level_on, may_read_private_note, stays_open
from cases.ceilings import Level
from cases.models import CaseUserObjectPermission, Conversation, LeadChange, StandIn
from cases.queries.open_work import open_work
from cases.services.agreements import settle_agreement
from cases.services.break_glass import break_glass
from cases.services.conversations import change_lead
from cases.services.handing_over import hand_over as hand_over_case
from cases.services.sharing import share_case
from cases.services.standing_in import hand_back_due, hand_over_work
from cases.services.steps import save_step
from cases.tests.scene import Scene
from cases.tests.test_standing_in import FRIDAY, MIDNIGHT, fill, hand_over, refused, work_of
from pestzorg.audit.models import AuditEvent
from pestzorg.errors import RuleBroken
from pestzorg.testing.builders import NOW, make_agreement, make_person, make_talk
from schools.models import User
from schools.roles import Role

NOTE = "Kanarie keek vaak naar de deur."
LONG_AFTER = MIDNIGHT + timedelta(days=90)
WITH_NOTE: dict[str, Any] = {"pupil_knows": True, "handover_note": "Noor praat het liefst buiten."}


@pytest.fixture(autouse=True)
def clock(at: Any) -> None:
    at(NOW)


@pytest.fixture
def contributor(scene: Scene) -> User:
    """The colleague may write in the case, and is neither lead nor manager."""
    share_case(scene.coordinator, scene.case, scene.colleague, Level.CONTRIBUTE, now=NOW)
    save_step(scene.teacher, scene.step(2), {}, now=NOW, private_note=NOTE)
    return scene.colleague


# ── who gives the lead ───────────────────────────────────────────────────────
def test_a_contributor_does_not_find_the_lead_of_somebody_else(
    scene: Scene, contributor: User, client: Client
) -> None:
    client.force_login(contributor)
    data = fill(scene.conversation, taker=str(contributor.uuid))
    assert client.get(work_of(scene.teacher)).status_code == 404
    assert client.post(work_of(scene.teacher), data).status_code == 404
    assert scene.conversation.lead == scene.teacher
    assert not may_read_private_note(scene.who(contributor), scene.step(2))


def test_beside_other_work_the_lead_is_not_listed_and_not_taken(
    scene: Scene, contributor: User, client: Client
) -> None:
    agreement = make_agreement(scene.teacher, scene.case)
    client.force_login(contributor)
    page = client.get(work_of(scene.teacher)).content.decode()
    assert "Bel de ouders" in page
    assert str(scene.conversation.uuid) not in page
    data = fill(agreement, scene.conversation, taker=str(contributor.uuid))
    assert client.post(work_of(scene.teacher), data).status_code == 422
    with pytest.raises(RuleBroken) as error:
        hand_over_work(
            contributor, scene.teacher, [scene.conversation], contributor, now=NOW, until=FRIDAY
        )
    assert [problem.code for problem in error.value.problems] == ["gone"]
    assert scene.conversation.lead == scene.teacher
    assert not may_read_private_note(scene.who(contributor), scene.step(2))


def test_the_lead_gives_the_own_lead_away_for_a_while(scene: Scene) -> None:
    conversation = scene.conversation
    hand_over_work(
        scene.teacher, scene.teacher, [conversation], scene.colleague, now=NOW, until=FRIDAY
    )
    assert scene.conversation.lead == scene.colleague


def test_whoever_reads_along_finds_no_lead(scene: Scene) -> None:
    share_case(scene.coordinator, scene.case, scene.colleague, Level.VIEW, now=NOW)
    assert open_work(scene.who(scene.colleague), scene.teacher.uuid) == []


# ── how long access lasts ────────────────────────────────────────────────────
def named(scene: Scene) -> dict[str, Any]:
    """A task with which the colleague was let in."""
    return {
        "owner_staff": scene.colleague,
        "responsible_staff": scene.colleague,
        "share_ok": True,
    }


def grants_of(scene: Scene, person: User) -> list[CaseUserObjectPermission]:
    return list(scene.case.grants.filter(user=person))


def test_who_was_away_reads_along_no_longer_than_the_task(scene: Scene) -> None:
    agreement = make_agreement(scene.coordinator, scene.case, **named(scene))
    hand_over(scene, agreement, person=scene.colleague, taker=scene.teacher)
    agreement.refresh_from_db()
    settle_agreement(scene.teacher, agreement, "done", now=NOW)
    assert grants_of(scene, scene.colleague)  # away, and back on Friday
    hand_back_due(MIDNIGHT)
    assert grants_of(scene, scene.colleague) == []


def test_who_was_away_reads_along_no_longer_once_it_went_on_for_good(scene: Scene) -> None:
    agreement = make_agreement(scene.coordinator, scene.case, **named(scene))
    hand_over(scene, agreement, person=scene.colleague, taker=scene.teacher)
    agreement.refresh_from_db()
    hand_over(scene, agreement, person=scene.teacher, taker=scene.coordinator, until=None)
    assert grants_of(scene, scene.colleague) == []


def test_a_new_lead_ends_standing_in_for_both(scene: Scene) -> None:
    hand_over(scene, scene.conversation)
    other = make_person(Role.TEACHER, scene.school, first_name="Els")
    change_lead(scene.coordinator, scene.conversation, other, now=NOW, **WITH_NOTE)
    assert not StandIn.objects.filter(ended_at=None).exists()
    assert [grants_of(scene, person) for person in (scene.teacher, scene.colleague)] == [[], []]
    assert hand_back_due(MIDNIGHT) == 0
    assert scene.conversation.lead == other


def test_who_gets_the_lead_back_on_its_own_page_keeps_what_leading_gives(scene: Scene) -> None:
    hand_over(scene, scene.conversation)
    change_lead(scene.coordinator, scene.conversation, scene.teacher, now=NOW, **WITH_NOTE)
    assert not StandIn.objects.filter(ended_at=None).exists()
    assert level_on(scene.who(scene.teacher, LONG_AFTER), scene.case) == Level.CONTRIBUTE
    assert grants_of(scene, scene.colleague) == []


@pytest.mark.parametrize("by_hand", [True, False])
def test_a_substitute_who_is_gone_leaves_nothing_to_who_was_away(
    scene: Scene, *, by_hand: bool
) -> None:
    make_agreement(scene.teacher, scene.case)
    hand_over(scene, scene.conversation)
    actor = scene.coordinator if by_hand else None
    hand_over_case(actor, scene.case, scene.colleague, now=NOW)
    assert scene.conversation.lead == scene.coordinator
    assert not StandIn.objects.filter(ended_at=None).exists()
    # What is left is the agreement: reading along, until it is done.
    assert level_on(scene.who(scene.teacher), scene.case) == Level.VIEW
    assert [grant.purpose for grant in grants_of(scene, scene.teacher)] == ["task"]


# ── access that does not last as long as the task ────────────────────────────
def until_tomorrow(scene: Scene, level: Level = Level.VIEW) -> datetime:
    ends = NOW + timedelta(days=1)
    given = {"now": NOW, "valid_until": ends}
    share_case(scene.coordinator, scene.case, scene.colleague, level, **given)
    return ends


@pytest.mark.parametrize("level", [Level.VIEW, Level.CONTRIBUTE])
def test_a_share_that_ends_before_the_task_is_not_enough(scene: Scene, level: Level) -> None:
    until_tomorrow(scene, level)
    agreement = make_agreement(scene.teacher, scene.case, deadline=date(2025, 11, 12))
    hand_over(scene, agreement, until=None)
    assert can_see_content(scene.colleague, scene.case, LONG_AFTER)
    assert level_on(scene.who(scene.colleague), scene.case) == level
    agreement.refresh_from_db()
    settle_agreement(scene.colleague, agreement, "done", now=NOW)
    assert not can_see_content(scene.colleague, scene.case, LONG_AFTER)


def test_a_share_that_lasts_as_long_is_enough(scene: Scene) -> None:
    given = {"now": NOW, "valid_until": MIDNIGHT}
    share_case(scene.coordinator, scene.case, scene.colleague, Level.VIEW, **given)
    task = make_talk(scene.teacher, scene.case, planned_at=NOW + timedelta(days=2))
    hand_over(scene, task, until=None)
    assert [grant.purpose for grant in grants_of(scene, scene.colleague)] == ["shared"]


def test_a_substitute_whose_own_share_ends_sooner_sees_it_until_the_last_day(scene: Scene) -> None:
    until_tomorrow(scene, Level.CONTRIBUTE)
    hand_over(scene, scene.conversation)
    last = MIDNIGHT - timedelta(seconds=1)
    assert level_on(scene.who(scene.colleague, last), scene.case) == Level.CONTRIBUTE
    assert not can_see_content(scene.colleague, scene.case, MIDNIGHT)


def test_emergency_access_is_no_reason_to_share_nothing(scene: Scene) -> None:
    reason = "He texted that he is being followed home right now."
    break_glass(scene.principal, scene.case, reason=reason, reason_code="danger", now=NOW)
    who = scene.who(scene.principal)
    assert can_see_content(scene.principal, scene.case, NOW)
    assert not stays_open(who, "R14", scene.case, NOW)
    with pytest.raises(RuleBroken) as error:
        make_agreement(scene.teacher, scene.case, owner_staff=scene.principal)
    assert [(p.field, p.code) for p in error.value.problems] == [("share_ok", "share")]
    hand_over(scene, make_agreement(scene.teacher, scene.case), taker=scene.principal, until=None)
    assert can_see_content(scene.principal, scene.case, LONG_AFTER)


def test_who_names_somebody_with_a_share_that_ends_is_asked_to_share(scene: Scene) -> None:
    ends = until_tomorrow(scene)
    with pytest.raises(RuleBroken) as error:
        make_talk(scene.teacher, scene.case, conductor=scene.colleague, planned_at=ends)
    (problem,) = error.value.problems
    assert (problem.field, problem.code) == ("share_ok", "share")
    assert "maar een tijdje" in str(problem.message)
    before = ends - timedelta(minutes=1)
    make_talk(scene.teacher, scene.case, conductor=scene.colleague, planned_at=before)
    assert not can_see_content(scene.colleague, scene.case, ends)
    make_talk(scene.teacher, scene.case, conductor=scene.colleague, planned_at=ends, share_ok=True)
    assert can_see_content(scene.colleague, scene.case, ends)


# ── what is written down ─────────────────────────────────────────────────────
def test_the_log_tells_to_whom_and_by_which_way_the_giver_came(scene: Scene) -> None:
    hand_over(scene, scene.conversation)
    given = AuditEvent.objects.get(verb=events.TASK_HANDED_OVER)
    assert (given.role, given.through) == ("coordinator", "role")
    assert given.subject_uuid == scene.conversation.uuid
    assert given.facts == {"taker": str(scene.colleague.uuid)}
    access = AuditEvent.objects.filter(verb=events.ACCESS_GIVEN).latest("pk")
    assert (access.subject_uuid, access.role) == (scene.colleague.uuid, "coordinator")
    hand_back_due(MIDNIGHT)
    back = AuditEvent.objects.get(verb=events.TASK_HANDED_BACK)
    assert (back.role, back.facts) == ("", {"taker": str(scene.teacher.uuid)})


def leads(conversation: Conversation) -> list[tuple[User, User, str, User | None]]:
    return [(c.former, c.lead, c.reason, c.changed_by) for c in conversation.lead_changes.all()]


def test_the_conversation_shows_who_leads_it_for_a_while(scene: Scene, client: Client) -> None:
    hand_over(scene, scene.conversation)
    hand_back_due(MIDNIGHT)
    boss, teacher, colleague = scene.coordinator, scene.teacher, scene.colleague
    assert leads(scene.conversation) == [
        (teacher, colleague, "away", boss),
        (colleague, teacher, "back", None),
    ]
    client.force_login(boss)
    page = client.get(reverse("conversation:overview", args=[scene.case.uuid])).content.decode()
    assert "Joost de Vries leidt het gesprek een tijdje voor Marit de Vries" in page
    assert "Marit de Vries is terug en leidt het gesprek weer, na Joost de Vries" in page
    assert "vertel de leerling wie het gesprek nu leidt" in page


def test_what_went_on_meanwhile_is_not_written_down_as_coming_back(scene: Scene) -> None:
    agreement = make_agreement(scene.teacher, scene.case)
    hand_over(scene, agreement)
    agreement.refresh_from_db()
    make = {"owner_staff": scene.coordinator, "responsible_staff": scene.coordinator}
    type(agreement).objects.filter(pk=agreement.pk).update(**make)
    hand_back_due(MIDNIGHT)
    before = agreement.version
    agreement.refresh_from_db()
    assert (agreement.version, agreement.owner_staff) == (before, scene.coordinator)
    assert not LeadChange.objects.exists()
    assert refused(scene, agreement, until=None) == ("tasks", "gone")
