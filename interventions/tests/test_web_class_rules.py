"""The pages of class rules: whose they are, what they show, and that they never tell of a case."""

from __future__ import annotations

from datetime import date, timedelta
from io import BytesIO
from typing import Any

import pytest
from pypdf import PdfReader

from cases.models import Case
from interventions.models import ClassRule
from interventions.services.class_rules import Wording, adopt_rule
from interventions.services.ending import stop_intervention
from interventions.tests.running import MONDAY, Run, adopt, begin, begin_freely, decide, phase
from pestzorg.testing.builders import NOW, make_person
from pestzorg.testing.clients import signed_in, text_of
from schools.roles import Role

LATER = date(2025, 12, 15)
FORM = {
    "text": "We spelen samen",
    "proposed_by": "together",
    "vote_for": "9",
    "vote_total": "10",
    "adopted_on": MONDAY.isoformat(),
    "review_on": LATER.isoformat(),
}


@pytest.fixture(autouse=True)
def _clock(run: Run, at: Any) -> None:
    at(NOW)


def home(run: Run) -> str:
    return f"/classes/{run.scene.school_class.uuid}/rules/"


def agreed(run: Run, text: str = "We spelen samen") -> ClassRule:
    words, days = Wording(text, "pupils"), {"adopted_on": MONDAY, "review_on": LATER}
    return adopt_rule(run.scene.teacher, run.scene.school_class, words, now=NOW, **days)


# ── one rule, from the list of classes to its end ────────────────────────────
def test_a_class_teacher_adopts_and_ends_a_rule(run: Run) -> None:
    client = signed_in(run.scene.teacher)
    assert home(run) in text_of(client.get("/classes/"))
    assert "nog geen klasafspraken" in text_of(client.get(home(run)))
    client.post(f"{home(run)}new/", FORM)
    rule = ClassRule.objects.get()
    shown = text_of(client.get(home(run)))
    for part in ("We spelen samen", "9 van de 10 voor", "herbekijken op maandag 15 december"):
        assert part in shown
    assert "1 klasafspraak" in text_of(client.get("/classes/"))
    ended = {"outcome": "ended", "held_on": MONDAY.isoformat(), "reason": "Het gaat vanzelf."}
    assert client.post(f"/class-rules/{rule.uuid}/", ended).status_code == 302
    shown = text_of(client.get(home(run)))
    assert shown.index("Wat vroeger gold") < shown.index("Het gaat vanzelf.")
    assert client.get(f"/class-rules/{rule.uuid}/").headers["Location"] == home(run)


def test_rules_of_one_talk_are_written_down_one_after_the_other(run: Run) -> None:
    client = signed_in(run.scene.teacher)
    again = client.post(f"{home(run)}new/", FORM | {"action": "more"})
    assert again.headers["Location"] == f"{home(run)}new/"
    shown = text_of(client.get(f"{home(run)}new/"))
    assert 'value="2025-12-15"' in shown
    # Of each rule the votes are counted anew.
    for value in ('value="9"', 'value="10"'):
        assert value not in shown
    assert ">We spelen samen<" not in shown


def test_the_form_begins_with_about_eight_school_weeks_later(run: Run) -> None:
    shown = text_of(signed_in(run.scene.teacher).get(f"{home(run)}new/"))
    assert 'value="2026-01-12"' in shown  # two weeks of holiday and that of autumn do not count


def test_a_name_is_refused_until_somebody_says_that_it_is_none(run: Run) -> None:
    client, named = signed_in(run.scene.teacher), FORM | {"text": "We laten Noor meedoen"}
    page = client.post(f"{home(run)}new/", named)
    assert page.status_code == 422
    assert "lijkt op de naam van een leerling: Noor" in text_of(page)
    assert "een gewoon woord, en geen naam" in text_of(page)
    assert client.post(f"{home(run)}new/", named | {"word_ok": "on"}).status_code == 302


def test_a_day_to_come_is_refused_at_its_field(run: Run) -> None:
    rule, later = (
        agreed(run),
        {"outcome": "kept", "held_on": "2025-11-20", "review_on": "2026-01-12"},
    )
    page = signed_in(run.scene.teacher).post(f"/class-rules/{rule.uuid}/", later)
    assert page.status_code == 422
    assert page.context["form"].errors["held_on"]
    assert not page.context["form"].non_field_errors()


@pytest.mark.parametrize(
    ("given", "status"),
    [
        ({"outcome": "kept", "review_on": "2026-01-12"}, 302),
        ({"outcome": "kept"}, 422),
        ({"outcome": "changed", "text": "Anders", "review_on": "2026-01-12"}, 422),
        (
            {
                **{"outcome": "changed", "text": "Anders", "review_on": "2026-01-12"},
                "proposed_by": "pupils",
            },
            302,
        ),
        ({"outcome": "ended"}, 422),
        ({}, 422),
    ],
)
def test_looking_again_asks_what_its_outcome_needs(run: Run, given: Any, status: int) -> None:
    rule = agreed(run)
    sent = {"held_on": MONDAY.isoformat(), **given}
    page = signed_in(run.scene.teacher).post(f"/class-rules/{rule.uuid}/", sent)
    assert page.status_code == status
    rule.refresh_from_db()
    assert rule.is_active == (status == 422 or given["outcome"] == "kept")


def test_former_words_stand_beside_what_they_became(run: Run) -> None:
    rule, client = agreed(run), signed_in(run.scene.teacher)
    given = {"outcome": "changed", "text": "Iedereen doet mee", "proposed_by": "pupils"}
    days = {"held_on": MONDAY.isoformat(), "review_on": LATER.isoformat()}
    client.post(f"/class-rules/{rule.uuid}/", given | days)
    shown = text_of(client.get(home(run)))
    assert "Het werd: Iedereen doet mee" in " ".join(shown.split())
    assert shown.index("Wat vroeger gold") < shown.index("We spelen samen")


def test_a_day_that_is_over_is_said_on_the_page(run: Run, at: Any) -> None:
    agreed(run)
    client = signed_in(run.scene.teacher)
    assert "Tijd om te herbekijken" not in text_of(client.get(home(run)))
    at(NOW + timedelta(weeks=7))
    assert "Tijd om te herbekijken" in text_of(signed_in(run.scene.teacher).get(home(run)))


# ── who ──────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("role", "reads", "writes"),
    [
        (Role.COORDINATOR, 200, 200),
        (Role.COUNSELLOR, 200, 404),
        (Role.PRINCIPAL, 200, 404),
        (Role.TEACHER, 404, 404),
        (Role.SCHOOL_ADMIN, 404, 404),
    ],
)
def test_the_school_reads_and_few_write(run: Run, role: Role, reads: int, writes: int) -> None:
    rule, client = agreed(run), signed_in(make_person(role, run.scene.school, first_name="Els"))
    assert client.get(home(run)).status_code == reads
    assert client.get(f"{home(run)}poster/").status_code == reads
    for path in (f"{home(run)}new/", f"/class-rules/{rule.uuid}/"):
        assert client.get(path).status_code == writes
    if reads == 200:
        assert ("Herbekijken of wijzigen" in text_of(client.get(home(run)))) == (writes == 200)


def test_whoever_runs_an_approach_reads_on_when_it_is_over(run: Run) -> None:
    runner = make_person(Role.TEACHER, run.scene.school, first_name="Fleur")
    decide(run, method="no_blame", facilitator=str(runner.uuid))
    made, client = begin(run, "no_blame"), signed_in(runner)
    assert client.get(f"{home(run)}new/").status_code == 200
    stop_intervention(run.actor, made, "Het past niet.", now=NOW)
    assert client.get(f"{home(run)}new/").status_code == 404
    assert client.get(home(run)).status_code == 200
    listed = text_of(client.get("/classes/"))
    assert home(run) in listed
    assert "nog niet gemeten" not in listed
    runner.memberships.get().roles.update(valid_until=NOW)
    assert client.get(home(run)).status_code == 404


def test_the_page_of_the_class_tells_of_no_case(run: Run) -> None:
    decide(run, method="no_blame")
    made = begin(run, "no_blame")
    of_case = adopt(run, made, NOW, text="Iedereen doet mee", proposed_by="pupils", review_on=LATER)
    free = agreed(run, "We groeten elkaar")
    Case.objects.filter(pk=run.case.pk).update(restricted=True)
    for reader in (run.scene.teacher, run.scene.principal, run.scene.coordinator):
        shown = text_of(signed_in(reader).get(home(run)))
        assert "Iedereen doet mee" in shown
        for sign in (made.uuid, run.case.uuid, run.case.reference, "No Blame", "Noor"):
            assert str(sign) not in shown
    # Both kinds look the same but for their words.
    page = text_of(signed_in(run.scene.teacher).get(home(run)))
    looks = [
        row.partition("</li>")[0].replace(rule.text, "").replace(str(rule.uuid), "")
        for rule in (free, of_case)
        for row in page.split("<li")
        if rule.text in row
    ]
    assert len(looks) == 2
    assert looks[0] == looks[1]


# ── out of an approach ───────────────────────────────────────────────────────
def test_the_thermometer_leads_to_its_rules_and_back(run: Run) -> None:
    made, client = begin_freely(run, "class_thermometer", "usual"), signed_in(run.scene.teacher)
    asked = f"/interventions/{made.uuid}/phases/{phase(made, 'class_rules').uuid}/"
    way = f"/interventions/{made.uuid}/rules/?next={asked}"
    shown = text_of(client.get(asked))
    assert "1 tot 3 afspraken" in shown
    assert way in shown
    for number in range(3):
        answer = client.post(way, FORM | {"text": f"Afspraak {number}"})
        assert answer.headers["Location"] == asked
    shown = text_of(client.get(asked))
    assert "Afspraak 2" in shown
    assert way not in shown
    assert "Hoogstens 3" in text_of(client.post(way, FORM))


def test_an_approach_of_a_case_lists_its_rules_and_leads_on(run: Run) -> None:
    decide(run, method="no_blame")
    made, client = begin(run, "no_blame"), signed_in(run.scene.coordinator)
    own = f"/cases/{run.case.uuid}/interventions/{made.uuid}/"
    answer = client.post(f"{own}rules/", FORM)
    assert answer.headers["Location"] == own
    shown = text_of(client.get(own))
    assert "We spelen samen" in shown
    assert home(run) in shown
    assert "uit een dossier komt" in text_of(client.get(f"{own}rules/"))


# ── on the wall ──────────────────────────────────────────────────────────────
def test_the_poster_has_rules_and_days_and_nobody(run: Run) -> None:
    client = signed_in(run.scene.teacher)
    assert client.get(f"{home(run)}poster/").headers["Location"] == home(run)
    agreed(run)
    answer = client.get(f"{home(run)}poster/")
    assert answer["Content-Type"] == "application/pdf"
    words = " ".join(PdfReader(BytesIO(answer.content)).pages[0].extract_text().split())
    for part in ("Klasafspraken van 7A", "3 november 2025", "We spelen samen", "15 december 2025"):
        assert part in words
    assert "Marit" not in words
