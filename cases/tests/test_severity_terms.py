"""What a level brings along: the next review, the terms for first talk and parents, and who leads."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from cases.access import level_on
from cases.ceilings import Level
from cases.deadlines.reviews import ReviewSource
from cases.models import Case, SeverityAssessment
from cases.models.case import CaseStatus
from cases.notices import AttentionSource
from cases.queries.judging import INDICATORS
from cases.services.assessing import activate_case, begin_assessing
from cases.services.conversations import begin_sitting
from cases.services.restriction import restrict_case
from cases.services.severity import Choice, reassess_severity
from cases.tests.scene import Scene
from pestzorg.errors import RuleBroken
from pestzorg.reminders.models import DueMoment, Kind
from pestzorg.testing.builders import NOW, make_agreement, make_person, make_report, make_talk
from schools.models import User
from schools.roles import Role

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
FRIDAY = datetime(2025, 11, 7, 14, 0, tzinfo=AMSTERDAM)
WEDNESDAY = datetime(2025, 11, 5, 9, 0, tzinfo=AMSTERDAM)


def assess(
    scene: Scene,
    points: int,
    flags: list[str] | None = None,
    now: datetime = NOW,
    actor: User | None = None,
    **chosen: object,
) -> SeverityAssessment:
    made = reassess_severity(
        actor or scene.coordinator,
        scene.case,
        dict.fromkeys(INDICATORS, points),
        flags or [],
        now=now,
        choice=Choice(**chosen),
    )
    scene.case.refresh_from_db()
    return made


def reviews(case: Case) -> list[tuple[str, date, bool]]:
    open_moments = DueMoment.objects.filter(source="severity_review", settled_at=None)
    open_moments = open_moments.filter(kind=Kind.REVIEW_DUE)
    return list(open_moments.filter(source_uuid=case.uuid).values_list("kind", "due_on", "urgent"))


# ── the next review ──────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("points", "flags", "stable", "day"),
    [
        (0, [], False, date(2025, 11, 21)),
        (1, [], False, date(2025, 11, 21)),
        (2, [], False, date(2025, 11, 14)),
        (0, ["weapon"], False, date(2025, 11, 8)),  # a Saturday: what is acute does not wait
        (0, ["weapon"], True, date(2025, 11, 14)),
    ],
)
def test_the_level_decides_when_it_is_looked_at_again(
    scene: Scene, points: int, flags: list[str], stable: bool, day: date
) -> None:
    assess(scene, points, flags, FRIDAY, stable=stable)
    assert scene.case.next_review_on == day
    assert reviews(scene.case) == [(Kind.REVIEW_DUE, day, bool(flags))]


def test_the_first_assessment_plans_a_review_too(scene: Scene) -> None:
    assert scene.case.next_review_on == date(2025, 11, 17)
    assert reviews(scene.case) == [(Kind.REVIEW_DUE, date(2025, 11, 17), False)]


def test_holidays_are_no_school_days(scene: Scene) -> None:
    assess(scene, 1, [], datetime(2025, 12, 18, 9, tzinfo=AMSTERDAM))
    assert scene.case.next_review_on == date(2026, 1, 15)


def test_a_school_year_that_nobody_opened_yet_stops_no_assessment(scene: Scene) -> None:
    last_day = scene.school.years.latest("ends_on").ends_on
    assess(scene, 1, [], datetime(last_day.year, last_day.month, last_day.day, 9, tzinfo=AMSTERDAM))
    assert scene.case.next_review_on == last_day + timedelta(days=14)


def test_a_new_assessment_takes_the_place_of_the_review_before(scene: Scene) -> None:
    first = scene.case.next_review_on
    assess(scene, 2, [], WEDNESDAY)
    source = ReviewSource()
    morning = datetime(2025, 11, 17, 7, 30, tzinfo=AMSTERDAM)
    assert source.wanted(scene.case.uuid, Kind.REVIEW_DUE, first, morning) is None
    wanted = source.wanted(scene.case.uuid, Kind.REVIEW_DUE, scene.case.next_review_on, morning)
    assert wanted is not None
    assert wanted.recipients == (scene.coordinator.pk,)
    assert wanted.path == f"/cases/{scene.case.uuid}/severity/"


@pytest.mark.parametrize("status", [CaseStatus.AFTERCARE, CaseStatus.CLOSED])
def test_nobody_is_reminded_of_a_case_that_is_no_longer_in_progress(
    scene: Scene, status: str
) -> None:
    day = scene.case.next_review_on
    scene.case.status = status
    scene.case.save(update_fields=["status"])
    assert ReviewSource().wanted(scene.case.uuid, Kind.REVIEW_DUE, day, NOW) is None


def test_reminders_that_are_planned_already_follow_the_hurry(scene: Scene) -> None:
    things = [make_agreement(scene.teacher, scene.case), make_talk(scene.teacher, scene.case)]
    planned = DueMoment.objects.filter(source_uuid__in=[thing.uuid for thing in things])
    for flags, urgent in (([], False), (["weapon"], True), ([], False)):
        assess(scene, 0, flags)
        assert set(planned.values_list("urgent", flat=True)) == {urgent}


@pytest.mark.parametrize(
    ("points", "due"),
    [(1, date(2025, 11, 10)), (2, date(2025, 11, 7))],
)
def test_a_deadline_in_a_weekend_moves_as_the_new_level_asks(
    scene: Scene, points: int, due: date
) -> None:
    kept = make_agreement(scene.teacher, scene.case, deadline=date(2025, 11, 8))
    assert kept.deadline == date(2025, 11, 10)
    assess(scene, points)
    assert make_agreement(scene.teacher, scene.case, deadline=date(2025, 11, 8)).deadline == due
    # What was agreed before stays as it was told to people, until somebody changes it.
    kept.refresh_from_db()
    assert kept.deadline == date(2025, 11, 10)


# ── the first talk ───────────────────────────────────────────────────────────
def test_the_term_of_the_first_talk_moves_with_the_level(scene: Scene) -> None:
    assert scene.case.first_talk_due_on == date(2025, 11, 6)
    assess(scene, 2)
    assert scene.case.first_talk_due_on == date(2025, 11, 4)
    assess(scene, 0)
    assert scene.case.first_talk_due_on == date(2025, 11, 10)


def test_a_shorter_term_that_is_over_already_counts_from_today(scene: Scene) -> None:
    assess(scene, 2, [], WEDNESDAY)
    assert scene.case.first_talk_due_on == date(2025, 11, 6)
    assess(scene, 2, ["weapon"], WEDNESDAY)
    assert scene.case.first_talk_due_on == date(2025, 11, 5)


def test_a_term_that_was_missed_stays_missed(scene: Scene) -> None:
    assess(scene, 2, [], FRIDAY)
    assert scene.case.first_talk_due_on == date(2025, 11, 6)


def test_the_term_stands_still_once_somebody_talked(scene: Scene) -> None:
    begin_sitting(scene.teacher, scene.conversation, now=NOW)
    assess(scene, 2)
    assert scene.case.first_talk_due_on == date(2025, 11, 6)


# ── parents ──────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("points", "flags", "day"),
    [
        (0, [], None),
        (1, [], date(2025, 11, 6)),
        (2, [], date(2025, 11, 4)),
        (0, ["weapon"], date(2025, 11, 3)),
        (0, ["home_unsafe"], None),
    ],
)
def test_parents_hear_of_it_within_the_term_of_the_level(
    scene: Scene, points: int, flags: list[str], day: date | None
) -> None:
    assess(scene, points, flags)
    assert scene.case.parents_due_on == day


def test_the_term_of_the_parents_stays_while_the_level_stays(scene: Scene) -> None:
    assess(scene, 1, [], WEDNESDAY)
    assert scene.case.parents_due_on == date(2025, 11, 6)
    assess(scene, 2, [], WEDNESDAY)
    assert scene.case.parents_due_on == date(2025, 11, 6)
    assess(scene, 1, [], WEDNESDAY)
    assert scene.case.parents_due_on == date(2025, 11, 10)


# ── who leads ────────────────────────────────────────────────────────────────
def handled_by_teacher(scene: Scene) -> Case:
    scene.case.handler = scene.teacher
    scene.case.save(update_fields=["handler"])
    return scene.case


def test_a_serious_case_goes_to_a_coordinator_and_a_moderate_one_stays(scene: Scene) -> None:
    handled_by_teacher(scene)
    assess(scene, 1, actor=scene.teacher)
    assert scene.case.handler == scene.teacher
    before = level_on(scene.who(scene.teacher), scene.case)
    assess(scene, 2, actor=scene.teacher)
    assert scene.case.handler == scene.coordinator
    assert level_on(scene.who(scene.coordinator), scene.case) == Level.MANAGE
    assert level_on(scene.who(scene.teacher), scene.case) == before


def test_who_leads_can_be_chosen_among_the_coordinators(scene: Scene) -> None:
    second = make_person(Role.COORDINATOR, scene.school, first_name="Zita")
    for wrong in (scene.colleague, scene.principal, scene.counsellor):
        with pytest.raises(RuleBroken) as refused:
            assess(scene, 2, handler=wrong)
        assert [p.field for p in refused.value.problems] == ["handler"]
    assess(scene, 2, handler=second)
    assert scene.case.handler == second


def test_a_coordinator_who_assesses_takes_the_lead(scene: Scene) -> None:
    make_person(Role.COORDINATOR, scene.school, first_name="Anna")
    handled_by_teacher(scene)
    assess(scene, 2)
    assert scene.case.handler == scene.coordinator


def test_a_school_without_a_coordinator_keeps_the_handler(scene: Scene) -> None:
    handled_by_teacher(scene)
    scene.coordinator.is_active = False
    scene.coordinator.save()
    assess(scene, 2, actor=scene.teacher)
    assert scene.case.handler == scene.teacher


def test_a_closed_off_case_is_given_to_nobody(scene: Scene) -> None:
    handled_by_teacher(scene)
    restrict_case(scene.counsellor, scene.case, now=NOW)
    assess(scene, 2, ["weapon"], actor=scene.teacher)
    assert scene.case.handler == scene.teacher


def test_a_report_that_proves_serious_goes_to_a_coordinator_at_once(scene: Scene) -> None:
    report = make_report(scene.teacher, scene.school, scene.pupil)
    case = begin_assessing(scene.coordinator, report.case, scene.teacher, now=NOW)
    indicators = dict.fromkeys(INDICATORS, 2)
    activate_case(
        scene.coordinator,
        case,
        target=scene.pupil,
        lead=scene.teacher,
        indicators=indicators,
        red_flags=[],
        now=NOW,
        apart=True,
    )
    case.refresh_from_db()
    assert case.handler == scene.coordinator
    assert level_on(scene.who(scene.teacher), case) == Level.CONTRIBUTE


# ── who hears of it ──────────────────────────────────────────────────────────
def told(scene: Scene, assessment: SeverityAssessment) -> set[User]:
    planned = DueMoment.objects.filter(source="severity_attention", source_uuid=assessment.uuid)
    if not planned.exists():
        return set()
    wanted = AttentionSource().wanted(assessment.uuid, Kind.NEEDS_ATTENTION, NOW.date(), NOW)
    people = {scene.principal, scene.coordinator, scene.teacher, scene.colleague}
    return {person for person in people if wanted and person.pk in wanted.recipients}


def test_the_school_leader_hears_once_that_a_case_is_critical(scene: Scene) -> None:
    assert told(scene, assess(scene, 2)) == set()
    assert told(scene, assess(scene, 2, ["weapon"])) == {scene.principal}
    assert told(scene, assess(scene, 2, ["weapon"])) == set()


def test_whoever_is_named_by_somebody_else_hears_of_it(scene: Scene) -> None:
    handled_by_teacher(scene)
    made = assess(scene, 2, ["weapon"], actor=scene.teacher)
    assert told(scene, made) == {scene.principal, scene.coordinator}


def test_the_school_leader_hears_nothing_of_a_closed_off_case(scene: Scene) -> None:
    restrict_case(scene.counsellor, scene.case, now=NOW)
    made = assess(scene, 2, ["weapon"], actor=scene.teacher)
    assert scene.principal not in told(scene, made)


def test_telling_the_school_leader_opens_no_content(scene: Scene) -> None:
    assess(scene, 0, ["weapon"])
    assert level_on(scene.who(scene.principal), scene.case) == Level.HEADER
