"""The class teacher takes on an own report: only a mild one, and what was answered about a serious one is kept."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from cases import events
from cases.access import level_on, rules_on
from cases.ceilings import Level
from cases.models import Case, Report
from cases.models.case import CaseStatus
from cases.queries.judging import INDICATORS
from cases.services.assessing import begin_assessing, may_take_on, take_on
from cases.services.restriction import restrict_case
from cases.services.sharing import share_case
from cases.tests.scene import Scene
from pestzorg.audit.models import AuditEvent
from pestzorg.errors import RuleBroken
from pestzorg.testing.builders import NOW, make_pupil, make_report
from schools.models import User

MILD = dict.fromkeys(INDICATORS, 0)
SERIOUS = dict.fromkeys(INDICATORS, 2)


@pytest.fixture
def report(scene: Scene) -> Report:
    return make_report(scene.teacher, scene.school, make_pupil(scene.school_class, "Kees", "Bos"))


def test_the_class_teacher_takes_on_an_own_mild_report(scene: Scene, report: Report) -> None:
    assert may_take_on(scene.teacher, report)
    conversation = take_on(scene.teacher, report, MILD, [], now=NOW)
    case = Case.objects.get(pk=report.case_id)
    assert (case.handler, conversation.lead) == (scene.teacher, scene.teacher)
    assert level_on(scene.who(scene.teacher), case) == Level.MANAGE


@pytest.mark.parametrize(
    ("indicators", "flags", "urgency"),
    [(SERIOUS, [], "today"), (MILD, ["self_harm_or_suicidal"], "now")],
)
def test_a_serious_report_stays_with_the_coordinators_who_get_what_was_answered(
    scene: Scene, report: Report, indicators: dict[str, int], flags: list[str], urgency: str
) -> None:
    assert take_on(scene.teacher, report, indicators, flags, now=NOW) is None
    case = Case.objects.get(pk=report.case_id)
    assert (case.status, case.handler, case.severity) == (CaseStatus.REPORTED, None, None)
    kept = case.assessments.get()
    assert (kept.red_flags, kept.score) == (flags, sum(indicators.values()))
    assert (kept.assessed_by, case.report.urgency) == (scene.teacher, urgency)
    assert AuditEvent.objects.filter(case_uuid=case.uuid).last().verb == events.SEVERITY_ASSESSED
    # The teacher gets nothing to see, and cannot answer milder now to take it on all the same.
    assert not case.grants.exists()
    assert not case.participants.exists()
    assert rules_on(scene.who(scene.teacher), case) == frozenset()
    assert not may_take_on(scene.teacher, report)


def test_a_red_flag_is_kept_also_where_the_teacher_reads_a_case_about_this_pupil(
    scene: Scene,
) -> None:
    again = make_report(scene.teacher, scene.school, scene.pupil)
    assert take_on(scene.teacher, again, MILD, ["weapon"], now=NOW) is None
    assert again.case.assessments.get().red_flags == ["weapon"]


def test_what_was_answered_never_makes_a_report_less_urgent(scene: Scene) -> None:
    pupil = make_pupil(scene.school_class, "Kees", "Bos")
    report = make_report(scene.teacher, scene.school, pupil, urgency="now")
    take_on(scene.teacher, report, SERIOUS, [], now=NOW)
    assert Report.objects.get(pk=report.pk).urgency == "now"


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


RANDOM = re.compile(r'value="[^"]{20,}"|nonce="[^"]*"|X-CSRFToken[^}]*')


def taking_on(scene: Scene, report: Report, points: dict[str, int]) -> tuple[str, int, str]:
    """What a class teacher meets: the page, and what it answers when it is sent."""
    client = Client()
    client.force_login(report.reporter)
    url = reverse("reports:take-on", args=[report.uuid])
    own = (str(report.uuid), str(report.case.uuid))
    page, answer = client.get(url), client.post(url, {k: str(v) for k, v in points.items()})
    shown = f"{page.content.decode()} {answer.headers.get('Location', answer.content.decode())}"
    for word in own:
        shown = shown.replace(word, "")
    return RANDOM.sub("", shown), answer.status_code, answer.headers.get("Location", "")[:7]


@pytest.mark.parametrize("points", [MILD, SERIOUS])
def test_a_teacher_meets_the_same_whether_or_not_there_is_a_case_they_may_not_see(
    scene: Scene, at: Any, points: dict[str, int]
) -> None:
    at(NOW)
    met = []
    for pupil in (scene.pupil, make_pupil(scene.school_class, scene.pupil.first_name)):
        report = make_report(scene.colleague, scene.school, pupil)
        met.append(taking_on(scene, report, points))
    hidden, without = met
    assert hidden == without
    assert hidden[1:] == (302, "/cases/" if points is MILD else "/report")


def test_a_teacher_who_reads_the_other_case_is_led_there(scene: Scene, at: Any) -> None:
    at(NOW)
    share_case(scene.coordinator, scene.case, scene.colleague, Level.VIEW, now=NOW)
    mine = make_report(scene.colleague, scene.school, scene.pupil)
    page, status, _where = taking_on(scene, mine, MILD)
    assert status == 422
    assert f"dossier over deze leerling: {scene.case.reference}" in page
    mine.case.refresh_from_db()
    assert (mine.case.status, mine.case.handler) == (CaseStatus.REPORTED, None)
    assert level_on(scene.who(scene.coordinator), mine.case) == Level.MANAGE
