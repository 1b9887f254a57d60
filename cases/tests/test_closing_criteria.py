"""Each closing criterion: met, not met with what is missing, and met again once that was mended."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cases.models import Case, Incident
from cases.queries.closing import Answers, Criterion, Finding, Standing, judge_closing, lacks
from cases.queries.closing import criteria as registry
from cases.services import items
from cases.services.agreements import settle_agreement
from cases.services.external_reports import record_external_report
from cases.services.talks import record_talk
from cases.tests.closable import CLOSING_AT, hold_talk, make_closable, propose
from cases.tests.scene import Scene
from pestzorg.testing.builders import NOW, make_agreement, make_talk

AGREED = Answers(pupil_agrees=True, parents_agree="yes")


@pytest.fixture
def ready(scene: Scene) -> Scene:
    make_closable(scene)
    return scene


def found(scene: Scene, key: str, answers: Answers | None = AGREED) -> Finding:
    case = Case.objects.get(pk=scene.case.pk)
    judged = judge_closing(Standing(case, CLOSING_AT, answers))
    return next(one.finding for one in judged if one.criterion.key == key)


def test_every_criterion_is_there_in_its_order() -> None:
    assert [(c.number, c.key) for c in registry.criteria()] == [
        (1, "target_safe"),
        (2, "target_agrees"),
        (3, "no_new_incidents"),
        (4, "agreements_settled"),
        (5, "step9_fulfilled"),
        (6, "intervention_finished"),
        (7, "class_not_worse"),  # of the class thermometer
        (8, "content_removed"),
    ]


def test_steps_and_sittings_are_read_once_for_all_criteria(ready: Scene) -> None:
    case = Case.objects.get(pk=ready.case.pk)
    with CaptureQueriesContext(connection) as asked:
        judge_closing(Standing(case, CLOSING_AT, AGREED))
    for table in ("cases_steprecord", "cases_sitting"):
        assert sum(f'FROM "{table}"' in one["sql"] for one in asked) == 1


@pytest.fixture
def about_the_class() -> Iterator[Criterion]:
    """What another room may register: a ninth, not met."""
    criterion = Criterion(9, "a_rule_of_another_room", "The class", lambda _: lacks("Not yet."))
    registry.register(criterion)
    yield criterion
    del registry._registered[criterion.key]


def test_another_room_registers_its_own_and_it_holds_up_the_case(
    ready: Scene, about_the_class: Criterion
) -> None:
    assert propose(ready, note="Toch.").criteria["a_rule_of_another_room"] is False
    assert [c.number for c in registry.criteria()] == [1, 2, 3, 4, 5, 6, 7, 8, 9]


def test_a_grade_of_seven_is_safe_and_six_is_not(ready: Scene) -> None:
    assert found(ready, "target_safe").is_met
    hold_talk(ready, NOW + timedelta(days=1), safety_score=6)
    finding = found(ready, "target_safe")
    assert not finding.is_met
    assert "6" in str(finding.missing)
    assert finding.path == f"/cases/{ready.case.uuid}/talks/new/"


def test_a_seven_is_not_enough_for_who_began_with_an_eight(ready: Scene) -> None:
    hold_talk(ready, NOW + timedelta(days=1), safety_score=7)
    assert not found(ready, "target_safe").is_met
    hold_talk(ready, NOW + timedelta(days=2), safety_score=8)
    assert found(ready, "target_safe").is_met


def test_without_a_grade_nobody_is_safe(scene: Scene) -> None:
    assert not found(scene, "target_safe").is_met


@pytest.mark.parametrize(
    ("pupil", "parents", "is_met"),
    [
        (True, "yes", True),
        (True, "not_involved", True),
        (True, "no", False),
        (False, "yes", False),
    ],
)
def test_pupil_and_parents_agree(ready: Scene, pupil: bool, parents: str, is_met: bool) -> None:
    answers = Answers(pupil_agrees=pupil, parents_agree=parents)
    assert found(ready, "target_agrees", answers).is_met is is_met


def test_whether_they_agree_is_open_until_somebody_says_so(ready: Scene) -> None:
    assert not found(ready, "target_agrees", None).is_met


def days_ago(scene: Scene, school_days: int) -> Incident:
    calendar = Standing(scene.case, CLOSING_AT).calendar
    return items.put_incident(
        scene.coordinator,
        scene.case,
        None,
        now=CLOSING_AT,
        description="Weer een sticker.",
        happened_on=calendar.school_days_before(CLOSING_AT.date(), school_days),
    )


@pytest.mark.parametrize(
    ("severity", "school_days", "is_met"),
    [(2, 10, False), (2, 11, True), (3, 11, False), (3, 15, False), (3, 16, True)],
)
def test_nothing_new_for_ten_school_days_or_fifteen_when_serious(
    ready: Scene, make_severity, severity: int, school_days: int, is_met: bool
) -> None:
    make_severity(severity)
    days_ago(ready, school_days)
    assert found(ready, "no_new_incidents").is_met is is_met


def test_what_has_no_day_counts_from_when_it_was_told(ready: Scene) -> None:
    items.put_incident(ready.coordinator, ready.case, None, now=NOW, description="Ooit.")
    assert found(ready, "no_new_incidents").is_met
    items.put_incident(ready.coordinator, ready.case, None, now=CLOSING_AT, description="Ooit.")
    assert not found(ready, "no_new_incidents").is_met


def test_something_new_in_a_talk_counts_too(ready: Scene) -> None:
    hold_talk(ready, CLOSING_AT - timedelta(days=2), new_incident=True)
    assert not found(ready, "no_new_incidents").is_met


def test_agreements_are_settled_or_named_to_go_on(ready: Scene) -> None:
    agreement = make_agreement(ready.coordinator, ready.case, NOW)
    finding = found(ready, "agreements_settled")
    assert (finding.is_met, finding.path) == (False, f"/cases/{ready.case.uuid}/#agreements")
    named = Answers(pupil_agrees=True, parents_agree="yes", carries_over=[agreement.pk])
    assert found(ready, "agreements_settled", named).is_met
    settle_agreement(ready.coordinator, agreement, "partly", note="Half.", now=NOW)
    assert found(ready, "agreements_settled").is_met


def test_the_first_round_is_held_with_everybody(ready: Scene) -> None:
    assert found(ready, "step9_fulfilled").is_met
    other = items.put_participant(
        ready.coordinator, ready.case, None, now=NOW, name="Lieke", role="alleged_bully"
    )
    finding = found(ready, "step9_fulfilled")
    assert not finding.is_met
    assert "Lieke" in str(finding.missing)
    talk = make_talk(
        ready.coordinator,
        ready.case,
        with_participant=other,
        with_role="alleged_bully",
        planned_at=NOW,
    )
    outcome = {"progress": "same", "new_incident": False, "no_next_talk": True}
    record_talk(ready.coordinator, talk, status="held", now=NOW, **outcome)
    assert found(ready, "step9_fulfilled").is_met


def test_progress_that_nobody_named_is_still_to_be_congratulated(scene: Scene) -> None:
    make_closable(scene)
    better = {"progress": "better", "progress_examples": "Speelt mee.", "congratulated": False}
    hold_talk(scene, NOW + timedelta(days=1), **better)
    finding = found(scene, "step9_fulfilled")
    assert not finding.is_met
    assert "Noor" in str(finding.missing)


def test_a_conversation_that_never_came_to_step_9_holds_up(scene: Scene) -> None:
    assert not found(scene, "step9_fulfilled").is_met


def test_what_is_still_online_needs_a_report_with_a_day_to_look(ready: Scene) -> None:
    incident = items.put_incident(
        ready.coordinator, ready.case, None, now=NOW, description="Filmpje.", still_online=True
    )
    finding = found(ready, "content_removed")
    assert (finding.is_met, finding.path) == (False, f"/cases/{ready.case.uuid}/external/new/")
    report = record_external_report(
        ready.coordinator, ready.case, now=NOW, kind="platform", reported_on=NOW.date()
    )
    assert report.check_on is not None
    assert found(ready, "content_removed").is_met
    incident.refresh_from_db()


def test_a_report_without_a_day_to_look_holds_up(ready: Scene) -> None:
    report = record_external_report(
        ready.coordinator, ready.case, now=NOW, kind="police_report", reported_on=NOW.date()
    )
    assert report.check_on is None
    finding = found(ready, "content_removed")
    assert (finding.is_met, finding.path) == (
        False,
        f"/cases/{ready.case.uuid}/external/{report.uuid}/",
    )


def test_every_path_that_mends_something_opens(scene: Scene, at, client: Client) -> None:
    at(CLOSING_AT)
    client.force_login(scene.coordinator)
    items.put_incident(
        scene.coordinator, scene.case, None, now=NOW, description="Filmpje.", still_online=True
    )
    make_agreement(scene.coordinator, scene.case, NOW)
    case = Case.objects.get(pk=scene.case.pk)
    judged = judge_closing(Standing(case, CLOSING_AT, Answers(False, "no")))
    paths = {one.finding.path for one in judged if not one.is_met}
    assert len(paths) >= 3
    assert {client.get(path).status_code for path in paths} == {200}
