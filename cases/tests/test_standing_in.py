"""Open work goes to a colleague for a while or for good; the colleague sees the case only as long as needed."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from cases import events
from cases.access import can_see_content, rules_on
from cases.ceilings import Level
from cases.models import Agreement, FollowUpTalk, StandIn
from cases.queries.open_work import open_work
from cases.services.agreements import settle_agreement
from cases.services.exclusions import exclude_from_case
from cases.services.sharing import share_case
from cases.services.standing_in import hand_back_due, hand_over_work
from cases.tests.scene import Scene
from pestzorg.audit.models import AuditEvent
from pestzorg.errors import RuleBroken
from pestzorg.testing.builders import NOW, make_agreement, make_person, make_school, make_talk
from schools.models import User
from schools.roles import Role
from schools.services.people import end_membership

FRIDAY, MONDAY = date(2025, 11, 7), date(2025, 11, 10)
MIDNIGHT = datetime(2025, 11, 8, tzinfo=NOW.tzinfo) - timedelta(hours=1)  # in the Netherlands


@pytest.fixture(autouse=True)
def clock(at: Any) -> None:
    at(NOW)


@pytest.fixture
def work(scene: Scene) -> tuple[Agreement, FollowUpTalk]:
    """An agreement and a talk of the teacher, who also leads the conversation."""
    return make_agreement(scene.teacher, scene.case), make_talk(scene.teacher, scene.case)


def hand_over(scene: Scene, *tasks: Any, **changes: Any) -> None:
    values = {"until": FRIDAY, "now": NOW, **changes}
    person = values.pop("person", scene.teacher)
    taker = values.pop("taker", scene.colleague)
    hand_over_work(scene.coordinator, person, tasks, taker, **values)


def work_of(person: User) -> str:
    return reverse("cases:work", args=[person.uuid])


def holders(agreement: Agreement, talk: FollowUpTalk) -> set[User]:
    agreement.refresh_from_db()
    talk.refresh_from_db()
    return {agreement.owner_staff, agreement.responsible_staff, talk.conductor}


def parts_of(agreement: Agreement) -> tuple[User | None, User | None]:
    agreement.refresh_from_db()
    return agreement.owner_staff, agreement.responsible_staff


# ── for a while ──────────────────────────────────────────────────────────────
def test_work_goes_to_the_substitute_and_comes_back_by_itself(scene: Scene, work: Any) -> None:
    hand_over(scene, *work)
    assert holders(*work) == {scene.colleague}
    assert hand_back_due(MIDNIGHT - timedelta(seconds=1)) == 0
    assert hand_back_due(MIDNIGHT) == 2
    assert holders(*work) == {scene.teacher}
    assert hand_back_due(MIDNIGHT + timedelta(days=1)) == 0
    verbs = [events.TASK_HANDED_OVER, events.TASK_HANDED_BACK]
    assert [AuditEvent.objects.filter(verb=verb).count() for verb in verbs] == [2, 2]


def test_the_substitute_reads_along_until_midnight_also_when_nothing_sweeps(
    scene: Scene, work: Any
) -> None:
    assert not can_see_content(scene.colleague, scene.case, NOW)
    hand_over(scene, *work)
    rules = rules_on(scene.who(scene.colleague), scene.case)
    assert {"R14", "R25"} <= rules
    assert not {"R17", "R24", "R27"} & rules
    assert can_see_content(scene.colleague, scene.case, MIDNIGHT - timedelta(seconds=1))
    assert not can_see_content(scene.colleague, scene.case, MIDNIGHT)


def test_whoever_read_along_before_still_does_afterwards(scene: Scene, work: Any) -> None:
    share_case(scene.coordinator, scene.case, scene.colleague, Level.VIEW, now=NOW)
    hand_over(scene, *work)
    hand_back_due(MIDNIGHT)
    assert can_see_content(scene.colleague, scene.case, MIDNIGHT)


def test_access_ends_with_the_last_task_when_that_is_sooner(scene: Scene, work: Any) -> None:
    agreement, _talk = work
    hand_over(scene, agreement)
    agreement.refresh_from_db()
    settle_agreement(scene.colleague, agreement, "done", now=NOW)
    assert not can_see_content(scene.colleague, scene.case, NOW)
    hand_back_due(MIDNIGHT)
    agreement.refresh_from_db()
    assert (agreement.status, agreement.owner_staff) == ("done", scene.colleague)


def test_leading_a_conversation_for_a_while_lets_the_substitute_write(scene: Scene) -> None:
    share_case(scene.coordinator, scene.case, scene.colleague, Level.VIEW, now=NOW)
    hand_over(scene, scene.conversation)
    assert scene.conversation.lead == scene.colleague
    assert "R17" in rules_on(scene.who(scene.colleague), scene.case)
    hand_back_due(MIDNIGHT)
    assert scene.conversation.lead == scene.teacher
    assert "R17" in rules_on(scene.who(scene.teacher, MIDNIGHT), scene.case)
    after = rules_on(scene.who(scene.colleague, MIDNIGHT), scene.case)
    assert "R14" in after
    assert "R17" not in after


def test_whoever_is_away_keeps_access_that_came_with_the_task(scene: Scene) -> None:
    values = {"owner_staff": scene.colleague, "responsible_staff": scene.colleague}
    task = make_agreement(scene.coordinator, scene.case, share_ok=True, **values)
    hand_over(scene, task, person=scene.colleague, taker=scene.teacher)
    assert can_see_content(scene.colleague, scene.case, NOW)
    hand_back_due(MIDNIGHT)
    task.refresh_from_db()
    assert task.owner_staff == scene.colleague


def test_what_another_took_over_meanwhile_stays_there(scene: Scene, work: Any) -> None:
    agreement, _talk = work
    hand_over(scene, agreement)
    hand_over(scene, agreement, person=scene.colleague, taker=scene.coordinator, until=None)
    hand_back_due(MIDNIGHT)
    agreement.refresh_from_db()
    assert agreement.owner_staff == scene.coordinator


def test_it_may_come_back_sooner_and_go_on_to_a_second_substitute(scene: Scene, work: Any) -> None:
    agreement, talk = work
    hand_over(scene, agreement, talk)
    hand_over(scene, agreement, person=scene.colleague, taker=scene.teacher)
    hand_over(scene, talk, person=scene.colleague, taker=scene.coordinator)
    assert holders(*work) == {scene.teacher, scene.coordinator}
    (running,) = StandIn.objects.filter(ended_at=None)
    assert (running.absent, running.substitute) == (scene.teacher, scene.coordinator)
    assert not can_see_content(scene.colleague, scene.case, NOW)
    hand_back_due(MIDNIGHT)
    assert holders(*work) == {scene.teacher}


def test_whoever_left_meanwhile_gets_nothing_back(scene: Scene, work: Any) -> None:
    hand_over(scene, *work)
    end_membership(None, scene.teacher.memberships.get(), now=NOW)
    hand_back_due(MIDNIGHT)
    assert holders(*work) == {scene.coordinator}


def test_two_colleagues_of_one_agreement_may_be_away_and_each_gets_back_only_the_own_part(
    scene: Scene,
) -> None:
    third = make_person(Role.TEACHER, scene.school)
    task = make_agreement(scene.teacher, scene.case, responsible_staff=scene.coordinator)
    hand_over(scene, task)
    hand_over(scene, task, person=scene.coordinator, taker=third, until=MONDAY)
    assert parts_of(task) == (scene.colleague, third)
    assert hand_back_due(MIDNIGHT) == 1
    assert parts_of(task) == (scene.teacher, third)
    assert hand_back_due(MIDNIGHT + timedelta(days=3)) == 1
    assert parts_of(task) == (scene.teacher, scene.coordinator)


def test_one_substitute_of_two_colleagues_gives_each_part_back_in_its_time_or_passes_both_on(
    scene: Scene, client: Client
) -> None:
    third = make_person(Role.TEACHER, scene.school)
    task = make_agreement(scene.teacher, scene.case, responsible_staff=scene.coordinator)
    hand_over(scene, task)
    hand_over(scene, task, person=scene.coordinator, until=MONDAY)
    client.force_login(scene.colleague)
    page = client.get(f"/agreements/{task.uuid}/").content.decode()
    assert f"voor {scene.teacher.full_name}" in page
    assert f"voor {scene.coordinator.full_name}" in page
    hand_over(scene, task, person=scene.colleague, taker=third, until=MONDAY)
    assert parts_of(task) == (third, third)
    hand_over(scene, task, person=third, taker=scene.teacher, until=FRIDAY)
    assert parts_of(task) == (scene.teacher, scene.teacher)
    hand_back_due(MIDNIGHT)
    assert parts_of(task) == (scene.teacher, scene.coordinator)


def test_who_is_named_once_more_while_away_gets_all_of_it_back(scene: Scene) -> None:
    task = make_agreement(scene.teacher, scene.case, responsible_staff=scene.coordinator)
    hand_over(scene, task)
    Agreement.objects.filter(pk=task.pk).update(responsible_staff=scene.teacher)
    hand_over(scene, task, until=MONDAY)
    assert parts_of(task) == (scene.colleague, scene.colleague)
    assert hand_back_due(MIDNIGHT) == 0
    assert hand_back_due(MIDNIGHT + timedelta(days=3)) == 1
    assert parts_of(task) == (scene.teacher, scene.teacher)


# ── for good ─────────────────────────────────────────────────────────────────
def test_without_a_day_it_does_not_come_back(scene: Scene, work: Any) -> None:
    hand_over(scene, *work, until=None)
    assert not StandIn.objects.exists()
    hand_back_due(MIDNIGHT + timedelta(days=400))
    assert holders(*work) == {scene.colleague}
    assert can_see_content(scene.colleague, scene.case, MIDNIGHT)


# ── refusing ─────────────────────────────────────────────────────────────────
def refused(scene: Scene, *tasks: Any, **changes: Any) -> tuple[str | None, str]:
    with pytest.raises(RuleBroken) as error:
        hand_over(scene, *tasks, **changes)
    (problem,) = error.value.problems
    return problem.field, problem.code


def test_what_cannot_be_is_refused_in_words_at_its_field(scene: Scene, work: Any) -> None:
    agreement, _talk = work
    outsider = make_person(Role.TEACHER, make_school("De Brug", "de-brug"))
    assert refused(scene) == ("tasks", "required")
    assert refused(scene, agreement, until=date(2025, 11, 2)) == ("until", "past")
    assert refused(scene, agreement, taker=outsider) == ("taker", "role")
    assert refused(scene, scene.conversation, until=None) == ("until", "lead")
    assert refused(scene, scene.conversation, taker=scene.counsellor) == ("taker", "role")
    assert refused(scene, agreement, person=scene.colleague) == ("tasks", "gone")
    exclude_from_case(scene.coordinator, scene.case, scene.colleague, reason="family", now=NOW)
    assert refused(scene, agreement) == ("taker", "role")
    assert holders(*work) == {scene.teacher}


def test_nobody_hands_over_in_a_case_they_only_read(scene: Scene, work: Any) -> None:
    share_case(scene.coordinator, scene.case, scene.colleague, Level.VIEW, now=NOW)
    with pytest.raises(RuleBroken):
        hand_over_work(scene.colleague, scene.teacher, work, scene.colleague, now=NOW)
    assert open_work(scene.who(scene.colleague), scene.teacher.uuid) == []


def test_one_task_has_one_substitute_at_a_time(scene: Scene, work: Any) -> None:
    hand_over(scene, work[0])
    (row,) = StandIn.objects.all()
    row.pk, row.uuid = None, scene.case.uuid
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save(force_insert=True)


# ── the page ─────────────────────────────────────────────────────────────────
def fill(*tasks: Any, **changes: Any) -> dict[str, Any]:
    return {"tasks": [str(task.uuid) for task in tasks], "until": "2025-11-07", **changes}


def test_the_coordinator_hands_over_on_one_page(scene: Scene, work: Any, client: Client) -> None:
    client.force_login(scene.coordinator)
    url = work_of(scene.teacher)
    page = client.get(url).content.decode()
    assert "Bel de ouders" in page
    assert "Vervolggesprek met Noor" in page
    data = fill(*work, taker=str(scene.colleague.uuid))
    assert client.post(url, data).status_code == 302
    assert holders(*work) == {scene.colleague}
    marked = client.get(work_of(scene.colleague)).content.decode()
    assert "voor Marit de Vries, tot en met" in marked
    client.force_login(scene.colleague)
    assert "voor Marit de Vries" in client.get("/").content.decode()
    assert "voor Marit de Vries" in client.get(f"/talks/{work[1].uuid}/").content.decode()
    assert "voor Marit de Vries" in client.get(f"/agreements/{work[0].uuid}/").content.decode()


def test_a_refused_form_keeps_what_was_chosen(scene: Scene, work: Any, client: Client) -> None:
    client.force_login(scene.coordinator)
    answer = client.post(work_of(scene.teacher), fill(work[0], taker=""))
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "Kies de collega" in page
    assert page.count("checked") == 1
    assert 'value="2025-11-07"' in page


def test_somebody_hands_over_the_own_work(scene: Scene, work: Any, client: Client) -> None:
    client.force_login(scene.teacher)
    assert (
        client.post(
            reverse("cases:own-work"), fill(*work, taker=str(scene.colleague.uuid))
        ).status_code
        == 302
    )
    assert holders(*work) == {scene.colleague}
    client.force_login(scene.colleague)
    assert "Niets over te dragen" in client.get(reverse("cases:own-work")).content.decode()


def test_the_page_is_absent_for_whoever_may_change_nothing(
    scene: Scene, work: Any, client: Client
) -> None:
    for person in (scene.colleague, scene.principal, scene.counsellor):
        client.force_login(person)
        assert client.get(work_of(scene.teacher)).status_code == 404
        assert client.post(work_of(scene.teacher), fill(*work)).status_code == 404
