"""The check through pages: where it is found, what it shows to whom, and how it decides what may begin."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from django.urls import reverse

from cases.ceilings import Level
from cases.models import Case
from cases.services.sharing import share_case
from interventions.models import Intervention, SuitabilityCheck
from interventions.tests.answers import points_to
from interventions.tests.running import Run, decide, weigh
from pestzorg.testing.builders import NOW, make_person
from pestzorg.testing.clients import signed_in, text_of
from pestzorg.testing.posted import fields_of
from schools.models import User
from schools.roles import Role

VARIANT = {"variant": "support_group:without_target", "share_ok": "on"}


@pytest.fixture(autouse=True)
def _now(at: Callable[[datetime], None]) -> None:
    at(NOW)


def check_of(run: Run) -> str:
    return reverse("interventions:case-check", args=[run.case.uuid])


def new_of(run: Run) -> str:
    return reverse("interventions:case-new", args=[run.case.uuid])


def reader_of(run: Run, level: Level = Level.VIEW) -> User:
    reader = make_person(Role.TEACHER, run.scene.school, first_name="Ander")
    share_case(run.actor, run.case, reader, level, now=NOW)
    return reader


def test_step_8_leads_to_the_check_and_shows_the_advice(run: Run) -> None:
    client, step = signed_in(run.actor), reverse("conversation:step", args=[run.case.uuid, 8])
    page = text_of(client.get(step))
    assert check_of(run) in page
    assert "past" not in page.partition("h-suitability")[2].partition("</section>")[0].split()
    weigh(run)
    card = text_of(client.get(step)).partition('id="suitability"')[2].partition("</section>")[0]
    assert "Steungroepaanpak" in card
    assert "niet aangeraden" in card
    assert check_of(run) not in text_of(client.get(f"{step}?view=talk"))


def test_case_page_shows_no_advice(run: Run) -> None:
    weigh(run)
    page = text_of(signed_in(run.actor).get(reverse("cases:page", args=[run.case.uuid])))
    assert 'id="suitability"' not in page


def test_answers_are_saved_half_and_whole(run: Run) -> None:
    client, answers = signed_in(run.scene.teacher), points_to("support_group")
    del answers["consent"]
    page = text_of(client.get(check_of(run)))
    assert [key for key in answers if f'name="{key}"' not in page] == []
    assert 'name="consent"' not in page  # step 8 told it
    half = client.post(check_of(run), {"age": "recent"}, follow=True)
    assert "Nog 7 vragen" in text_of(half)
    seen = fields_of(text_of(half), "data-autosave")["seen"]
    whole = client.post(check_of(run), {**answers, "seen": seen, "note": "Rustig"}, follow=True)
    assert "Steungroepaanpak" in text_of(whole).partition('id="advice"')[2]
    assert SuitabilityCheck.objects.get().note == "Rustig"
    assert SuitabilityCheck.objects.get().versions.count() == 1


def test_two_who_answer_differently_are_asked(run: Run) -> None:
    weigh(run)
    mine, theirs = signed_in(run.scene.teacher), signed_in(run.actor)
    old = fields_of(text_of(mine.get(check_of(run))), "data-autosave")
    theirs.post(check_of(run), {**old, "age": "long"})
    answer = mine.post(check_of(run), {**old, "age": "months"})
    assert "nog maar kort" not in text_of(answer)
    assert {"al heel lang", "weken tot maanden"} <= {
        word for word in ("al heel lang", "weken tot maanden") if word in text_of(answer)
    }
    assert SuitabilityCheck.objects.get().answers["age"] == "long"


def test_reader_sees_answers_and_changes_nothing(run: Run) -> None:
    weigh(run)
    client = signed_in(reader_of(run))
    page = text_of(client.get(check_of(run)))
    assert "nog maar kort" in page
    assert "data-autosave" not in page
    assert client.post(check_of(run), {"age": "long"}).status_code == 404
    assert SuitabilityCheck.objects.get().answers["age"] == "recent"


def test_who_is_not_let_in_gets_404(run: Run) -> None:
    stranger = make_person(Role.TEACHER, run.scene.school, first_name="Vreemd")
    for who in (stranger, run.scene.principal):
        assert signed_in(who).get(check_of(run)).status_code == 404


# ── the page on which it begins ──────────────────────────────────────────────
def test_without_a_check_the_start_page_leads_to_it(run: Run) -> None:
    client = signed_in(run.actor)
    page = text_of(client.get(new_of(run)))
    assert check_of(run) in page
    assert 'name="variant"' not in page
    answer = client.post(new_of(run), VARIANT)
    assert answer.status_code == 422
    assert "Beantwoord eerst" in text_of(answer)
    assert check_of(run) in text_of(answer)


def test_conditions_stand_on_the_start_page_too(run: Run) -> None:
    client = signed_in(run.actor)
    for _answered in range(2):
        page = text_of(client.get(new_of(run)))
        assert "Mijn naam mag, niet wat er op de stickers staat." in page
        assert "Wat er op de stickers staat." in page
        weigh(run)


def test_reason_is_asked_only_against_the_advice(run: Run) -> None:
    client = signed_in(run.actor)
    weigh(run)
    assert 'name="advice_reason"' not in text_of(client.get(new_of(run)))
    weigh(run, ticked=["punishment"])
    page = text_of(client.get(new_of(run)))
    assert 'name="advice_reason"' in page
    assert "Er is al straf aangekondigd voor hetzelfde" in page
    answer = client.post(new_of(run), VARIANT)
    assert answer.status_code == 422
    assert "advice_reason" in answer.context["form"].errors
    begun = client.post(new_of(run), {**VARIANT, "advice_reason": "De straf is van tafel."})
    made = Intervention.objects.get()
    assert made.advice_reason == "De straf is van tafel."
    assert "De straf is van tafel." in text_of(client.get(begun.url))


def test_serious_and_not_advised_waits_for_a_coordinator(run: Run) -> None:
    weigh(run, ticked=["punishment"])
    Case.objects.filter(pk=run.case.pk).update(severity=3)
    teacher, told = signed_in(run.scene.teacher), {**VARIANT, "advice_reason": "Toch doen."}
    page = text_of(teacher.get(new_of(run)))
    assert 'name="variant"' not in page
    assert "Alleen een coördinator" in page
    assert teacher.post(new_of(run), told).status_code == 422
    assert not Intervention.objects.exists()
    signed_in(run.actor).post(new_of(run), told)
    assert Intervention.objects.get().advice == "not_advised"


def test_check_of_a_case_without_a_yes_can_be_answered(run: Run) -> None:
    decide(run, decision="no", method=None, target_consent=None, class_group=None)
    client = signed_in(run.actor)
    assert 'name="consent"' in text_of(client.get(check_of(run)))
    client.post(check_of(run), points_to("no_blame"))
    assert "No Blame" in text_of(client.get(check_of(run))).partition('id="advice"')[2]
