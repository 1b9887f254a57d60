"""Closing a case to one person; letting them in again takes two."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from cases.access import Who, rules_on
from cases.ceilings import Level
from cases.models import CaseUserObjectPermission
from cases.services.exclusions import exclude_from_case, lift_exclusion
from cases.services.sharing import share_case
from cases.tests.scene import Scene
from pestzorg.audit.models import AuditEvent
from pestzorg.errors import RuleBroken
from pestzorg.reminders.models import DueMoment, Kind, Reminder
from pestzorg.reminders.sweep import sweep
from pestzorg.testing.builders import NOW, make_agreement, make_person, make_talk
from schools.models import SchoolExclusion, User
from schools.roles import Role
from schools.services.exclusions import exclude_from_school, lift_school_exclusion
from schools.services.people import end_membership

LATER = NOW + timedelta(hours=1)


def fleur(scene: Scene) -> User:
    return make_person(Role.COORDINATOR, scene.school, first_name="Fleur")


def refused(code: str):
    return pytest.raises(RuleBroken, match=f":{code}$")


def test_excluding_closes_the_case_at_once_and_leaves_a_trace(scene: Scene) -> None:
    exclude_from_case(scene.coordinator, scene.case, scene.teacher, reason="family", now=NOW)
    assert rules_on(Who(scene.teacher, NOW), scene.case) == frozenset()
    event = AuditEvent.objects.get(verb="person_excluded")
    assert (event.rule, event.subject_uuid, event.facts) == (
        "R28",
        scene.teacher.uuid,
        {"reason": "family"},
    )


def test_counsellor_excludes_without_seeing_the_case(scene: Scene) -> None:
    exclude_from_case(scene.counsellor, scene.case, scene.teacher, reason="involved", now=NOW)
    assert rules_on(Who(scene.teacher, NOW), scene.case) == frozenset()


def test_who_may_not_exclude_is_refused(scene: Scene) -> None:
    share_case(scene.coordinator, scene.case, scene.colleague, Level.MANAGE, now=NOW)
    for person in (scene.colleague, scene.teacher, scene.principal):
        with refused("not_allowed"):
            exclude_from_case(person, scene.case, scene.teacher, reason="family", now=NOW)


def test_an_unknown_reason_and_a_second_time_are_refused(scene: Scene) -> None:
    with refused("required"):
        exclude_from_case(scene.coordinator, scene.case, scene.teacher, reason="", now=NOW)
    exclude_from_case(scene.coordinator, scene.case, scene.teacher, reason="family", now=NOW)
    with refused("already"):
        exclude_from_case(scene.coordinator, scene.case, scene.teacher, reason="family", now=NOW)


def test_nobody_asks_an_excluded_colleague_along(scene: Scene) -> None:
    exclude_from_case(scene.coordinator, scene.case, scene.colleague, reason="family", now=NOW)
    with refused("excluded"):
        share_case(scene.coordinator, scene.case, scene.colleague, Level.VIEW, now=NOW)


def test_what_the_excluded_person_had_to_do_goes_to_who_excluded(scene: Scene) -> None:
    boss = fleur(scene)
    agreement = make_agreement(scene.coordinator, scene.case)
    talk = make_talk(scene.coordinator, scene.case)
    exclude_from_case(boss, scene.case, scene.coordinator, reason="family", now=NOW)
    for row in (agreement, talk, scene.case):
        row.refresh_from_db()
    assert agreement.owner_staff == scene.coordinator
    assert [agreement.responsible_staff, talk.conductor, scene.case.handler] == [boss] * 3


def test_an_excluded_lead_leads_no_longer(scene: Scene) -> None:
    exclude_from_case(scene.coordinator, scene.case, scene.teacher, reason="family", now=NOW)
    assert scene.conversation.lead == scene.coordinator


def test_the_history_tells_that_somebody_else_leads_and_not_why(scene: Scene, at: Any) -> None:
    exclude_from_case(scene.coordinator, scene.case, scene.teacher, reason="family", now=NOW)
    (change,) = scene.conversation.lead_changes.all()
    assert (change.former, change.lead, change.changed_by) == (
        scene.teacher,
        scene.coordinator,
        scene.coordinator,
    )
    assert (change.reason, change.pupil_knows, change.handover_note) == ("gone", False, "")
    at(NOW)
    client = Client()
    client.force_login(scene.coordinator)
    place = reverse("conversation:overview", args=[scene.case.uuid])
    page = client.get(place).content.decode()
    assert "Sami de Vries nam het over van Marit de Vries" in page
    assert "vertel de leerling wie het gesprek nu leidt" in page
    (told,) = client.get(f"/api/v1/conversations/{scene.conversation.uuid}/lead-changes/").json()[
        "results"
    ]
    assert (told["reason"], told["pupil_knows"]) == ("gone", False)


def test_mail_goes_to_who_follows_up_and_no_longer_to_the_excluded_person(scene: Scene) -> None:
    boss = fleur(scene)
    agreement = make_agreement(
        scene.coordinator, scene.case, owner_staff=scene.teacher, responsible_staff=boss
    )
    exclude_from_case(boss, scene.case, scene.teacher, reason="involved", now=NOW)
    sweep(NOW + timedelta(days=10))
    ordinary = Reminder.objects.exclude(kind=Kind.ESCALATION)
    asked = ordinary.filter(source_uuid=agreement.uuid).values_list("recipient_id")
    assert set(asked) == {(boss.pk,)}
    told = Reminder.objects.filter(kind=Kind.ESCALATION).values_list("recipient_id")
    assert set(told) == {(boss.pk,), (scene.coordinator.pk,)}


def test_without_a_manager_the_case_goes_to_the_counsellor_and_the_board_is_told(
    scene: Scene,
) -> None:
    officer = make_person(Role.SAFETY_OFFICER, scene.school)
    exclude_from_case(scene.counsellor, scene.case, scene.coordinator, reason="involved", now=NOW)
    assert "R27" in rules_on(Who(scene.counsellor, NOW), scene.case)
    scene.case.refresh_from_db()
    assert scene.case.handler is None
    sweep(NOW)
    told = Reminder.objects.get(kind=Kind.NEEDS_MANAGER)
    assert (told.recipient_id, told.urgent) == (officer.pk, True)


def test_when_the_last_who_decides_leaves_the_board_is_told_however_late_it_gets_an_officer(
    scene: Scene,
) -> None:
    end_membership(None, scene.coordinator.memberships.get(), now=NOW)
    sweep(NOW)
    assert not Reminder.objects.filter(kind=Kind.NEEDS_MANAGER).exists()
    officer, later = make_person(Role.SAFETY_OFFICER, scene.school), NOW + timedelta(days=20)
    sweep(later)
    told = Reminder.objects.get(kind=Kind.NEEDS_MANAGER)
    assert (told.recipient_id, told.urgent) == (officer.pk, True)


def test_while_a_manager_is_left_the_board_is_not_told(scene: Scene) -> None:
    exclude_from_case(scene.coordinator, scene.case, scene.teacher, reason="involved", now=NOW)
    assert not DueMoment.objects.filter(kind=Kind.NEEDS_MANAGER).exists()


def test_lifting_takes_two_people(scene: Scene) -> None:
    boss = fleur(scene)
    exclusion = exclude_from_case(boss, scene.case, scene.teacher, reason="family", now=NOW)
    assert not lift_exclusion(boss, exclusion, now=LATER)
    with refused("same_person"):
        lift_exclusion(boss, exclusion, now=LATER)
    assert rules_on(Who(scene.teacher, LATER), scene.case) == frozenset()
    assert lift_exclusion(scene.counsellor, exclusion, now=LATER)
    assert "R17" in rules_on(Who(scene.teacher, LATER), scene.case)
    with refused("state"):
        lift_exclusion(scene.counsellor, exclusion, now=LATER)


def test_an_excluded_coordinator_is_not_the_second_person_of_the_own_exclusion(
    scene: Scene,
) -> None:
    boss = fleur(scene)
    exclusion = exclude_from_case(boss, scene.case, scene.coordinator, reason="family", now=NOW)
    lift_exclusion(boss, exclusion, now=LATER)
    with refused("not_allowed"):
        lift_exclusion(scene.coordinator, exclusion, now=LATER)


def test_who_asked_and_left_is_no_first_person(scene: Scene) -> None:
    boss = fleur(scene)
    exclusion = exclude_from_case(boss, scene.case, scene.teacher, reason="family", now=NOW)
    lift_exclusion(boss, exclusion, now=NOW)
    end_membership(None, boss.memberships.get(), now=LATER)
    assert not lift_exclusion(scene.coordinator, exclusion, now=LATER)
    assert lift_exclusion(scene.counsellor, exclusion, now=LATER)


# ── a whole school ───────────────────────────────────────────────────────────
def test_out_of_the_school_closes_every_case_and_hands_the_work_over(scene: Scene) -> None:
    boss = fleur(scene)
    exclude_from_school(boss, scene.school, scene.coordinator, reason="concern", now=NOW)
    assert rules_on(Who(scene.coordinator, NOW), scene.case) == frozenset()
    scene.case.refresh_from_db()
    assert scene.case.handler == boss


def test_out_of_the_school_is_decided_by_few_and_once(scene: Scene) -> None:
    with refused("not_allowed"):
        exclude_from_school(scene.teacher, scene.school, scene.colleague, reason="other", now=NOW)
    with refused("required"):
        exclude_from_school(scene.principal, scene.school, scene.colleague, reason="x", now=NOW)
    exclude_from_school(scene.principal, scene.school, scene.colleague, reason="other", now=NOW)
    with refused("already"):
        exclude_from_school(scene.principal, scene.school, scene.colleague, reason="other", now=NOW)


def test_the_school_lets_somebody_in_again_by_two(scene: Scene) -> None:
    out = exclude_from_school(
        scene.principal, scene.school, scene.teacher, reason="concern", now=NOW
    )
    with refused("not_allowed"):
        lift_school_exclusion(scene.teacher, out, now=LATER)
    assert not lift_school_exclusion(scene.principal, out, now=LATER)
    with refused("same_person"):
        lift_school_exclusion(scene.principal, out, now=LATER)
    assert lift_school_exclusion(scene.coordinator, out, now=LATER)
    assert SchoolExclusion.objects.get().lifted_by == scene.coordinator
    assert "R17" in rules_on(Who(scene.teacher, LATER), scene.case)
    with refused("state"):
        lift_school_exclusion(scene.coordinator, out, now=LATER)


def test_an_exclusion_takes_no_grant_away_for_good(scene: Scene) -> None:
    before = CaseUserObjectPermission.objects.filter(user=scene.teacher).count()
    exclude_from_case(scene.coordinator, scene.case, scene.teacher, reason="family", now=NOW)
    assert CaseUserObjectPermission.objects.filter(user=scene.teacher).count() == before
