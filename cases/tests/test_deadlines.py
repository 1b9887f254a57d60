"""The exact moments of reminders, and who gets them when people have left."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest

from cases.deadlines import AgreementSource, TalkSource
from cases.models import Agreement, Case
from cases.services.agreements import change_agreement, settle_agreement
from cases.services.exclusions import exclude_from_case
from cases.services.sharing import rebuild_access
from cases.services.talks import change_talk, record_talk
from cases.tests.mornings import AMSTERDAM, moments, morning
from cases.tests.scene import Scene
from pestzorg.outbox.delivery import deliver
from pestzorg.reminders.models import Kind, Reminder
from pestzorg.reminders.sources import Wanted, registry
from pestzorg.reminders.sweep import sweep
from pestzorg.testing.builders import (
    NOW,
    make_agreement,
    make_person,
    make_talk,
)
from schools.models import User
from schools.roles import Role
from schools.services.people import end_membership


def test_a_talk_is_reminded_one_school_day_before(scene: Scene) -> None:
    for day, before in ((6, 5), (10, 7)):
        talk = make_talk(
            scene.teacher,
            scene.case,
            planned_at=datetime(2025, 11, day, 8, 30, tzinfo=AMSTERDAM),
        )
        assert moments(talk) == [("talk_upcoming", morning(2025, 11, before))]


def test_a_talk_of_tomorrow_is_not_reminded_this_morning(scene: Scene) -> None:
    assert moments(make_talk(scene.teacher, scene.case)) == []


def test_a_moved_talk_leaves_no_old_reminder(scene: Scene) -> None:
    source = TalkSource()
    talk = make_talk(scene.teacher, scene.case, planned_at=NOW + timedelta(days=7))
    change_talk(scene.teacher, talk, planned_at=NOW + timedelta(days=9), now=NOW)
    assert moments(talk) == [("talk_upcoming", morning(2025, 11, 11))]
    assert source.wanted(talk.uuid, Kind.TALK_UPCOMING, date(2025, 11, 10), NOW) is None
    assert source.wanted(talk.uuid, Kind.TALK_UPCOMING, date(2025, 11, 12), NOW) is not None


@pytest.mark.parametrize("status", ["no_show", "cancelled"])
def test_a_talk_that_is_over_is_not_reminded(scene: Scene, status: str) -> None:
    talk = make_talk(scene.teacher, scene.case, planned_at=NOW + timedelta(days=7))
    record_talk(scene.teacher, talk, status=status, now=NOW)
    assert moments(talk) == []
    assert TalkSource().wanted(talk.uuid, Kind.TALK_UPCOMING, date(2025, 11, 10), NOW) is None


# ── asked again just before mailing ──────────────────────────────────────────
def asked(agreement: Agreement, kind: str = Kind.DUE_TODAY, now: datetime = NOW) -> Wanted | None:
    return AgreementSource().wanted(agreement.uuid, kind, agreement.due_on, now)


def to(agreement: Agreement, kind: str = Kind.DUE_TODAY) -> set[int]:
    wanted = asked(agreement, kind)
    assert wanted is not None
    return set(wanted.recipients)


def leaves(person: User) -> None:
    end_membership(None, person.memberships.get(), now=NOW)


@pytest.fixture
def chain(scene: Scene) -> tuple[Agreement, Scene]:
    """Joost does it, Marit follows up, Sami handles the case, Fleur is the other coordinator."""
    agreement = make_agreement(
        scene.coordinator,
        scene.case,
        owner_staff=scene.colleague,
        responsible_staff=scene.teacher,
        share_ok=True,
    )
    return agreement, scene


def test_sources_are_registered_at_start() -> None:
    assert isinstance(registry["agreement"], AgreementSource)
    assert isinstance(registry["talk"], TalkSource)


def test_a_reminder_goes_to_the_owner_and_a_late_one_also_to_who_follows_up(
    chain: tuple[Agreement, Scene],
) -> None:
    agreement, scene = chain
    for kind in (Kind.UPCOMING, Kind.DUE_TODAY, Kind.REVIEW_DUE):
        assert to(agreement, kind) == {scene.colleague.pk}
    assert to(agreement, Kind.OVERDUE) == {scene.colleague.pk, scene.teacher.pk}


def test_what_stays_undone_goes_to_the_handler_and_every_coordinator(
    chain: tuple[Agreement, Scene],
) -> None:
    agreement, scene = chain
    fleur = make_person(Role.COORDINATOR, scene.school, first_name="Fleur")
    assert to(agreement, Kind.ESCALATION) == {scene.coordinator.pk, fleur.pk}
    scene.case.handler = scene.teacher
    scene.case.save(update_fields=["handler"])
    assert to(agreement, Kind.ESCALATION) == {scene.teacher.pk, scene.coordinator.pk, fleur.pk}
    scene.case.handler = None
    scene.case.save(update_fields=["handler"])
    assert to(agreement, Kind.ESCALATION) == {scene.coordinator.pk, fleur.pk}


def test_a_coordinator_who_is_kept_out_of_the_case_hears_of_no_delay(
    chain: tuple[Agreement, Scene],
) -> None:
    agreement, scene = chain
    fleur = make_person(Role.COORDINATOR, scene.school, first_name="Fleur")
    exclude_from_case(scene.coordinator, scene.case, fleur, reason="family", now=NOW)
    assert to(agreement, Kind.ESCALATION) == {scene.coordinator.pk}


@pytest.mark.parametrize("finish", ["done", "cancelled", "postponed"])
def test_finishing_or_postponing_takes_back_what_waits(
    chain: tuple[Agreement, Scene], finish: str
) -> None:
    _agreement, scene = chain
    overdue = make_agreement(scene.coordinator, scene.case, deadline=date(2025, 11, 7))
    tuesday = datetime(2025, 11, 11, 12, tzinfo=AMSTERDAM)
    sweep(tuesday)
    assert Reminder.objects.filter(source_uuid=overdue.uuid, settled_at=None).exists()
    if finish == "postponed":
        change_agreement(scene.coordinator, overdue, deadline=date(2025, 11, 14), now=tuesday)
    else:
        settle_agreement(scene.coordinator, overdue, finish, now=tuesday)
    old = Reminder.objects.filter(source_uuid=overdue.uuid, due_on=date(2025, 11, 7))
    deliver(tuesday)
    assert set(old.values_list("outcome", flat=True)) == {"dropped"}
    sweep(datetime(2025, 11, 12, 7, 30, tzinfo=AMSTERDAM))
    late = Reminder.objects.filter(source_uuid=overdue.uuid, kind=Kind.ESCALATION)
    assert not late.exists()


def test_without_account_it_goes_to_who_follows_up(scene: Scene) -> None:
    agreement = make_agreement(
        scene.coordinator,
        scene.case,
        owner_type="parent",
        owner_staff=None,
        owner_name="Karin",
        responsible_staff=scene.teacher,
    )
    for kind in (Kind.DUE_TODAY, Kind.OVERDUE):
        assert to(agreement, kind) == {scene.teacher.pk}


def test_when_people_leave_the_next_in_line_is_reminded(chain: tuple[Agreement, Scene]) -> None:
    agreement, scene = chain
    fleur = make_person(Role.COORDINATOR, scene.school, first_name="Fleur")
    leaves(scene.colleague)
    assert to(agreement) == {scene.teacher.pk}
    assert to(agreement, Kind.OVERDUE) == {scene.teacher.pk}
    leaves(scene.teacher)
    assert to(agreement) == to(agreement, Kind.OVERDUE) == {scene.coordinator.pk}
    leaves(scene.coordinator)
    assert to(agreement) == to(agreement, Kind.OVERDUE) == {fleur.pk}


def test_a_talk_whose_conductor_left_goes_to_the_handler_and_then_the_coordinators(
    scene: Scene,
) -> None:
    fleur = make_person(Role.COORDINATOR, scene.school, first_name="Fleur")
    talk = make_talk(scene.teacher, scene.case)
    source, due_on = TalkSource(), (NOW + timedelta(days=1)).date()
    for left, expected in (
        (None, scene.teacher),
        (scene.teacher, scene.coordinator),
        (scene.coordinator, fleur),
    ):
        if left:
            leaves(left)
        wanted = source.wanted(talk.uuid, Kind.TALK_UPCOMING, due_on, NOW)
        assert wanted is not None
        assert wanted.recipients == (expected.pk,)


def test_somebody_who_may_not_read_the_case_is_never_reminded(
    chain: tuple[Agreement, Scene],
) -> None:
    agreement, scene = chain
    make_person(Role.COORDINATOR, scene.school, first_name="Fleur")
    scene.case.grants.all().delete()
    Case.objects.filter(pk=scene.case.pk).update(restricted=True)
    rebuild_access(scene.case)
    assert to(agreement) == set()


def test_nothing_is_wanted_for_a_closed_case(chain: tuple[Agreement, Scene]) -> None:
    agreement, scene = chain
    talk = make_talk(scene.teacher, scene.case)
    Case.objects.filter(pk=scene.case.pk).update(status="closed")
    assert asked(agreement) is None
    due_on = (NOW + timedelta(days=1)).date()
    assert TalkSource().wanted(talk.uuid, Kind.TALK_UPCOMING, due_on, NOW) is None


def test_nothing_is_wanted_once_settled_moved_or_gone(chain: tuple[Agreement, Scene]) -> None:
    agreement, scene = chain
    former = agreement.due_on
    change_agreement(scene.coordinator, agreement, deadline=date(2025, 11, 14), now=NOW)
    assert AgreementSource().wanted(agreement.uuid, Kind.DUE_TODAY, former, NOW) is None
    assert asked(agreement) is not None
    settle_agreement(scene.coordinator, agreement, "done", now=NOW)
    assert asked(agreement) is None
    uuid, due_on = agreement.uuid, agreement.due_on
    agreement.delete()
    assert AgreementSource().wanted(uuid, Kind.DUE_TODAY, due_on, NOW) is None


def test_the_answer_holds_a_code_and_a_link_and_no_name(chain: tuple[Agreement, Scene]) -> None:
    agreement, scene = chain
    wanted = asked(agreement)
    assert wanted is not None
    assert (wanted.reference, wanted.path, wanted.school) == (
        scene.case.reference,
        f"/agreements/{agreement.uuid}/",
        scene.school.name,
    )


def test_mail_waits_for_the_school_day_unless_it_is_critical(
    chain: tuple[Agreement, Scene], make_severity: Callable[[int], Case]
) -> None:
    agreement, _scene = chain
    sunday = datetime(2025, 11, 9, 12, tzinfo=UTC)
    wanted = asked(agreement, now=sunday)
    assert wanted is not None
    assert wanted.send_from == datetime(2025, 11, 10, 7, 30, tzinfo=AMSTERDAM)
    make_severity(4)
    urgent = asked(agreement, now=sunday)
    assert urgent is not None
    assert (urgent.send_from, urgent.urgent) == (sunday, True)


def test_a_school_year_that_nobody_opened_swallows_no_reminder(
    chain: tuple[Agreement, Scene],
) -> None:
    agreement, _scene = chain
    beyond = datetime(2031, 1, 4, 12, tzinfo=UTC)
    wanted = asked(agreement, now=beyond)
    assert wanted is not None
    assert wanted.send_from == beyond
