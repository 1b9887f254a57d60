"""Scenario E, from step 8 to its outcome: the class thermometer, measured twice, with rules and weeks of action between."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

import pytest
from playwright.sync_api import expect

from interventions.models import Run
from interventions.queries.addresses import url_of
from interventions.services.survey_tokens import hand_out
from interventions.tests.classes import lines_of
from interventions.tests.measuring import answer
from pestzorg.demo.scenario import Discussed
from pestzorg.demo.scenario_e import E, at
from pestzorg.testing.facilitated import Facilitated, Held
from pestzorg.tests.browser.test_pages import complaints
from schools.services.classes import enrol

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
]

STEP_8 = next(act for act in E.acts if isinstance(act, Discussed) and act.step == 8)
PUPILS = 28
TOLD = Held(at(5, 8, 45), "Lieuwe", "prepare", {"informed_parents_on": date(2026, 3, 4)})
BASELINE = Held(at(5, 10), "Lieuwe", "baseline")
STRENGTHS = "Weinig leerlingen maken het zelf mee, en de meesten horen erbij."
LOOKED = Held(
    at(9, 15),
    "Lieuwe",
    "team_look",
    {"strengths": STRENGTHS, "focus_dimensions": ["cyberbullying", "bystander"]},
)
TALKED = Held(
    at(12, 11),
    "Lieuwe",
    "class_talk",
    {
        "pupil_explanations": "Niemand durft als eerste te zeggen dat het niet grappig is.",
        "proposals": "Geen roddelaccounts volgen\nMelden is geen klikken",
    },
)
RULES = Held(at(19, 11), "Lieuwe", "class_rules")
AGAIN = Held(at(16, 11, month=4), "Lieuwe", "repeat")
CELEBRATED = Held(
    at(20, 10, month=4), "Lieuwe", "feedback", {"congratulated": True, "rules_kept": "mostly"}
)
WEEKS = (at(19, 13), at(26, 13), at(2, 13, month=4), at(9, 13, month=4))


def acted(moment: datetime) -> Held:
    """A circle of a quarter of an hour."""
    note = {"weekly_note": "In de cirkel zei iedereen iets aardigs over zijn buur."}
    return Held(moment, "Lieuwe", "action_weeks", note)


def test_the_thermometer_from_the_decision_to_what_came_of_it(
    facilitated: Callable[..., Facilitated],
) -> None:
    e = facilitated(E, STEP_8.at)
    for number in range(PUPILS - len(e.player.place.pupils)):
        enrol(e.player.place.school_class, "Leerling", f"Nummer {number}")
    e.player.play(E.between(STEP_8.at, at(4, 12)))
    made = e.begin("Lieuwe", at(4, 12))
    assert (made.method, made.facilitator) == ("class_thermometer", e.player.place.staff["Lieuwe"])
    e.hold(TOLD)
    first = measured(e, at(5, 9), "E before")
    e.hold(BASELINE)
    wrong = {"three to work on": two_are_enough(e)}
    e.hold(LOOKED, TALKED)
    agreed(e, "We volgen geen roddelaccounts.", "Melden is geen klikken.")
    e.hold(RULES, acted(WEEKS[0]))
    wrong["too soon"] = four_school_weeks_first(e)
    for week in WEEKS[1:]:
        e.another_round("Lieuwe", week)
        e.hold(acted(week))
    assert measured(e, at(16, 10, month=4), "E after").previous == first
    e.hold(AGAIN, CELEBRATED)
    result = {"result": "De klas is warmer, vooral online."}
    e.finish("Lieuwe", at(20, 12, month=4), result)
    assert {place: found for place, found in wrong.items() if found} == {}
    assert e.held == [
        ("prepare", 1, date(2026, 3, 5)),
        ("baseline", 1, date(2026, 3, 5)),
        ("team_look", 1, date(2026, 3, 9)),
        ("class_talk", 1, date(2026, 3, 12)),
        ("class_rules", 1, date(2026, 3, 19)),
        *(("action_weeks", n, week.date()) for n, week in enumerate(WEEKS, start=1)),
        ("repeat", 1, date(2026, 4, 16)),
        ("feedback", 1, date(2026, 4, 20)),
    ]


def measured(e: Facilitated, moment: datetime, answers: str) -> Run:
    """Lieuwe prepares the thermometer for this case and opens it, the class answers, and he closes it."""
    page, player = e.page, e.player
    player.be("Lieuwe", moment)
    player.open(f"/classes/{player.place.school_class.uuid}/thermometer/")
    e.hand.fill("case", player.case.uuid)
    e.hand.submit("main form[method=post]")
    run = Run.objects.latest("pk")
    e.hand.follow(page.locator("form[action$='/open/'] button"))
    run.refresh_from_db()
    expect(page.locator(".pz-code")).to_have_text(f"{run.code[:3]} {run.code[3:]}")
    lines = lines_of(answers)
    for line in lines:
        answer(hand_out(run.code), line)
    player.open(f"/thermometer/{run.uuid}/")
    close = page.locator("form[action$='/close/'] button")
    e.hand.unfold(close)
    e.hand.follow(close)
    expect(page.locator("main")).to_contain_text(f"{len(lines)} van de {PUPILS}")
    return run


def agreed(e: Facilitated, *rules: str) -> None:
    """What the class agrees, written down one by one; the phase is refused before there is a rule."""
    assert "Schrijf de klasafspraken op" in e.refused(RULES)
    for rule in rules:
        e.player.open(url_of(e.made, "rules"))
        e.hand.fill("text", rule)
        e.hand.fill("proposed_by", "pupils")
        e.hand.submit("form[data-autosave]")
        assert e.complaints() == ""
    assert [one.text for one in e.made.class_rules.order_by("pk")] == [*rules]


def two_are_enough(e: Facilitated) -> list[str]:
    """At most two points to work on; what was chosen stays chosen."""
    many = ["cyberbullying", "bystander", "safety"]
    record = e.open_next(LOOKED)
    e.write(
        Held(LOOKED.at, LOOKED.by, LOOKED.key, {**LOOKED.answers, "focus_dimensions": many}), record
    )
    typed = e.typed()
    e.hand.press("hold")
    assert "Hoogstens 2" in e.complaints()
    assert e.typed() == typed
    found = complaints(e.page)
    e.page.locator("[name=focus_dimensions][value=safety]").uncheck()
    e.hand.press("save")
    return found


def four_school_weeks_first(e: Facilitated) -> list[str]:
    """The questions are about four weeks: measuring again on 27 March would ask about the same ones."""
    said = e.refused(Held(at(27, 11), "Lieuwe", "repeat"))
    assert "Dit is te snel na de vorige fase" in said
    assert "2 april" in said
    return complaints(e.page)
