"""Asking a colleague along and thanking them: levels, ends, refusals, and what two writers at once leave behind."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread

import pytest
from django.db import connection, transaction

from cases import events
from cases.access import Who, can_see_content, rules_on
from cases.ceilings import Level
from cases.models import Access, Case, CaseUserObjectPermission
from cases.services.agreements import change_agreement, settle_agreement
from cases.services.sharing import rebuild_access, share_case, take_back
from cases.services.talks import record_talk
from cases.tests.scene import Scene
from pestzorg.audit.models import AuditEvent
from pestzorg.errors import RuleBroken
from pestzorg.testing.builders import NOW, make_agreement, make_person, make_school, make_talk
from schools.models import User
from schools.roles import Role

LATER = NOW + timedelta(hours=1)
HIGHEST_RULE = {Level.VIEW: "R14", Level.CONTRIBUTE: "R17", Level.MANAGE: "R27"}


def grants_of(scene: Scene, person: User) -> list[tuple[str, str]]:
    rows = scene.case.grants.filter(user=person).select_related("permission")
    return [(row.permission.codename, row.purpose) for row in rows]


def code(refused: pytest.ExceptionInfo[RuleBroken]) -> str:
    return refused.value.problems[0].code


@pytest.mark.parametrize("level", HIGHEST_RULE)
def test_each_level_opens_its_rules_and_none_above(scene: Scene, level: Level) -> None:
    share_case(scene.coordinator, scene.case, scene.colleague, level, now=NOW)
    rules = rules_on(scene.who(scene.colleague), scene.case)
    for at, highest in HIGHEST_RULE.items():
        assert (highest in rules) == (at <= level)


def test_a_new_level_replaces_the_old_one(scene: Scene) -> None:
    for level in (Level.MANAGE, Level.VIEW):
        share_case(scene.coordinator, scene.case, scene.colleague, level, now=NOW)
    assert grants_of(scene, scene.colleague) == [("view_case", "shared")]
    assert "R17" not in rules_on(scene.who(scene.colleague), scene.case)


def test_a_moment_that_is_over_is_refused(scene: Scene) -> None:
    with pytest.raises(RuleBroken) as refused:
        share_case(
            scene.coordinator, scene.case, scene.colleague, Level.VIEW, now=NOW, valid_until=NOW
        )
    assert code(refused) == "past"
    assert grants_of(scene, scene.colleague) == []


def test_nobody_shares_with_themselves(scene: Scene) -> None:
    other = make_person(Role.COORDINATOR, scene.school, first_name="Fleur")
    with pytest.raises(RuleBroken) as refused:
        share_case(other, scene.case, other, Level.MANAGE, now=NOW)
    assert code(refused) == "self"


@pytest.mark.parametrize("role", [Role.SCHOOL_ADMIN, Role.BOARD_VIEWER, Role.DPO])
def test_who_does_not_work_with_pupils_is_an_outsider(scene: Scene, role: Role) -> None:
    with pytest.raises(RuleBroken) as refused:
        share_case(
            scene.coordinator, scene.case, make_person(role, scene.school), Level.VIEW, now=NOW
        )
    assert code(refused) == "outsider"


def test_a_teacher_of_another_school_is_an_outsider(scene: Scene) -> None:
    stranger = make_person(Role.TEACHER, make_school("De Brug", "de-brug"))
    with pytest.raises(RuleBroken) as refused:
        share_case(scene.coordinator, scene.case, stranger, Level.VIEW, now=NOW)
    assert code(refused) == "outsider"


def test_taking_back_counts_at_once(scene: Scene) -> None:
    share_case(scene.coordinator, scene.case, scene.colleague, Level.MANAGE, now=NOW)
    take_back(scene.coordinator, scene.case, scene.colleague, now=NOW)
    assert rules_on(scene.who(scene.colleague), scene.case) == frozenset()
    assert grants_of(scene, scene.colleague) == []


def test_handler_and_lead_keep_their_access(scene: Scene) -> None:
    for person in (scene.coordinator, scene.teacher):
        before = grants_of(scene, person)
        with pytest.raises(RuleBroken) as refused:
            take_back(scene.principal, scene.case, person, now=NOW)
        assert code(refused) == "handling"
        assert grants_of(scene, person) == before != []


def test_sharing_cannot_lower_what_handler_and_lead_have(scene: Scene) -> None:
    other = make_person(Role.COORDINATOR, scene.school, first_name="Fleur")
    for person in (scene.coordinator, scene.teacher):
        before = grants_of(scene, person)
        with pytest.raises(RuleBroken) as refused:
            share_case(other, scene.case, person, Level.VIEW, now=NOW)
        assert code(refused) == "handling"
        assert grants_of(scene, person) == before


def test_a_lead_whose_conversation_is_completed_can_be_thanked(scene: Scene) -> None:
    scene.case.conversations.update(status="completed")
    take_back(scene.coordinator, scene.case, scene.teacher, now=NOW)
    assert grants_of(scene, scene.teacher) == []


def test_giving_and_taking_back_are_in_the_log_without_a_name(scene: Scene) -> None:
    AuditEvent.objects.all().delete()
    share_case(scene.coordinator, scene.case, scene.colleague, Level.VIEW, now=NOW)
    take_back(scene.coordinator, scene.case, scene.colleague, now=LATER)
    given, taken = AuditEvent.objects.order_by("at")
    assert (given.verb, given.facts) == (
        events.ACCESS_GIVEN,
        {"level": 20, "purpose": "shared"},
    )
    assert (taken.verb, taken.at) == (events.ACCESS_TAKEN_BACK, LATER)
    for event in (given, taken):
        assert event.actor_id == scene.coordinator.pk
        assert event.subject_uuid == scene.colleague.uuid
        assert event.case_uuid == scene.case.uuid


# ── a task brings access, and its end takes it away ──────────────────────────
def test_a_task_share_ends_with_the_last_open_task_and_not_before(scene: Scene) -> None:
    with_share = {"owner_staff": scene.colleague, "share_ok": True}
    first = make_agreement(scene.coordinator, scene.case, **with_share)
    second = make_agreement(
        scene.coordinator, scene.case, responsible_staff=scene.colleague, share_ok=True
    )
    talk = make_talk(scene.coordinator, scene.case, conductor=scene.colleague)
    assert grants_of(scene, scene.colleague) == [("view_case", "task")]
    settle_agreement(scene.coordinator, first, "done", now=LATER)
    assert can_see_content(scene.colleague, scene.case, LATER)
    record_talk(scene.colleague, talk, status="no_show", now=NOW + timedelta(days=1))
    assert can_see_content(scene.colleague, scene.case, LATER)
    settle_agreement(scene.coordinator, second, "not_done", now=LATER)
    assert not can_see_content(scene.colleague, scene.case, LATER)


def test_passing_a_task_on_takes_the_access_of_the_former_owner(scene: Scene) -> None:
    agreement = make_agreement(
        scene.coordinator, scene.case, owner_staff=scene.colleague, share_ok=True
    )
    change_agreement(scene.coordinator, agreement, owner_staff=scene.teacher, now=LATER)
    assert not can_see_content(scene.colleague, scene.case, LATER)
    assert can_see_content(scene.teacher, scene.case, LATER)


def test_access_that_was_shared_by_hand_outlives_the_task(scene: Scene) -> None:
    share_case(scene.coordinator, scene.case, scene.colleague, Level.CONTRIBUTE, now=NOW)
    agreement = make_agreement(scene.coordinator, scene.case, owner_staff=scene.colleague)
    settle_agreement(scene.colleague, agreement, "done", now=LATER)
    assert grants_of(scene, scene.colleague) == [("contribute_case", "shared")]


# ── two writers at once ──────────────────────────────────────────────────────
def _rows(case: Case) -> set[tuple[object, ...]]:
    return set(
        Access.objects.filter(case=case).values_list(
            "principal", "level", "is_open", "opened_at", "valid_until"
        )
    )


@pytest.mark.postgres
@pytest.mark.skipif(connection.vendor != "postgresql", reason="needs row locks")
@pytest.mark.django_db(transaction=True)
def test_two_writers_at_once_leave_the_rows_that_follow_from_the_grants(scene: Scene) -> None:
    people = [
        make_person(Role.TEACHER, scene.school, first_name=f"T{number}") for number in range(8)
    ]
    start, problems = Barrier(2), []

    def write(mine: list[User], shared: User) -> None:
        try:
            start.wait()
            for number, person in enumerate(mine):
                share_case(scene.coordinator, scene.case, person, Level.VIEW, now=NOW)
                share_case(scene.coordinator, scene.case, shared, Level.MANAGE, now=NOW)
                if number % 2:
                    take_back(scene.coordinator, scene.case, person, now=NOW)
        except Exception as error:
            problems.append(error)
        finally:
            connection.close()

    writers = [Thread(target=write, args=(people[n::2], scene.colleague)) for n in range(2)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert problems == []
    left = _rows(scene.case)
    rebuild_access(Case.objects.get(pk=scene.case.pk))
    assert left == _rows(scene.case)
    asked = CaseUserObjectPermission.objects.filter(content_object=scene.case)
    assert asked.filter(user=scene.colleague).count() == 1
    seen = [p for p in people if can_see_content(p, scene.case, NOW)]
    assert seen == [p for p in people if asked.filter(user=p).exists()]
    assert len(seen) == 4


@pytest.mark.postgres
@pytest.mark.skipif(connection.vendor != "postgresql", reason="needs row locks")
@pytest.mark.django_db(transaction=True)
def test_restricting_while_somebody_shares_leaves_no_row_of_the_open_case(scene: Scene) -> None:
    start = Barrier(2)

    def share() -> None:
        start.wait()
        for _ in range(10):
            share_case(scene.coordinator, scene.case, scene.colleague, Level.VIEW, now=NOW)
        connection.close()

    def restrict() -> None:
        start.wait()
        with transaction.atomic():
            case = Case.objects.select_for_update(no_key=True).get(pk=scene.case.pk)
            case.restricted = True
            case.save(update_fields=["restricted"])
            rebuild_access(case)
        connection.close()

    writers = [Thread(target=share), Thread(target=restrict)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert not Access.objects.filter(case=scene.case, principal__restricted=False).exists()
    other = make_person(Role.COORDINATOR, scene.school, first_name="Fleur")
    assert rules_on(Who(other, datetime(2026, 1, 5, tzinfo=UTC)), scene.case) == frozenset()
