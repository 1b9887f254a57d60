"""Proposing, deciding and signing: who may, what each refuses, and what begins afterwards."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from cases.ceilings import Level
from cases.models import Case, Closing
from cases.models.case import CaseStatus
from cases.queries.closing.people import deciders_of, may_decide, may_sign, signers_of
from cases.services.agreements import reopen_agreement, settle_agreement
from cases.services.closing import (
    decide_closing,
    propose_closing,
    sign_closing,
    turn_down_closing,
)
from cases.services.restriction import restrict_case
from cases.services.sharing import share_case
from cases.tests.closable import AGREES, CLOSING_AT, checks_of, enter, make_closable, propose
from cases.tests.scene import Scene
from pestzorg.audit.models import AuditEvent
from pestzorg.errors import RuleBroken
from pestzorg.reminders.models import DueMoment
from pestzorg.reminders.sources import registry
from pestzorg.testing.builders import NOW, make_agreement, make_person
from schools.roles import Role
from schools.services.people import give_role


@pytest.fixture
def ready(scene: Scene) -> Scene:
    make_closable(scene)
    return scene


def codes(refused: pytest.ExceptionInfo[RuleBroken]) -> set[tuple[str | None, str]]:
    return {(problem.field, problem.code) for problem in refused.value.problems}


def test_a_case_in_order_is_proposed_decided_and_goes_to_aftercare(ready: Scene) -> None:
    closing = propose(ready)
    assert (closing.status, closing.criteria) == (
        "proposed",
        dict.fromkeys(
            (
                "target_safe",
                "target_agrees",
                "no_new_incidents",
                "agreements_settled",
                "step9_fulfilled",
                "intervention_finished",
                "class_not_worse",
                "content_removed",
            ),
            True,
        ),
    )
    decided = decide_closing(ready.coordinator, closing, now=CLOSING_AT)
    ready.case.refresh_from_db()
    assert (decided.status, decided.decided_by) == ("in_force", ready.coordinator)
    assert (ready.case.status, ready.case.aftercare_on) == ("aftercare", date(2025, 12, 12))
    assert [(c.weeks, c.due_on) for c in checks_of(ready.case)] == [
        (2, date(2026, 1, 9)),
        (6, date(2026, 2, 6)),
        (12, date(2026, 3, 27)),
    ]
    verbs = AuditEvent.objects.filter(case_uuid=ready.case.uuid).values_list("verb", flat=True)
    assert {"closing_proposed", "closing_decided", "aftercare_begun"} <= set(verbs)


@pytest.mark.parametrize("status", sorted(set(CaseStatus.values) - {"active", "anonymised"}))
def test_only_a_case_in_progress_is_proposed(ready: Scene, status: str) -> None:
    Case.objects.filter(pk=ready.case.pk).update(status=status)
    with pytest.raises(RuleBroken) as refused:
        propose(ready)
    assert codes(refused) == {(None, "state")}
    assert not ready.case.closings.exists()


def test_nothing_closes_over_a_red_flag_that_waits(ready: Scene, make_severity) -> None:
    def waits(raised_at: datetime | None) -> None:
        Case.objects.filter(pk=ready.case.pk).update(alarm_at=raised_at)

    make_severity(4)
    waits(CLOSING_AT)
    with pytest.raises(RuleBroken) as refused:
        propose(ready)
    assert codes(refused) == {(None, "assess")}
    waits(None)
    closing = propose(ready)
    waits(CLOSING_AT)
    with pytest.raises(RuleBroken) as refused:
        decide_closing(ready.coordinator, closing, override_reason="Toch.", now=CLOSING_AT)
    assert codes(refused) == {(None, "assess")}
    waits(None)
    decided = decide_closing(ready.coordinator, closing, now=CLOSING_AT)
    waits(CLOSING_AT)
    with pytest.raises(RuleBroken) as refused:
        sign_closing(ready.principal, decided, now=CLOSING_AT)
    assert codes(refused) == {(None, "assess")}
    told = str(refused.value.problems[0].message).lower()
    assert "alarm" not in told
    assert "flag" not in told
    ready.case.refresh_from_db()
    assert ready.case.status == "active"


def test_a_second_proposal_is_refused_while_one_waits(ready: Scene) -> None:
    propose(ready)
    with pytest.raises(RuleBroken) as refused:
        propose(ready)
    assert codes(refused) == {(None, "state")}


def test_who_agrees_is_asked(ready: Scene) -> None:
    with pytest.raises(RuleBroken) as refused:
        propose(ready, pupil_agrees=None, parents_agree="")
    assert codes(refused) == {("pupil_agrees", "required"), ("parents_agree", "required")}


def test_with_something_not_in_order_the_proposal_says_why_and_so_does_the_decision(
    ready: Scene,
) -> None:
    make_agreement(ready.coordinator, ready.case, NOW)
    with pytest.raises(RuleBroken) as refused:
        propose(ready)
    assert codes(refused) == {("note", "required")}
    closing = propose(ready, note="Loopt vanzelf af.")
    with pytest.raises(RuleBroken) as undecided:
        decide_closing(ready.coordinator, closing, now=CLOSING_AT)
    assert codes(undecided) == {("override_reason", "required")}
    decided = decide_closing(
        ready.coordinator, closing, override_reason="Is bijna klaar.", now=CLOSING_AT
    )
    assert (decided.status, decided.criteria["agreements_settled"]) == ("in_force", False)


def test_what_goes_on_in_aftercare_is_named_and_carried_over(ready: Scene) -> None:
    agreement = make_agreement(ready.coordinator, ready.case, NOW)
    closing = propose(ready, carries_over=[agreement])
    assert closing.criteria["agreements_settled"] is True
    decide_closing(ready.coordinator, closing, now=CLOSING_AT)
    agreement.refresh_from_db()
    assert (agreement.status, agreement.is_open) == ("carried_over", True)


def test_a_settled_agreement_does_not_go_on(ready: Scene) -> None:
    agreement = make_agreement(ready.coordinator, ready.case, NOW)
    settle_agreement(ready.coordinator, agreement, "done", now=NOW)
    with pytest.raises(RuleBroken) as refused:
        propose(ready, carries_over=[agreement])
    assert codes(refused) == {("carries_over", "required")}


def test_a_handler_who_is_no_coordinator_proposes_and_does_not_decide(ready: Scene) -> None:
    share_case(ready.coordinator, ready.case, ready.colleague, Level.MANAGE, now=NOW)
    closing = propose_closing(ready.colleague, ready.case, now=CLOSING_AT, **AGREES)
    with pytest.raises(RuleBroken) as refused:
        decide_closing(ready.colleague, closing, now=CLOSING_AT)
    assert codes(refused) == {(None, "not_allowed")}
    assert decide_closing(ready.coordinator, closing, now=CLOSING_AT).status == "in_force"


def test_at_a_school_without_coordinator_whoever_manages_decides(ready: Scene) -> None:
    share_case(ready.coordinator, ready.case, ready.colleague, Level.MANAGE, now=NOW)
    ready.coordinator.memberships.get().roles.update(valid_until=NOW + timedelta(days=1))
    assert ready.colleague in deciders_of(ready.case, CLOSING_AT)


def test_a_serious_case_is_closed_by_another_coordinator_where_there_is_one(
    ready: Scene, make_severity
) -> None:
    make_severity(3)
    closing = propose(ready)
    assert may_decide(ready.coordinator, closing, CLOSING_AT)
    other = make_person(Role.COORDINATOR, ready.school, first_name="Fleur")
    with pytest.raises(RuleBroken) as refused:
        decide_closing(ready.coordinator, closing, now=CLOSING_AT)
    assert codes(refused) == {(None, "not_allowed")}
    assert decide_closing(other, closing, now=CLOSING_AT).status == "in_force"


def test_a_critical_case_waits_for_the_signature_of_the_school_leader(
    ready: Scene, make_severity
) -> None:
    make_severity(4)
    decided = decide_closing(ready.coordinator, propose(ready), now=CLOSING_AT)
    ready.case.refresh_from_db()
    assert (decided.status, ready.case.status) == ("to_sign", "active")
    with pytest.raises(RuleBroken) as refused:
        sign_closing(ready.coordinator, decided, now=CLOSING_AT)
    assert codes(refused) == {(None, "not_allowed")}
    signed = sign_closing(ready.principal, decided, now=CLOSING_AT)
    ready.case.refresh_from_db()
    assert (signed.status, signed.signed_by, ready.case.status) == (
        "in_force",
        ready.principal,
        "aftercare",
    )


def test_nobody_signs_before_the_coordinator_decided(ready: Scene, make_severity) -> None:
    make_severity(4)
    closing = propose(ready)
    with pytest.raises(RuleBroken) as refused:
        sign_closing(ready.principal, closing, now=CLOSING_AT)
    assert codes(refused) == {(None, "state")}


def test_a_school_leader_who_decided_does_not_sign_as_well(ready: Scene, make_severity) -> None:
    make_severity(4)
    give_role(None, ready.principal, Role.COORDINATOR, school=ready.school, now=NOW)
    decided = decide_closing(ready.principal, propose(ready), now=CLOSING_AT)
    with pytest.raises(RuleBroken) as refused:
        sign_closing(ready.principal, decided, now=CLOSING_AT)
    assert codes(refused) == {(None, "not_allowed")}


def test_what_fell_away_since_the_decision_is_not_signed(ready: Scene, make_severity) -> None:
    make_severity(4)
    decided = decide_closing(ready.coordinator, propose(ready), now=CLOSING_AT)
    make_agreement(ready.coordinator, ready.case, CLOSING_AT)
    with pytest.raises(RuleBroken) as refused:
        sign_closing(ready.principal, decided, now=CLOSING_AT)
    assert codes(refused) == {(None, "changed")}
    ready.case.refresh_from_db()
    assert ready.case.status == "active"


def test_an_override_is_signed_along(ready: Scene, make_severity) -> None:
    make_severity(4)
    make_agreement(ready.coordinator, ready.case, NOW)
    closing = propose(ready, note="Loopt af.")
    decided = decide_closing(ready.coordinator, closing, override_reason="Ja.", now=CLOSING_AT)
    assert sign_closing(ready.principal, decided, now=CLOSING_AT).status == "in_force"


def test_turning_down_needs_a_reason_and_the_case_goes_on(ready: Scene) -> None:
    closing = propose(ready)
    with pytest.raises(RuleBroken) as refused:
        turn_down_closing(ready.coordinator, closing, "", now=CLOSING_AT)
    assert codes(refused) == {("reason", "required")}
    turned = turn_down_closing(ready.coordinator, closing, "Te vroeg.", now=CLOSING_AT)
    ready.case.refresh_from_db()
    assert (turned.status, turned.ended_reason, ready.case.status) == (
        "turned_down",
        "Te vroeg.",
        "active",
    )
    assert propose(ready).status == "proposed"


def test_who_only_reads_along_turns_nothing_down(ready: Scene) -> None:
    share_case(ready.coordinator, ready.case, ready.colleague, Level.CONTRIBUTE, now=NOW)
    with pytest.raises(RuleBroken) as refused:
        turn_down_closing(ready.colleague, propose(ready), "Nee.", now=CLOSING_AT)
    assert codes(refused) == {(None, "not_allowed")}


def test_the_school_leader_turns_down_only_what_waits_for_the_signature(
    ready: Scene, make_severity
) -> None:
    make_severity(4)
    closing = propose(ready)
    with pytest.raises(RuleBroken) as refused:
        turn_down_closing(ready.principal, closing, "Te vroeg.", now=CLOSING_AT)
    assert codes(refused) == {(None, "not_allowed")}
    decide_closing(ready.coordinator, closing, now=CLOSING_AT)
    turned = turn_down_closing(ready.principal, closing, "Te vroeg.", now=CLOSING_AT)
    assert turned.status == "turned_down"


def test_of_a_closed_off_case_its_managers_decide_and_the_safety_officer_signs(
    ready: Scene, make_severity
) -> None:
    case = make_severity(4)
    officer = make_person(Role.SAFETY_OFFICER, ready.school)
    share_case(ready.coordinator, case, ready.colleague, Level.MANAGE, now=NOW)
    restrict_case(ready.coordinator, case, now=NOW)
    case.refresh_from_db()
    assert set(deciders_of(case, CLOSING_AT)) >= {ready.colleague}
    assert signers_of(case, CLOSING_AT) == [officer]
    decided = decide_closing(ready.colleague, propose(ready), now=CLOSING_AT)
    assert not may_sign(ready.principal, decided, CLOSING_AT)
    assert sign_closing(officer, decided, now=CLOSING_AT).status == "in_force"


def told(source: str, closing: Closing, now=CLOSING_AT) -> set[int]:
    moment = DueMoment.objects.get(source=source, source_uuid=closing.uuid)
    wanted = registry[source].wanted(closing.uuid, moment.kind, moment.due_on, now)
    return set(wanted.recipients) if wanted else set()


def test_whoever_decides_hears_of_a_proposal_in_the_mail_of_the_day(ready: Scene) -> None:
    other = make_person(Role.COORDINATOR, ready.school, first_name="Fleur")
    closing = propose(ready)
    assert told("closing_decision", closing) == {other.pk}
    decide_closing(other, closing, now=CLOSING_AT)
    assert not DueMoment.objects.filter(source="closing_decision").exists()


def test_whoever_signs_hears_of_the_decision(ready: Scene, make_severity) -> None:
    make_severity(4)
    closing = decide_closing(ready.coordinator, propose(ready), now=CLOSING_AT)
    assert told("closing_signature", closing) == {ready.principal.pk}
    sign_closing(ready.principal, closing, now=CLOSING_AT)
    row = registry["closing_signature"]
    assert row.wanted(closing.uuid, "needs_attention", CLOSING_AT.date(), CLOSING_AT) is None


def test_in_aftercare_an_agreement_is_settled_and_opened_again_as_carried_over(
    ready: Scene,
) -> None:
    agreement = make_agreement(ready.coordinator, ready.case, NOW)
    enter(ready, carries_over=[agreement])
    agreement.refresh_from_db()
    agreement.case.refresh_from_db()
    later = CLOSING_AT + timedelta(days=3)
    assert settle_agreement(ready.coordinator, agreement, "done", now=later).status == "done"
    assert reopen_agreement(ready.coordinator, agreement, now=later).status == "carried_over"
    new = make_agreement(ready.coordinator, agreement.case, later)
    settle_agreement(ready.coordinator, new, "done", now=later)
    assert reopen_agreement(ready.coordinator, new, now=later).status == "open"
