"""Emergency access: who may, with which reason, who hears of it, and when it ends."""

from __future__ import annotations

from datetime import timedelta

import pytest

from cases.access import Who, can, level_on
from cases.ceilings import Level
from cases.models import BreakGlass, Case
from cases.services.break_glass import break_glass
from cases.services.exclusions import exclude_from_case
from cases.services.extras import grant_extra, take_back_extra
from cases.services.restriction import restrict_case
from cases.services.sharing import share_case
from cases.tests.scene import Scene
from pestzorg.audit.models import AuditEvent
from pestzorg.errors import RuleBroken
from pestzorg.outbox.delivery import deliver
from pestzorg.outbox.models import Mail
from pestzorg.reminders.models import DueMoment, Kind, Reminder
from pestzorg.reminders.sweep import sweep
from pestzorg.testing.builders import NOW, make_person
from schools.models import User
from schools.roles import Role

REASON = "Noor is niet thuisgekomen en de politie belt."


def opens(scene: Scene, user: User, now=NOW, **values: str) -> BreakGlass:
    given = {"reason": REASON, "reason_code": "danger", **values}
    return break_glass(user, Case.objects.get(pk=scene.case.pk), now=now, **given)


def refused(code: str):
    return pytest.raises(RuleBroken, match=f":{code}$")


def told(kind: str) -> set[int]:
    return set(Reminder.objects.filter(kind=kind).values_list("recipient_id", flat=True))


def test_school_leader_reads_for_four_hours(scene: Scene) -> None:
    glass = opens(scene, scene.principal)
    assert glass.valid_until == NOW + timedelta(hours=4)
    assert level_on(Who(scene.principal, NOW), scene.case) == Level.VIEW
    end = NOW + timedelta(hours=4, seconds=1)
    assert level_on(Who(scene.principal, end), scene.case) == Level.HEADER
    event = AuditEvent.objects.get(verb="emergency_access_begun")
    assert (event.rule, event.facts) == ("R39", {"reason": "danger", "role": "principal"})


def test_safety_officer_opens_restricted_cases_and_only_those(scene: Scene) -> None:
    officer = make_person(Role.SAFETY_OFFICER, scene.school)
    with refused("not_allowed"):
        opens(scene, officer)
    restrict_case(scene.coordinator, scene.case, now=NOW)
    with refused("not_allowed"):
        opens(scene, scene.principal)
    assert opens(scene, officer).role_used == Role.SAFETY_OFFICER
    assert can(Who(officer, NOW), "R14", scene.case)


@pytest.mark.parametrize(
    "role", [Role.TEACHER, Role.COUNSELLOR, Role.SCHOOL_ADMIN, Role.BOARD_VIEWER, Role.DPO]
)
def test_nobody_else_may(scene: Scene, role: Role) -> None:
    with refused("not_allowed"):
        opens(scene, make_person(role, scene.school, first_name="Else"))


def test_an_excluded_school_leader_may_not(scene: Scene) -> None:
    exclude_from_case(scene.coordinator, scene.case, scene.principal, reason="family", now=NOW)
    with refused("not_allowed"):
        opens(scene, scene.principal)


@pytest.mark.parametrize("reason", ["", "x" * 29, " " * 40, "x" + " " * 30 + "y"])
def test_a_short_reason_is_refused_and_nothing_is_opened(scene: Scene, reason: str) -> None:
    with refused("too_short"):
        opens(scene, scene.principal, reason=reason)
    assert not BreakGlass.objects.exists()
    assert not DueMoment.objects.filter(source="break_glass").exists()


def test_a_reason_outside_the_list_is_refused(scene: Scene) -> None:
    with refused("required"):
        opens(scene, scene.principal, reason_code="curious")


def test_managers_coordinators_and_protection_officer_are_told(scene: Scene) -> None:
    officer = make_person(Role.DPO, scene.school)
    other = make_person(Role.COORDINATOR, scene.school, first_name="Fleur")
    share_case(scene.coordinator, scene.case, scene.colleague, Level.MANAGE, now=NOW)
    glass = opens(scene, scene.principal)
    assert DueMoment.objects.filter(source_uuid=glass.uuid).count() == 2
    sweep(NOW)
    people = {scene.coordinator.pk, other.pk, scene.colleague.pk}
    assert told(Kind.EMERGENCY_ACCESS) == people
    assert told(Kind.EMERGENCY_REVIEW) == {officer.pk}
    assert Mail.objects.count() == 4


def test_the_notice_tells_no_reason_and_no_name(scene: Scene, settings) -> None:
    opens(scene, scene.principal)
    sweep(NOW)
    deliver(NOW)
    for mail in Mail.objects.all():
        text = mail.subject + mail.text + mail.html
        assert scene.case.reference in text
        assert not {word for word in (REASON, "Noor", scene.principal.last_name) if word in text}


def test_a_restricted_case_is_told_to_counsellor_and_grants_only(scene: Scene) -> None:
    officer = make_person(Role.SAFETY_OFFICER, scene.school)
    make_person(Role.COORDINATOR, scene.school, first_name="Fleur")
    counsellor = scene.counsellor
    restrict_case(scene.coordinator, scene.case, now=NOW)
    opens(scene, officer)
    sweep(NOW)
    assert told(Kind.EMERGENCY_ACCESS) == {scene.coordinator.pk, counsellor.pk}


def test_an_excluded_manager_is_not_told(scene: Scene) -> None:
    other = make_person(Role.COORDINATOR, scene.school, first_name="Fleur")
    opens(scene, scene.principal)
    exclude_from_case(scene.coordinator, scene.case, other, reason="family", now=NOW)
    sweep(NOW)
    assert told(Kind.EMERGENCY_ACCESS) == {scene.coordinator.pk}


def test_the_fourth_time_in_thirty_days_alarms_the_protection_officer(scene: Scene) -> None:
    officer = make_person(Role.DPO, scene.school)
    for day in range(3):
        opens(scene, scene.principal, NOW + timedelta(days=day))
    late = NOW + timedelta(days=3)
    sweep(late)
    assert told(Kind.EMERGENCY_OFTEN) == set()
    opens(scene, scene.principal, late)
    sweep(late)
    assert told(Kind.EMERGENCY_OFTEN) == {officer.pk}


def test_four_times_in_more_than_thirty_days_alarm_nobody(scene: Scene) -> None:
    for day in (0, 12, 24, 36):
        opens(scene, scene.principal, NOW + timedelta(days=day))
    assert not DueMoment.objects.filter(kind=Kind.EMERGENCY_OFTEN).exists()


def test_opening_again_lasts_longer(scene: Scene) -> None:
    opens(scene, scene.principal)
    opens(scene, scene.principal, NOW + timedelta(hours=3))
    assert can(Who(scene.principal, NOW + timedelta(hours=6)), "R14", scene.case)


def test_the_reason_is_not_readable_in_the_database(scene: Scene) -> None:
    opens(scene, scene.principal)
    stored = BreakGlass.objects.get().__dict__["reason"]
    assert REASON not in repr(stored)


# ── extras ───────────────────────────────────────────────────────────────────
def test_an_extra_is_given_and_taken_back(scene: Scene) -> None:
    share_case(scene.coordinator, scene.case, scene.colleague, Level.CONTRIBUTE, now=NOW)
    grant_extra(scene.coordinator, scene.case, scene.colleague, "view_reporter", now=NOW)
    assert can(Who(scene.colleague, NOW), "R15", scene.case)
    take_back_extra(scene.coordinator, scene.case, scene.colleague, "view_reporter", now=NOW)
    assert not can(Who(scene.colleague, NOW), "R15", scene.case)
    assert level_on(Who(scene.colleague, NOW), scene.case) == Level.CONTRIBUTE


def test_an_extra_ends_on_its_day(scene: Scene) -> None:
    until = NOW + timedelta(days=1)
    share_case(scene.coordinator, scene.case, scene.colleague, Level.VIEW, now=NOW)
    grant_extra(
        scene.coordinator, scene.case, scene.colleague, "export_case", now=NOW, valid_until=until
    )
    assert can(Who(scene.colleague, NOW), "R33", scene.case)
    assert not can(Who(scene.colleague, until), "R33", scene.case)


def test_an_extra_is_refused_to_oneself_outsiders_excluded_people_and_for_the_past(
    scene: Scene,
) -> None:
    def give(person: User, codename: str = "view_reporter", **values: object) -> None:
        grant_extra(scene.coordinator, scene.case, person, codename, now=NOW, **values)

    with refused("self"):
        give(scene.coordinator)
    with refused("outsider"):
        give(make_person(Role.DPO, scene.school))
    with refused("unknown_term"):
        give(scene.colleague, "manage_case")
    with refused("unknown_term"):
        take_back_extra(scene.coordinator, scene.case, scene.colleague, "manage_case", now=NOW)
    with refused("past"):
        give(scene.colleague, valid_until=NOW)
    exclude_from_case(scene.coordinator, scene.case, scene.colleague, reason="family", now=NOW)
    with refused("excluded"):
        give(scene.colleague)
