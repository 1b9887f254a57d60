"""Reports outside school: written down, checked on their day, ended; and those that step 6 opens by itself."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from cases import events
from cases.ceilings import Level
from cases.deadlines.external_reports import ExternalReportSource
from cases.models import ExternalReport
from cases.protocol import vocabulary
from cases.services import items
from cases.services.agreements import settle_agreement
from cases.services.external_reports import (
    change_external_report,
    record_external_report,
    record_outcome,
)
from cases.services.sharing import share_case, take_back
from cases.tests.scene import Scene
from pestzorg.audit.models import AuditEvent
from pestzorg.errors import RuleBroken
from pestzorg.reminders.models import DueMoment, Kind
from pestzorg.testing.builders import NOW, make_agreement, make_case_active, make_pupil
from schools.models import User

TODAY = NOW.date()
IN_FIVE = date(2025, 11, 10)


def record(scene: Scene, **values: Any) -> ExternalReport:
    return record_external_report(
        scene.teacher, scene.case, now=NOW, **{"kind": "platform", "reported_on": TODAY, **values}
    )


def measure(scene: Scene, key: str, **values: Any) -> Any:
    return items.put_measure(scene.teacher, scene.conversation, key, now=NOW, **values)


def checks(report: ExternalReport) -> list[date]:
    open_moments = DueMoment.objects.filter(source_uuid=report.uuid, settled_at=None)
    return list(open_moments.filter(kind=Kind.REVIEW_DUE).values_list("due_on", flat=True))


def fields(refused: Any) -> list[str | None]:
    return [problem.field for problem in refused.value.problems]


# ── written down ─────────────────────────────────────────────────────────────
def test_a_report_to_an_app_is_looked_at_after_five_school_days(scene: Scene) -> None:
    report = record(scene)
    assert (report.check_on, checks(report)) == (IN_FIVE, [IN_FIVE])
    assert record(scene, check_on=date(2025, 11, 8)).check_on == date(2025, 11, 8)
    assert record(scene, kind="police_report").check_on is None


def test_the_reference_is_sealed(scene: Scene) -> None:
    report = record(scene, reference="PL0900-2025")
    with connection.cursor() as cursor:
        cursor.execute("SELECT reference FROM cases_externalreport WHERE id = %s", [report.pk])
        (stored,) = cursor.fetchone()
    assert b"PL0900" not in bytes(stored if isinstance(stored, bytes) else str(stored).encode())
    assert ExternalReport.objects.get().reference == "PL0900-2025"


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"reported_on": TODAY + timedelta(days=1)}, "reported_on"),
        ({"check_on": TODAY - timedelta(days=1)}, "check_on"),
        ({"kind": "newspaper"}, "kind"),
    ],
)
def test_what_cannot_be_is_refused(scene: Scene, wrong: dict[str, Any], field: str) -> None:
    with pytest.raises(RuleBroken) as refused:
        record(scene, **wrong)
    assert fields(refused) == [field]
    assert not ExternalReport.objects.exists()
    assert record(scene).is_open


def test_whoever_looks_can_see_the_case(scene: Scene) -> None:
    with pytest.raises(RuleBroken) as refused:
        record(scene, checked_by=scene.colleague)
    assert fields(refused) == ["checked_by"]
    share_case(scene.coordinator, scene.case, scene.colleague, Level.VIEW, now=NOW)
    report = record(scene, checked_by=scene.colleague)
    assert reminded(report, IN_FIVE) == (scene.colleague.pk,)


def reminded(report: ExternalReport, on: date) -> tuple[int, ...]:
    wanted = ExternalReportSource().wanted(report.uuid, "review_due", on, NOW)
    return wanted.recipients if wanted else ()


def test_without_a_name_the_handler_looks(scene: Scene) -> None:
    assert reminded(record(scene), IN_FIVE) == (scene.coordinator.pk,)


# ── what came of it ──────────────────────────────────────────────────────────
@pytest.mark.parametrize("outcome", ["removed", "refused", "closed"])
def test_a_final_outcome_ends_it_and_its_reminder(scene: Scene, outcome: str) -> None:
    report = record_outcome(scene.teacher, record(scene), outcome, now=NOW, note="Weg.")
    assert (report.is_open, report.closed_on, report.check_on) == (False, TODAY, None)
    assert (checks(report), reminded(report, IN_FIVE), report.note) == ([], (), "Weg.")


@pytest.mark.parametrize("outcome", ["pending", "no_reply"])
def test_while_it_runs_somebody_looks_again(scene: Scene, outcome: str) -> None:
    report = record(scene)
    with pytest.raises(RuleBroken) as refused:
        record_outcome(scene.teacher, report, outcome, now=NOW)
    assert fields(refused) == ["check_on"]
    again = date(2025, 11, 14)
    report = record_outcome(scene.teacher, report, outcome, now=NOW, check_on=again)
    assert (report.is_open, checks(report)) == (True, [again])
    assert reminded(report, IN_FIVE) == ()


def test_what_was_never_reported_has_no_outcome(scene: Scene) -> None:
    report = record(scene, reported_on=None)
    with pytest.raises(RuleBroken) as refused:
        record_outcome(scene.teacher, report, "removed", now=NOW)
    assert fields(refused) == ["outcome"]
    report.refresh_from_db()
    report = change_external_report(scene.teacher, report, now=NOW, reported_on=TODAY)
    assert not record_outcome(scene.teacher, report, "removed", now=NOW).is_open


def test_every_outcome_of_the_vocabulary_is_an_end_or_not() -> None:
    ends = {t.key for t in vocabulary.terms("external_report_outcomes") if t.note["is_final"]}
    assert ends == {"removed", "refused", "closed", "not_made"}


# ── from step 6 ──────────────────────────────────────────────────────────────
def test_agreeing_to_report_to_the_app_opens_one_report_that_follows_the_day(scene: Scene) -> None:
    agreed = {"status": "agreed", "owner": "Karin"}
    for day, check in ((date(2025, 11, 4), date(2025, 11, 11)), (TODAY, IN_FIVE)):
        measure(scene, "report_to_platform", **agreed, deadline=day)
        report = scene.case.external_reports.get()
        assert (report.kind, report.reported_by, report.reported_on) == ("platform", "Karin", None)
        assert checks(report) == [check]


def test_what_was_reported_already_counts_from_today(scene: Scene) -> None:
    measure(scene, "report_to_platform", status="already_done")
    report = scene.case.external_reports.get()
    assert (report.reported_on, report.check_on) == (TODAY, IN_FIVE)


def test_the_pupil_changes_their_mind_and_what_was_only_promised_goes(scene: Scene) -> None:
    measure(scene, "report_to_platform", status="agreed", owner="Noor", deadline=TODAY)
    uuid = scene.case.external_reports.get().uuid
    measure(scene, "report_to_platform", status="declined")
    assert not scene.case.external_reports.exists()
    assert not DueMoment.objects.filter(source_uuid=uuid).exists()
    measure(scene, "report_to_platform", status="already_done")
    measure(scene, "report_to_platform", status="not_now")
    assert scene.case.external_reports.get().reported_on == TODAY


def test_ticking_off_the_agreement_says_on_which_day_it_was_reported(scene: Scene) -> None:
    measure(scene, "report_to_platform", status="agreed", owner="Karin", deadline=TODAY)
    agreement = make_agreement(
        scene.teacher,
        scene.case,
        conversation=scene.conversation,
        source="measure",
        source_key="report_to_platform",
    )
    tomorrow = NOW + timedelta(days=1)
    settle_agreement(scene.teacher, agreement, "done", now=tomorrow)
    report = scene.case.external_reports.get()
    assert (report.reported_on, report.check_on) == (tomorrow.date(), date(2025, 11, 11))
    assert scene.conversation.measures.get(key="report_to_platform").outcome == "done"


def test_a_complaint_opens_a_report_when_it_goes_to_the_police(scene: Scene) -> None:
    agreed = {"status": "agreed", "owner": "Karin", "deadline": TODAY}
    measure(scene, "file_complaint", **agreed)
    assert not scene.case.external_reports.exists()
    measure(scene, "file_complaint", **agreed, to_police=True)
    assert scene.case.external_reports.get().kind == "police_report"


@pytest.mark.parametrize("own", ["note", "where", "reference", "checked_by"])
def test_a_promise_that_somebody_wrote_in_outlives_its_measure(scene: Scene, own: str) -> None:
    agreed = {"status": "agreed", "owner": "Karin", "deadline": TODAY}
    measure(scene, "report_to_platform", **agreed)
    written = scene.teacher if own == "checked_by" else "Via de helpdesk"
    report = scene.case.external_reports.get()
    change_external_report(scene.teacher, report, now=NOW, **{own: written})
    measure(scene, "report_to_platform", status="declined")
    report = scene.case.external_reports.get()
    assert getattr(report, own) == written
    # It is over all the same: nobody is reminded of what nobody does.
    assert (report.outcome, report.is_open, report.closed_on) == ("not_made", False, TODAY)
    assert (report.check_on, checks(report)) == (None, [])
    measure(scene, "report_to_platform", **agreed)
    report = scene.case.external_reports.get()
    assert (report.outcome, report.is_open, checks(report)) == ("pending", True, [IN_FIVE])


def test_a_promise_that_somebody_ended_stays_ended_while_step_6_is_saved_again(
    scene: Scene,
) -> None:
    agreed = {"status": "agreed", "owner": "Karin", "deadline": TODAY}
    measure(scene, "report_to_platform", **agreed)
    record_outcome(scene.teacher, scene.case.external_reports.get(), "not_made", now=NOW)
    measure(scene, "report_to_platform", **agreed, note="Nog eens over gepraat.")
    report = scene.case.external_reports.get()
    assert (report.outcome, report.is_open, checks(report)) == ("not_made", False, [])
    report = change_external_report(scene.teacher, report, now=NOW, reported_on=TODAY)
    assert (report.outcome, report.is_open, checks(report)) == ("pending", True, [IN_FIVE])


def test_not_made_after_all_is_for_what_was_never_reported(scene: Scene) -> None:
    made, promised = record(scene), record(scene, reported_on=None, kind="police_report")
    with pytest.raises(RuleBroken) as refused:
        record_outcome(scene.teacher, made, "not_made", now=NOW)
    assert fields(refused) == ["outcome"]
    ended = record_outcome(scene.teacher, promised, "not_made", now=NOW)
    assert (ended.is_open, ended.closed_on) == (False, TODAY)


def test_saving_step_6_again_leaves_the_name_and_the_day_that_somebody_chose(scene: Scene) -> None:
    agreed = {"status": "agreed", "owner": "Karin"}
    measure(scene, "report_to_platform", **agreed, deadline=TODAY)
    report, chosen = scene.case.external_reports.get(), date(2025, 11, 20)
    change_external_report(scene.teacher, report, now=NOW, check_on=chosen, reported_by="Noor")
    measure(scene, "report_to_platform", **agreed, deadline=date(2025, 11, 4))
    report = scene.case.external_reports.get()
    assert (report.check_on, report.reported_by, checks(report)) == (chosen, "Noor", [chosen])


def test_a_promise_that_is_dropped_leaves_one_line_in_the_log(scene: Scene) -> None:
    measure(scene, "report_to_platform", status="agreed", owner="Noor", deadline=TODAY)
    uuid = scene.case.external_reports.get().uuid
    measure(scene, "report_to_platform", status="declined")
    dropped = AuditEvent.objects.get(verb=events.EXTERNAL_REPORT_DROPPED)
    assert (dropped.subject_uuid, dropped.actor_id) == (uuid, scene.teacher.pk)


def test_a_checker_who_lost_the_case_holds_up_nothing(scene: Scene) -> None:
    share_case(scene.coordinator, scene.case, scene.colleague, Level.VIEW, now=NOW)
    report = record(scene, checked_by=scene.colleague)
    take_back(scene.coordinator, scene.case, scene.colleague, now=NOW)
    assert change_external_report(scene.teacher, report, now=NOW, note="Nog niets.").is_open
    assert not record_outcome(scene.teacher, report, "removed", now=NOW).is_open
    other = record(scene)
    with pytest.raises(RuleBroken) as refused:
        change_external_report(scene.teacher, other, now=NOW, checked_by=scene.colleague)
    assert fields(refused) == ["checked_by"]


# ── pages ────────────────────────────────────────────────────────────────────
@pytest.fixture
def come(at: Callable[[datetime], None]) -> Callable[[User], Client]:
    at(NOW)

    def signed_in(user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return signed_in


def test_outsiders_get_404_and_readers_only_read(
    scene: Scene, come: Callable[[User], Client]
) -> None:
    report = record(scene)
    page = reverse("cases:external", args=[scene.case.uuid, report.uuid])
    outcome = reverse("cases:external-outcome", args=[scene.case.uuid, report.uuid])
    new = reverse("cases:external-new", args=[scene.case.uuid])
    for user in (scene.colleague, scene.principal):
        client = come(user)
        assert {client.get(page).status_code, client.post(outcome).status_code} == {404}
    share_case(scene.coordinator, scene.case, scene.colleague, Level.VIEW, now=NOW)
    reads = come(scene.colleague)
    assert reads.get(page).status_code == 200
    assert {reads.post(outcome).status_code, reads.get(new).status_code} == {404}
    assert come(scene.teacher).get(new).status_code == 200


def test_a_report_of_another_case_is_not_found_here(
    scene: Scene, come: Callable[[User], Client]
) -> None:
    pupil = make_pupil(scene.school_class, "Daan")
    other = make_case_active(scene.coordinator, scene.teacher, scene.school, pupil)
    report = record(scene)
    client = come(scene.teacher)
    assert client.get(reverse("cases:external", args=[other.uuid, report.uuid])).status_code == 404
    here = reverse("cases:external", args=[scene.case.uuid, report.uuid])
    assert client.get(here).status_code == 200


def test_no_name_of_a_field_is_given_twice_on_the_page(
    scene: Scene, come: Callable[[User], Client]
) -> None:
    report = record(scene)
    where = reverse("cases:external", args=[scene.case.uuid, report.uuid])
    page = come(scene.teacher).get(where).content.decode()
    ids = re.findall(r'\bid="([^"]+)"', page)
    assert "id_outcome_check_on" in ids
    assert [one for one in sorted(set(ids)) if ids.count(one) > 1] == []


def test_a_report_is_written_down_corrected_and_ended_on_its_pages(
    scene: Scene, come: Callable[[User], Client]
) -> None:
    client = come(scene.teacher)
    sent = {"kind": "police_notice", "where": "Wijkagent", "reported_on": "2025-11-03"}
    assert (
        client.post(reverse("cases:external-new", args=[scene.case.uuid]), sent).status_code == 302
    )
    report = scene.case.external_reports.get()
    page = reverse("cases:external", args=[scene.case.uuid, report.uuid])
    assert client.post(page, {**sent, "reference": "2025-17"}).status_code == 302
    outcome = reverse("cases:external-outcome", args=[scene.case.uuid, report.uuid])
    assert client.post(outcome, {"outcome": "no_reply"}).status_code == 422
    assert client.post(outcome, {"outcome": "closed"}).status_code == 302
    report.refresh_from_db()
    assert (report.reference, report.closed_on) == ("2025-17", TODAY)
    shown = client.get(reverse("cases:page", args=[scene.case.uuid])).content.decode()
    assert "Wijkagent" in shown


def test_what_was_only_promised_is_ended_with_one_button(
    scene: Scene, come: Callable[[User], Client]
) -> None:
    client, report = come(scene.teacher), record(scene, reported_on=None, note="Via de wijkagent")
    page = reverse("cases:external", args=[scene.case.uuid, report.uuid])
    outcome = reverse("cases:external-outcome", args=[scene.case.uuid, report.uuid])
    assert "Het wordt toch niet gedaan" in client.get(page).content.decode()
    assert client.post(outcome, {"outcome": "removed"}).status_code == 422
    assert client.post(outcome, {"outcome": "not_made"}).status_code == 302
    shown = client.get(page).content.decode()
    assert "Toch niet gedaan" in shown
    assert "Het wordt toch niet gedaan" not in shown
    assert "Via de wijkagent" in shown


def test_the_check_stands_on_today_of_whoever_looks(
    scene: Scene, come: Callable[[User], Client], at: Callable[[datetime], None]
) -> None:
    record(scene)
    at(NOW + timedelta(days=7))

    def waiting(user: User) -> int:
        page = come(user).get(reverse("home:today"))
        return sum(todo.external is not None for todo in page.context["worklist"].now)

    assert [waiting(user) for user in (scene.coordinator, scene.teacher)] == [1, 0]
    overview = come(scene.coordinator).get(reverse("home:overview")).context["overview"]
    assert any(line.todo and line.todo.external for line in overview.today)
