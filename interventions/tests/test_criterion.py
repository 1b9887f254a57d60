"""A case closes only once its class approach is over."""

from __future__ import annotations

from cases.queries.closing import Finding, Standing, judge_closing
from interventions.queries.addresses import url_of
from interventions.services.ending import stop_intervention
from interventions.tests.running import Run, begin, begin_freely
from pestzorg.testing.builders import NOW


def found(run: Run) -> Finding:
    judged = judge_closing(Standing(run.case, NOW))
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
