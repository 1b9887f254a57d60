"""A case closes only once its class approach is over."""

from __future__ import annotations

from datetime import timedelta

import pytest

from cases.queries.closing import Finding, Standing, judge_closing
from interventions.queries.addresses import url_of
from interventions.services.class_rules import end_rule, review_rule
from interventions.services.ending import stop_intervention
from interventions.tests.running import Run, adopt, begin, begin_freely
from pestzorg.testing.builders import NOW


def found(run: Run, days: int = 0) -> Finding:
    judged = judge_closing(Standing(run.case, NOW + timedelta(days=days)))
    return next(j.finding for j in judged if j.criterion.key == "intervention_finished")


def test_case_without_an_approach_meets_it(run: Run) -> None:
    begin_freely(run, "restorative_circle", "proactive_circle")
    assert found(run).is_met


def test_running_approach_holds_the_case_up_and_leads_to_its_page(run: Run) -> None:
    made = begin(run)
    finding = found(run)
    assert not finding.is_met
    assert finding.path == url_of(made, "page")
    assert "Steungroepaanpak" in str(finding.missing)


def test_stopped_with_a_reason_it_holds_up_nothing(run: Run) -> None:
    stop_intervention(run.actor, begin(run), "De leerling wil niet meer.", now=NOW)
    assert found(run).is_met


def test_class_rule_that_waits_for_its_day_holds_up_nothing(run: Run) -> None:
    made = begin(run)
    adopt(
        run, made, NOW
    )  # eight weeks later is in the Christmas holiday; there is school again after 63 days
    stop_intervention(run.actor, made, "De leerling wil niet meer.", now=NOW)
    assert found(run, days=63).is_met


def test_class_rule_nobody_looked_at_holds_the_case_up(run: Run) -> None:
    made = begin(run)
    adopt(run, made, NOW)
    stop_intervention(run.actor, made, "De leerling wil niet meer.", now=NOW)
    finding = found(run, days=64)
    assert not finding.is_met
    assert finding.path == url_of(made, "page") + "#rules"


@pytest.mark.parametrize("act", ["kept", "ended"])
def test_class_rule_that_was_looked_at_holds_up_nothing(run: Run, act: str) -> None:
    made = begin(run)
    rule, today = adopt(run, made, NOW), NOW.date()
    stop_intervention(run.actor, made, "De leerling wil niet meer.", now=NOW)
    if act == "kept":
        later = today + timedelta(days=70)
        review_rule(run.actor, rule, reviewed_on=today, review_on=later, now=NOW)
    else:
        end_rule(run.actor, rule, "Het gaat vanzelf.", ended_on=today, now=NOW)
    assert found(run, days=64).is_met


def test_class_rule_that_missed_its_second_look_holds_the_case_up(run: Run) -> None:
    rule, today = adopt(run, begin(run), NOW), NOW.date()
    stop_intervention(run.actor, rule.intervention, "De leerling wil niet meer.", now=NOW)
    later = today + timedelta(days=21)
    review_rule(run.actor, rule, reviewed_on=today, review_on=later, now=NOW)
    assert not found(run, days=64).is_met
