"""Assessing again through the browser's eyes: prefilled, shown before it is saved, and confirmed with one button."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import translation

from cases.ceilings import Level
from cases.models import Case
from cases.models.case import CaseStatus
from cases.protocol.help_routes import routes_for
from cases.queries.judging import INDICATORS
from cases.services import items
from cases.services.assessing import begin_assessing
from cases.services.severity import Choice, reassess_severity
from cases.services.sharing import share_case
from cases.services.steps import save_step
from cases.tests.scene import Scene
from pestzorg.testing.builders import (
    NOW,
    make_case_active,
    make_person,
    make_pupil,
    make_report,
    make_school,
)
from pestzorg.testing.clients import signed_in
from schools.models import User
from schools.roles import Role

ONES = dict.fromkeys(INDICATORS, "1")
TWOS = dict.fromkeys(INDICATORS, "2")


@pytest.fixture(autouse=True)
def _now(at: Callable[[datetime], None]) -> None:
    at(NOW)


def url(case: Case, name: str = "severity") -> str:
    return reverse(f"cases:{name}", args=[case.uuid])


def text(answer: Any) -> str:
    return str(answer.content.decode())


def post(user: User, case: Case, **values: Any) -> Any:
    with translation.override("nl"):
        return signed_in(user).post(url(case), {**ONES, **values})


# ── who ──────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("who", ["colleague", "principal", "counsellor"])
@pytest.mark.parametrize("name", ["severity", "severity-proposal", "severity-confirm"])
def test_who_does_not_work_in_the_case_gets_404(scene: Scene, who: str, name: str) -> None:
    assert signed_in(getattr(scene, who)).post(url(scene.case, name), ONES).status_code == 404
    assert signed_in(scene.teacher).post(url(scene.case, name), ONES).status_code in {200, 302}


def test_who_only_reads_along_cannot_assess(scene: Scene) -> None:
    share_case(scene.coordinator, scene.case, scene.colleague, Level.VIEW, now=NOW)
    assert signed_in(scene.colleague).get(url(scene.case)).status_code == 404
    page = text(signed_in(scene.colleague).get(reverse("cases:page", args=[scene.case.uuid])))
    assert url(scene.case) not in page
    assert url(scene.case) in text(
        signed_in(scene.teacher).get(reverse("cases:page", args=[scene.case.uuid]))
    )


def test_a_case_in_aftercare_is_not_assessed_here(scene: Scene) -> None:
    scene.case.status = CaseStatus.AFTERCARE
    scene.case.save(update_fields=["status"])
    assert post(scene.coordinator, scene.case).url == reverse("cases:page", args=[scene.case.uuid])
    assert scene.case.assessments.count() == 1


# ── prefilled, shown, saved ──────────────────────────────────────────────────
def test_the_last_answers_and_what_the_pupil_told_since_are_filled_in(scene: Scene) -> None:
    save_step(scene.teacher, scene.step(2), {"impact_signals": ["self_harm"]}, now=NOW)
    form = signed_in(scene.teacher).get(url(scene.case)).context["form"]
    assert {form[key].value() for key in INDICATORS} == {"1"}
    assert form["red_flags"].value() == ["self_harm_or_suicidal"]
    assert form.judged.level == 4


def test_the_proposal_follows_the_answers_and_saves_nothing(scene: Scene) -> None:
    client = signed_in(scene.coordinator)
    with translation.override("nl"):
        shown = text(client.post(url(scene.case, "severity-proposal"), TWOS))
    assert "Voorstel: Ernstig" in shown
    assert "16 van de 24 punten" in shown
    half = dict.fromkeys(INDICATORS[:7], "1")
    assert client.post(url(scene.case, "severity-proposal"), half).context["form"].judged is None
    assert scene.case.assessments.count() == 1


def test_a_cyber_form_and_a_red_flag_stand_beside_the_score(scene: Scene) -> None:
    told = {"description": "Op TikTok.", "forms": ["cyber"], "cyber_subforms": ["exposing"]}
    items.put_incident(scene.teacher, scene.case, None, now=NOW, **told)
    client = signed_in(scene.coordinator)
    with translation.override("nl"):
        shown = text(client.post(url(scene.case, "severity-proposal"), ONES))
        flagged = client.post(
            url(scene.case, "severity-proposal"), {**ONES, "red_flags": ["weapon"]}
        )
    assert "leidt minstens tot: ernstig" in shown
    assert "Voorstel: Ernstig" in shown
    assert "altijd zeer ernstig" in text(flagged)


def test_without_scripts_a_button_shows_the_proposal_and_keeps_what_was_typed(scene: Scene) -> None:
    sent = {**TWOS, "action": "look", "reason": "Het wordt erger.", "shown": "2"}
    page = signed_in(scene.coordinator).post(url(scene.case), sent)
    assert page.status_code == 200
    assert "Het wordt erger." in text(page)
    assert page.context["form"]["level"].value() == "3"
    assert scene.case.assessments.count() == 1


def test_nobody_saves_a_level_that_the_page_did_not_show(scene: Scene) -> None:
    refused = post(scene.coordinator, scene.case, **TWOS, shown="2", level="2")
    assert refused.status_code == 422
    assert "Je antwoorden leiden tot een ander niveau: ernstig." in text(refused)
    assert scene.case.assessments.count() == 1
    form = refused.context["form"]
    again = {"shown": form["shown"].value(), "level": form["level"].value()}
    assert post(scene.coordinator, scene.case, **TWOS, **again).status_code == 302
    assert scene.case.assessments.last().level == 3


def test_another_level_is_for_who_manages_the_case_and_needs_a_reason(scene: Scene) -> None:
    chosen = {"level": "3", "shown": "2"}
    assert post(scene.coordinator, scene.case, **chosen).status_code == 422
    assert post(scene.coordinator, scene.case, **chosen, reason="Het slaat om.").status_code == 302
    assert scene.case.assessments.last().level == 3
    assert post(scene.teacher, scene.case, **chosen, reason="Het slaat om.").status_code == 302
    assert scene.case.assessments.last().level == 2


def test_a_missing_answer_is_asked_for(scene: Scene) -> None:
    refused = post(scene.coordinator, scene.case, power="")
    assert refused.status_code == 422
    assert refused.context["form"].errors.keys() == {"power"}


@pytest.mark.parametrize("back", ["https://elders.example/", "javascript:alert(1)", "//elders"])
def test_the_way_back_never_leads_out_of_the_installation(scene: Scene, back: str) -> None:
    page = signed_in(scene.coordinator).get(url(scene.case), {"next": back})
    assert back not in text(page)
    assert post(scene.coordinator, scene.case, next=back).url == url(scene.case, "page")
    step = reverse("conversation:step", args=[scene.case.uuid, 2])
    assert post(scene.coordinator, scene.case, next=step).url == step


def test_the_first_assessment_may_differ_too_and_names_who_leads(scene: Scene) -> None:
    report = make_report(scene.teacher, scene.school, scene.pupil)
    begin_assessing(scene.coordinator, report.case, scene.coordinator, now=NOW)
    client = signed_in(scene.coordinator)
    page = reverse("cases:assess", args=[report.case.uuid])
    sent = {
        **ONES,
        "about": "Noor",
        "pupil": str(scene.pupil.uuid),
        "lead": str(scene.teacher.uuid),
        "level": "3",
        "shown": "2",
        "apart": "on",
    }
    assert client.post(page, {**sent, "action": "look"}).status_code == 200
    refused = client.post(page, sent)
    assert refused.context["form"].errors.keys() == {"reason"}
    assert client.post(page, {**sent, "reason": "Het slaat om."}).status_code == 302
    kept = report.case.assessments.get()
    assert (kept.proposed_level, kept.level, kept.deviation_reason) == (2, 3, "Het slaat om.")


# ── the demand ───────────────────────────────────────────────────────────────
DEMAND = "Beoordeel nu de ernst"


def everywhere(user: User, case: Case) -> list[str]:
    client, number = signed_in(user), 4
    pages = [
        reverse("cases:page", args=[case.uuid]),
        reverse("conversation:overview", args=[case.uuid]),
        reverse("conversation:step", args=[case.uuid, number]),
    ]
    with translation.override("nl"):
        return [text(client.get(page)) for page in pages]


def test_a_red_flag_asks_on_every_page_until_somebody_assesses_it(scene: Scene) -> None:
    assert not any(DEMAND in page for page in everywhere(scene.teacher, scene.case))
    save_step(scene.teacher, scene.step(1), {"red_flags": ["weapon"]}, now=NOW)
    assert all(DEMAND in page for page in everywhere(scene.teacher, scene.case))
    answer = signed_in(scene.teacher).post(url(scene.case, "severity-confirm"))
    assert answer.status_code == 302
    scene.case.refresh_from_db()
    assert scene.case.severity == 4
    case_page, *rest = everywhere(scene.teacher, scene.case)
    assert "Dit is zeer ernstig: doe dit vandaag" in case_page
    assert not any(DEMAND in page for page in (case_page, *rest))


def test_confirming_twice_changes_nothing_the_second_time(scene: Scene) -> None:
    save_step(scene.teacher, scene.step(1), {"red_flags": []}, now=NOW)
    assert signed_in(scene.teacher).post(url(scene.case, "severity-confirm")).status_code == 302
    assert scene.case.assessments.count() == 1


def test_who_only_reads_along_is_not_asked(scene: Scene) -> None:
    share_case(scene.coordinator, scene.case, scene.colleague, Level.VIEW, now=NOW)
    save_step(scene.teacher, scene.step(1), {"red_flags": ["weapon"]}, now=NOW)
    assert not any(DEMAND in page for page in everywhere(scene.colleague, scene.case))


NUMBERS = {
    ("nl", "self_harm_or_suicidal"): ["112", "113 / 0800-0113", "0800-0432"],
    ("be", "self_harm_or_suicidal"): ["112", "1813", "CLB", "102"],
    ("nl", "sextortion"): ["0900-8844", "020-261 52 75", "takeitdown.ncmec.org/nl"],
    ("be", "sextortion"): ["101", "116 000", "takeitdown.ncmec.org/nl"],
    ("nl", "home_unsafe"): ["112", "0800-2000", "0800-0432"],
    ("be", "home_unsafe"): ["112", "1712", "CLB", "102"],
    ("nl", "adult_involved"): ["112", "0900-8844", "020-261 52 75", "0900-111 3 111"],
}


@pytest.mark.parametrize(("where", "contacts"), NUMBERS.items())
def test_each_country_has_its_own_numbers(where: tuple[str, str], contacts: list[str]) -> None:
    country, flag = where
    assert [route.contact for route in routes_for(country, [flag])] == contacts


def test_a_flemish_school_sees_flemish_numbers(db: None) -> None:
    school = make_school(region="flanders")
    coordinator = make_person(Role.COORDINATOR, school)
    from_class = school.years.earliest("starts_on")
    pupil = make_pupil(school.classes.create(name="6A", school_year=from_class))
    case = make_case_active(coordinator, coordinator, school, pupil)
    indicators = dict.fromkeys(INDICATORS, 0)
    reassess_severity(coordinator, case, indicators, ["self_harm_or_suicidal"], now=NOW)
    page = everywhere(coordinator, case)[0]
    assert 'href="tel:1813"' in page
    assert "0800-0113" not in page


# ── the case page ────────────────────────────────────────────────────────────
def test_the_case_page_shows_every_assessment_with_its_reason_to_who_works_in_it(
    scene: Scene,
) -> None:
    share_case(scene.coordinator, scene.case, scene.colleague, Level.VIEW, now=NOW)
    why = Choice(level=3, reason="Er komt een filmpje bij.")
    ones = dict.fromkeys(INDICATORS, 1)
    reassess_severity(scene.coordinator, scene.case, ones, [], now=NOW, choice=why)
    page = text(signed_in(scene.teacher).get(url(scene.case, "page")))
    assert "Er komt een filmpje bij." in page
    assert page.count("pz-chart-dot") == 2
    reads = text(signed_in(scene.colleague).get(url(scene.case, "page")))
    assert "Er komt een filmpje bij." not in reads
    assert reads.count("pz-chart-dot") == 2


def test_the_term_of_the_parents_shows_until_they_know(scene: Scene) -> None:
    card = signed_in(scene.teacher).get(url(scene.case, "page")).context["page"].severity
    assert card.parents_due_on == scene.case.parents_due_on
    save_step(scene.teacher, scene.step(3), {"parents_status": "pupil_objects"}, now=NOW)
    card = signed_in(scene.teacher).get(url(scene.case, "page")).context["page"].severity
    assert card.parents_due_on is not None
    save_step(scene.teacher, scene.step(3), {"parents_status": "informed_by_pupil"}, now=NOW)
    card = signed_in(scene.teacher).get(url(scene.case, "page")).context["page"].severity
    assert card.parents_due_on is None


def test_the_school_leader_is_named_and_reads_dates_only(scene: Scene) -> None:
    header = signed_in(scene.principal).get(url(scene.case, "page"))
    assert not header.context["leads_along"]
    save_step(scene.teacher, scene.step(1), {"red_flags": ["sextortion"]}, now=NOW)
    signed_in(scene.teacher).post(url(scene.case, "severity-confirm"))
    with translation.override("nl"):
        named = text(signed_in(scene.coordinator).get(url(scene.case, "page")))
        header = signed_in(scene.principal).get(url(scene.case, "page"))
    assert scene.principal.full_name in named
    assert header.context["leads_along"]
    assert "samen te leiden" in text(header)
    # Codes and tokens are made of chance, so that "7A" can stand in them.
    read = text(header).replace(scene.case.reference, "")
    for content in ("Noor", "7A", "extortion", "ernstig", scene.coordinator.full_name):
        assert not re.search(rf"\b{re.escape(content)}", read), content


def test_a_school_without_a_coordinator_reads_that_nobody_can_lead(scene: Scene) -> None:
    def page() -> str:
        with translation.override("nl"):
            return text(signed_in(scene.teacher).get(url(scene.case, "page")))

    for points, hint in ((2, False), (1, False)):
        reassess_severity(
            scene.coordinator, scene.case, dict.fromkeys(INDICATORS, points), [], now=NOW
        )
        assert ("niemand op school heeft die rol" in page()) is hint
    reassess_severity(scene.coordinator, scene.case, dict.fromkeys(INDICATORS, 2), [], now=NOW)
    scene.coordinator.is_active = False
    scene.coordinator.save()
    assert "niemand op school heeft die rol" in page()


# ── Today and the overview ───────────────────────────────────────────────────
def test_a_review_stands_on_today_of_the_handler_when_its_day_has_come(
    scene: Scene, at: Callable[[datetime], None]
) -> None:
    def lines(user: User) -> list[tuple[Case, bool]]:
        page = signed_in(user).get(reverse("home:today"))
        return [(todo.case, todo.assess) for todo in page.context["worklist"].now]

    assert (scene.case, True) not in lines(scene.coordinator)
    at(NOW + timedelta(days=14))
    assert (scene.case, True) in lines(scene.coordinator)
    assert (scene.case, True) not in lines(scene.teacher)
    indicators = dict.fromkeys(INDICATORS, 1)
    reassess_severity(scene.coordinator, scene.case, indicators, [], now=NOW + timedelta(days=14))
    assert (scene.case, True) not in lines(scene.coordinator)


def test_a_signal_stands_on_today_of_the_handler_at_once(scene: Scene) -> None:
    save_step(scene.teacher, scene.step(1), {"red_flags": ["weapon"]}, now=NOW)
    page = signed_in(scene.coordinator).get(reverse("home:today"))
    assert [todo.case for todo in page.context["worklist"].now if todo.assess] == [scene.case]


def test_the_overview_shows_reviews_to_the_coordinator_and_only_their_day_to_the_leader(
    scene: Scene, at: Callable[[datetime], None]
) -> None:
    at(NOW + timedelta(days=15))
    seen = signed_in(scene.coordinator).get(reverse("home:overview")).context["overview"].late
    assert [line.case for line in seen if line.todo and line.todo.assess] == [scene.case]
    headers = signed_in(scene.principal).get(reverse("home:overview")).context["overview"].late
    assert [(line.title, line.todo, line.days) for line in headers] == [
        (scene.case.reference, None, 1)
    ]
