"""From report to active case: who may, who gets access, and by which day the first talk is."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from cases import events
from cases.access import level_on, rules_on
from cases.ceilings import Level
from cases.models import Case, Report
from cases.models.case import CaseStatus
from cases.services.assessing import activate_case, begin_assessing, may_take_on, take_on
from cases.services.restriction import restrict_case
from cases.services.severity import INDICATORS
from cases.tests.scene import Scene
from pestzorg.audit.models import AuditEvent
from pestzorg.errors import RuleBroken
from pestzorg.testing.builders import (
    NOW,
    make_class,
    make_person,
    make_pupil,
    make_report,
    make_school,
)
from schools.models import User
from schools.roles import Role

MILD = dict.fromkeys(INDICATORS, 0)
SERIOUS = dict.fromkeys(INDICATORS, 2)


@pytest.fixture
def report(scene: Scene) -> Report:
    return make_report(scene.teacher, scene.school, scene.pupil)


def activate(scene: Scene, case: Case, **values: object) -> object:
    usual = {
        "target": scene.pupil,
        "lead": scene.teacher,
        "indicators": MILD,
        "red_flags": [],
        "now": NOW,
    }
    return activate_case(scene.coordinator, case, **{**usual, **values})


# ── reporting ────────────────────────────────────────────────────────────────
def test_a_report_starts_a_case_that_the_coordinator_manages_and_the_reporter_does_not_see(
    scene: Scene, report: Report
) -> None:
    assert (report.case.status, report.school_class) == (CaseStatus.REPORTED, scene.school_class)
    assert level_on(scene.who(scene.coordinator), report.case) == Level.MANAGE
    assert rules_on(scene.who(scene.teacher), report.case) == frozenset()


@pytest.mark.parametrize("role", [Role.SCHOOL_ADMIN, Role.BOARD_VIEWER])
def test_who_does_not_work_with_pupils_cannot_report(scene: Scene, role: Role) -> None:
    with pytest.raises(RuleBroken):
        make_report(make_person(role, scene.school), scene.school)


def test_nobody_reports_at_another_school_or_about_its_pupils(scene: Scene) -> None:
    elsewhere = make_school("De Brug", "de-brug")
    stranger = make_pupil(make_class(elsewhere), "Kees")
    for school, pupil in ((elsewhere, None), (scene.school, stranger), (elsewhere, stranger)):
        with pytest.raises(RuleBroken):
            make_report(scene.coordinator, school, pupil)


def test_a_teacher_reports_about_an_unknown_name_and_not_about_a_pupil_of_another_class(
    scene: Scene,
) -> None:
    other = make_pupil(make_class(scene.school, "8B"), "Kees")
    with pytest.raises(RuleBroken) as refused:
        make_report(scene.teacher, scene.school, other)
    assert refused.value.problems[0].field == "pupil"
    assert make_report(scene.teacher, scene.school, about="Kees uit 8B").pupil is None
    assert make_report(scene.coordinator, scene.school, other).pupil == other


# ── a handler ────────────────────────────────────────────────────────────────
def test_the_handler_gets_manage(scene: Scene, report: Report) -> None:
    case = begin_assessing(scene.coordinator, report.case, scene.colleague, now=NOW)
    assert (case.status, case.handler) == (CaseStatus.ASSESSING, scene.colleague)
    assert level_on(scene.who(scene.colleague), case) == Level.MANAGE
    assert case.grants.get(user=scene.colleague).purpose == "handling"


def test_only_a_reported_case_can_be_begun(scene: Scene, report: Report) -> None:
    begin_assessing(scene.coordinator, report.case, scene.coordinator, now=NOW)
    with pytest.raises(RuleBroken):
        begin_assessing(scene.coordinator, report.case, scene.colleague, now=NOW)
    report.case.refresh_from_db()
    assert report.case.handler == scene.coordinator


@pytest.mark.parametrize("who", ["counsellor", "principal"])
def test_counsellor_and_school_leader_never_handle(scene: Scene, report: Report, who: str) -> None:
    with pytest.raises(RuleBroken) as refused:
        begin_assessing(scene.coordinator, report.case, getattr(scene, who), now=NOW)
    assert refused.value.problems[0].field == "handler"
    report.case.refresh_from_db()
    assert (report.case.status, report.case.handler) == (CaseStatus.REPORTED, None)


# ── active ───────────────────────────────────────────────────────────────────
def test_an_active_case_needs_a_handler_first(scene: Scene, report: Report) -> None:
    with pytest.raises(RuleBroken):
        activate(scene, report.case)
    begin_assessing(scene.coordinator, report.case, scene.coordinator, now=NOW)
    activate(scene, report.case)
    report.case.refresh_from_db()
    assert (report.case.status, report.case.active_at) == (CaseStatus.ACTIVE, NOW)


def test_the_lead_gets_contribute_and_a_conversation(scene: Scene, report: Report) -> None:
    case = begin_assessing(scene.coordinator, report.case, scene.coordinator, now=NOW)
    conversation = activate(scene, case)
    assert (conversation.lead, conversation.target.pupil) == (scene.teacher, scene.pupil)
    assert level_on(scene.who(scene.teacher), case) == Level.CONTRIBUTE


def test_a_handler_who_leads_keeps_manage(scene: Scene, report: Report) -> None:
    case = begin_assessing(scene.coordinator, report.case, scene.teacher, now=NOW)
    activate(scene, case, lead=scene.teacher)
    assert level_on(scene.who(scene.teacher), case) == Level.MANAGE


def test_a_counsellor_cannot_lead(scene: Scene, report: Report) -> None:
    case = begin_assessing(scene.coordinator, report.case, scene.coordinator, now=NOW)
    with pytest.raises(RuleBroken) as refused:
        activate(scene, case, lead=scene.counsellor)
    assert refused.value.problems[0].field == "lead"


def test_it_must_be_about_somebody_of_this_school(scene: Scene, report: Report) -> None:
    case = begin_assessing(scene.coordinator, report.case, scene.coordinator, now=NOW)
    stranger = make_pupil(make_class(make_school("De Brug", "de-brug")), "Kees")
    for target in (None, stranger):
        with pytest.raises(RuleBroken) as refused:
            activate(scene, case, target=target)
        assert refused.value.problems[0].field == "target"
    case.refresh_from_db()
    assert (case.status, case.severity) == (CaseStatus.ASSESSING, None)
    activate(scene, case, target=None, target_name="Noor")
    assert case.target.name == "Noor"


@pytest.mark.parametrize(
    ("points", "flags", "day"),
    [
        (0, [], date(2025, 11, 10)),
        (1, [], date(2025, 11, 6)),
        (2, [], date(2025, 11, 4)),
        (0, ["weapon"], date(2025, 11, 3)),
    ],
)
def test_the_first_talk_is_due_counted_from_the_report(
    scene: Scene, report: Report, points: int, flags: list[str], day: date
) -> None:
    later = NOW + timedelta(days=1)
    case = begin_assessing(scene.coordinator, report.case, scene.coordinator, now=later)
    indicators = dict.fromkeys(INDICATORS, points)
    activate(scene, case, indicators=indicators, red_flags=flags, now=later)
    case.refresh_from_db()
    assert case.first_talk_due_on == day


# ── taking on an own report ──────────────────────────────────────────────────
def test_the_class_teacher_takes_on_an_own_mild_report(scene: Scene, report: Report) -> None:
    assert may_take_on(scene.teacher, report)
    conversation = take_on(scene.teacher, report, MILD, [], now=NOW)
    case = Case.objects.get(pk=report.case_id)
    assert (case.handler, conversation.lead) == (scene.teacher, scene.teacher)
    assert level_on(scene.who(scene.teacher), case) == Level.MANAGE


def test_a_serious_report_goes_to_the_coordinator_and_nothing_of_the_try_remains(
    scene: Scene, report: Report
) -> None:
    logged = AuditEvent.objects.count()
    for indicators, flags in ((SERIOUS, []), (MILD, ["credible_threat"])):
        with pytest.raises(RuleBroken) as refused:
            take_on(scene.teacher, report, indicators, flags, now=NOW)
        assert refused.value.problems[0].code == "serious"
    case = Case.objects.get(pk=report.case_id)
    assert (case.status, case.handler, case.severity) == (CaseStatus.REPORTED, None, None)
    assert not case.grants.exists()
    assert not case.participants.exists()
    assert AuditEvent.objects.count() == logged
    assert rules_on(scene.who(scene.teacher), case) == frozenset()


def test_only_the_reporting_class_teacher_takes_it_on(scene: Scene, report: Report) -> None:
    about_a_name = make_report(scene.teacher, scene.school, about="Noor")
    refused: list[tuple[User, Report]] = [
        (scene.colleague, report),  # class teacher, but did not report
        (scene.coordinator, make_report(scene.coordinator, scene.school, scene.pupil)),
        (scene.teacher, about_a_name),
    ]
    for person, what in refused:
        assert not may_take_on(person, what)
        with pytest.raises(RuleBroken):
            take_on(person, what, MILD, [], now=NOW)


def test_what_the_counsellor_restricted_is_not_taken_on(scene: Scene, report: Report) -> None:
    # The report as the page of its reporter read it, a moment before.
    restrict_case(scene.counsellor, report.case, now=NOW)
    with pytest.raises(RuleBroken):
        take_on(scene.teacher, report, MILD, [], now=NOW)
    report.refresh_from_db()
    assert not may_take_on(scene.teacher, report)
    assert rules_on(scene.who(scene.teacher), report.case) == frozenset()


def test_nobody_takes_on_what_is_assigned_already(scene: Scene, report: Report) -> None:
    begin_assessing(scene.coordinator, report.case, scene.coordinator, now=NOW)
    report.case.refresh_from_db()
    assert not may_take_on(scene.teacher, report)


def test_every_move_is_in_the_log(scene: Scene, report: Report) -> None:
    case = begin_assessing(scene.coordinator, report.case, scene.coordinator, now=NOW)
    activate(scene, case)
    verbs = list(
        AuditEvent.objects.filter(case_uuid=case.uuid).order_by("pk").values_list("verb", flat=True)
    )
    assert verbs == [
        events.REPORTED,
        events.ACCESS_GIVEN,
        events.ASSESSMENT_BEGUN,
        events.SEVERITY_ASSESSED,
        events.ACCESS_GIVEN,
        events.ACTIVATED,
    ]
