"""From report to active case: who may, who gets access, and by which day the first talk is."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Barrier
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from cases import events
from cases.access import level_on, rules_on
from cases.ceilings import Level
from cases.models import Case, Report
from cases.models.case import CaseStatus
from cases.queries.judging import INDICATORS
from cases.queries.same_pupil import known_cases_about
from cases.services.assessing import activate_case, begin_assessing
from cases.services.restriction import restrict_case
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
    return make_report(scene.teacher, scene.school, make_pupil(scene.school_class, "Kees", "Bos"))


def activate(scene: Scene, case: Case, actor: User | None = None, **values: object) -> object:
    usual = {
        "target": scene.pupil,
        "lead": scene.teacher,
        "indicators": MILD,
        "red_flags": [],
        "now": NOW,
        "apart": True,
    }
    return activate_case(actor or scene.coordinator, case, **{**usual, **values})


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


@pytest.mark.parametrize("named", [False, True])
def test_the_case_has_the_class_of_the_pupil_it_turns_out_to_be_about(
    scene: Scene, *, named: bool
) -> None:
    other = make_pupil(make_class(scene.school, "8B"), "Tom", "Bos")
    case = make_report(scene.coordinator, scene.school, other if named else None).case
    begin_assessing(scene.coordinator, case, scene.coordinator, now=NOW)
    activate(scene, case)
    case.refresh_from_db()
    assert case.school_class == scene.school_class


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


# ── a pupil who has a case already ───────────────────────────────────────────
def test_a_second_case_about_a_pupil_begins_only_when_it_is_said_to_be_apart(scene: Scene) -> None:
    second = make_report(scene.teacher, scene.school, scene.pupil)
    case = begin_assessing(scene.coordinator, second.case, scene.coordinator, now=NOW)
    with pytest.raises(RuleBroken) as refused:
        activate(scene, case, apart=False)
    (problem,) = refused.value.problems
    assert (problem.field, problem.code) == ("apart", "known")
    assert scene.case.reference in str(problem.message)
    assert not case.conversations.exists()
    activate(scene, case, apart=True)
    assert case.conversations.count() == 1


@pytest.mark.parametrize(
    ("name", "is_in_class", "is_known"),
    [("sem ", True, True), ("Sem", False, False), ("Sam", True, False)],
)
def test_somebody_known_by_name_is_looked_for_in_the_class(
    scene: Scene, name: str, *, is_in_class: bool, is_known: bool
) -> None:
    cases = []
    for _each in range(2):
        found = make_report(scene.teacher, scene.school, about="Sem").case
        begin_assessing(scene.coordinator, found, scene.coordinator, now=NOW)
        cases.append(found)
    first, second = cases
    first.school_class = scene.school_class if is_in_class else None
    second.school_class = scene.school_class
    for case in cases:
        case.save(update_fields=["school_class"])
    activate(scene, first, target=None, target_name="Sem")
    who = scene.who(scene.coordinator)
    assert known_cases_about(who, second, None, name) == ([first] if is_known else [])


def test_who_may_not_read_the_other_case_learns_nothing_of_it(scene: Scene) -> None:
    # A case that is closed off is hidden from a coordinator who has no part in it.
    restrict_case(scene.counsellor, scene.case, now=NOW)
    other = make_person(Role.COORDINATOR, scene.school)
    second = make_report(scene.colleague, scene.school, scene.pupil)
    case = begin_assessing(other, second.case, other, now=NOW)
    assert known_cases_about(scene.who(other), case, scene.pupil, "") == []
    activate(scene, case, actor=other, apart=False)


def test_the_page_says_so_before_and_asks_when_it_is_sent(scene: Scene, at: Any) -> None:
    at(NOW)
    second = make_report(scene.teacher, scene.school, scene.pupil)
    begin_assessing(scene.coordinator, second.case, scene.coordinator, now=NOW)
    page = reverse("cases:assess", args=[second.case.uuid])
    client = Client()
    client.force_login(scene.coordinator)
    shown = client.get(page).content.decode()
    assert reverse("cases:page", args=[scene.case.uuid]) in shown
    # That there is such a case is content of it.
    looked = AuditEvent.objects.filter(verb=events.CASE_LISTED, case_uuid=scene.case.uuid)
    assert [(look.actor_id, look.rule) for look in looked] == [(scene.coordinator.pk, "R14")]
    assert 'type="checkbox" name="apart"' not in shown
    sent = {**dict.fromkeys(INDICATORS, "1"), "about": "Noor", "pupil": str(scene.pupil.uuid)}
    sent["lead"] = str(scene.teacher.uuid)
    refused = client.post(page, sent)
    assert refused.status_code == 422
    assert 'type="checkbox" name="apart"' in refused.content.decode()
    assert f"dossier over deze leerling: {scene.case.reference}" in refused.content.decode()
    assert client.post(page, sent | {"apart": "on"}).status_code == 302
    assert second.case.conversations.count() == 1


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_two_who_begin_at_once_one_is_told(scene: Scene) -> None:
    pupil = make_pupil(scene.school_class, "Kees", "Bos")
    cases = [make_report(scene.teacher, scene.school, pupil).case for _each in range(2)]
    for case in cases:
        begin_assessing(scene.coordinator, case, scene.coordinator, now=NOW)
    start = Barrier(2)

    def run(case: Case) -> str:
        start.wait()
        try:
            activate(scene, case, target=pupil, apart=False)
        except RuleBroken as error:
            return error.problems[0].code
        finally:
            connection.close()
        return "begun"

    with ThreadPoolExecutor(2) as both:
        assert sorted(both.map(run, cases)) == ["begun", "known"]
