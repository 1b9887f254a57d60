"""The pages of the class thermometer for staff: whose they are, and what they show."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from django.utils import translation
from pypdf import PdfReader

from interventions.models import Run
from interventions.queries.thermometer_results import Results, signed
from interventions.queries.thermometer_words import conclusion
from interventions.tests.classes import VECTOR, lines_of, table
from interventions.tests.measuring import LATER, Measured, make_measured
from interventions.thermometer.questionnaire import JUNIOR
from pestzorg.testing.builders import NOW, make_class, make_person, make_pupil, make_school
from pestzorg.testing.clients import signed_in, text_of
from schools.models import Enrolment, User
from schools.roles import Role

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def group(db: None, at: Any) -> Measured:
    at(NOW)
    return make_measured(pupils=24)


def page_of(person: User, run: Run) -> str:
    page = signed_in(person).get(f"/thermometer/{run.uuid}/")
    assert page.status_code == 200
    return text_of(page)


# ── one run, from the list to the results ────────────────────────────────────
def test_a_teacher_measures_the_own_class(group: Measured) -> None:
    client = signed_in(group.teacher)
    listed = text_of(client.get("/classes/"))
    assert "nog niet gemeten" in listed
    form = {"kind": "full", "planned_on": "2025-11-03", "minimum": "8"}
    made = client.post(f"/classes/{group.school_class.uuid}/thermometer/", form)
    run = Run.objects.get()
    assert made.headers["Location"] == f"/thermometer/{run.uuid}/"
    assert "Voordat je opent" in page_of(group.teacher, run)
    shared = client.post(f"/thermometer/{run.uuid}/open/")
    assert shared.headers["Location"] == f"/thermometer/{run.uuid}/share/"
    run.refresh_from_db()
    board = text_of(client.get(shared.headers["Location"]))
    assert f"{run.code[:3]} {run.code[3:]}" in board
    assert "testserver/k" in board
    closed = client.post(f"/thermometer/{run.uuid}/close/", follow=True)
    assert "Te weinig leerlingen" in text_of(closed)


def test_what_is_wrong_in_the_form_stands_at_the_field(group: Measured) -> None:
    client = signed_in(group.teacher)
    address = f"/classes/{group.school_class.uuid}/thermometer/"
    page = client.post(address, {"kind": "full", "planned_on": "2025-11-03", "minimum": "7"})
    assert page.status_code == 422
    assert not Run.objects.exists()


def test_a_class_that_is_too_small_is_told_so_and_stays_closed(at: Any) -> None:
    at(NOW)
    group = make_measured(pupils=7)
    address = f"/classes/{group.school_class.uuid}/thermometer/"
    asked = {"kind": "full", "planned_on": "2025-11-03", "minimum": "8"}
    page = signed_in(group.teacher).post(address, asked)
    assert page.status_code == 422
    assert "Leerlingen in deze klas hier: 7." in text_of(page)
    assert not Run.objects.exists()


def test_a_day_that_is_over_is_refused_at_its_field(group: Measured) -> None:
    address = f"/classes/{group.school_class.uuid}/thermometer/"
    asked = {"kind": "full", "planned_on": "2025-10-01", "minimum": "8"}
    page = signed_in(group.teacher).post(address, asked)
    assert page.context["form"].errors["planned_on"] == ["Deze dag is al voorbij."]
    assert text_of(page).count("data-error-summary") == 1


def test_who_closes_too_early_is_told_what_it_costs(group: Measured) -> None:
    run, client = group.open(), signed_in(group.teacher)
    assert "dan komt er geen uitslag" in text_of(client.get(f"/thermometer/{run.uuid}/"))


def test_the_counter_counts_and_stops_when_it_is_over(group: Measured) -> None:
    from interventions.services.survey_tokens import hand_out
    from interventions.services.thermometer_runs import close_run
    from interventions.tests.measuring import answer

    run, client = group.open(), signed_in(group.teacher)
    answer(hand_out(run.code), VECTOR[0])
    counted = client.get(f"/thermometer/{run.uuid}/count/", headers=HTMX)
    assert (counted.status_code, "<b>1</b> van 24 klaar" in text_of(counted)) == (200, True)
    assert "every 5s" in text_of(counted)
    close_run(group.teacher, run, now=NOW)
    over = client.get(f"/thermometer/{run.uuid}/count/", headers=HTMX)
    assert (over.status_code, "every 5s" in text_of(over)) == (286, False)


def test_codes_on_paper_are_as_many_as_pupils_and_show_no_secret_as_text(group: Measured) -> None:
    run = group.open()
    page = signed_in(group.teacher).post(f"/thermometer/{run.uuid}/paper/")
    assert text_of(page).count('class="pz-qr mb-0"') == 24
    assert "pz_" not in text_of(page)


def test_nothing_is_shown_while_a_class_answers(group: Measured) -> None:
    run = group.open()
    page = page_of(group.teacher, run)
    assert "Je klas vult in" in page
    assert "De cijfers" not in page


def test_the_next_one_is_planned_from_the_results(group: Measured) -> None:
    first = group.measure(lines_of("A before"))
    page = signed_in(group.teacher).post(f"/thermometer/{first.uuid}/repeat/", follow=True)
    assert "De volgende thermometer is voorbereid" in text_of(page)
    assert Run.objects.latest("pk").previous == first
    assert "Volgende meting plannen" not in page_of(group.teacher, first)


# ── what is shown ────────────────────────────────────────────────────────────
@pytest.fixture
def story(group: Measured) -> tuple[Run, Run]:
    """Class A before and after."""
    return group.measure(lines_of("A before")), group.measure(lines_of("A after"), now=LATER)


def test_before_and_after_beside_each_other_with_every_figure_of_story_a(
    group: Measured, story: tuple[Run, Run]
) -> None:
    page = page_of(group.teacher, story[1])
    labels = {"clearly_better": "Duidelijk beter", "slightly_better": "Iets beter"}
    for row in table("figures.csv")[:7]:
        for name in ("before", "after", "before_sd", "after_sd", "difference", "g"):
            assert row[name].replace(".", ",") in page, (row["subject"], name)
        assert labels[row["label"]] in page
    assert "6,0 → 7,4" in page
    assert "23 van de 24" in page
    assert "1\N{EN DASH}2 leerlingen" in page
    assert "Het is duidelijk warmer geworden in de klas." in page
    assert "online pesten" in page.split("pz-lede")[1][:200]


def test_a_first_run_says_how_warm_it_is_and_compares_with_nothing(group: Measured) -> None:
    page = page_of(group.teacher, group.measure(lines_of("A before")))
    assert "De klas als geheel voelt koel: 59 van de 100." in page
    assert "Dit gaat al goed: steun van de leerkracht." in page
    assert "Verschil" not in page


def test_the_chart_says_in_words_what_it_draws(group: Measured, story: tuple[Run, Run]) -> None:
    page = page_of(group.teacher, story[1])
    assert page.count('role="img" aria-label="Van ') == 7
    assert 'aria-label="Van 58 naar 72"' in page


def test_seven_answers_show_no_figure_at_all(group: Measured) -> None:
    page = page_of(group.teacher, group.measure(VECTOR[:-1]))
    assert "Te weinig leerlingen vulden in" in page
    assert "De cijfers" not in page


def test_a_low_response_is_told(group: Measured) -> None:
    assert "Lage respons" in page_of(group.teacher, group.measure(lines_of("A before")[:16]))


def test_no_low_response_no_warning(group: Measured) -> None:
    assert "Lage respons" not in page_of(group.teacher, group.measure(lines_of("A before")[:17]))


def test_what_is_sensitive_is_never_listed_by_answer(
    group: Measured, story: tuple[Run, Run]
) -> None:
    page = page_of(group.teacher, story[1])
    assert "Ik voel me veilig in deze klas." in page
    assert "Hoe vaak ben jij gepest" not in page
    assert "Hoe vaak deed je zelf mee" not in page
    assert "Hoe vaak ben jij online gepest" not in page


def test_a_run_of_other_pupils_is_shown_alone(group: Measured, story: tuple[Run, Run]) -> None:
    for row in Enrolment.objects.order_by("pk")[:6]:
        Enrolment.objects.filter(pk=row.pk).update(ends_on=NOW.date())
    page = page_of(group.teacher, story[1])
    assert "Meer dan een op de vijf" in page
    assert "Verschil" not in page


def test_too_few_the_time_before_is_shown_alone(group: Measured) -> None:
    group.measure(VECTOR[:-1])
    page = page_of(group.teacher, group.measure(lines_of("A after"), now=LATER))
    assert "De vorige keer vulden te weinig leerlingen in" in page


def test_the_higher_minimum_counts_for_both(group: Measured) -> None:
    from interventions.services.survey_tokens import hand_out
    from interventions.services.thermometer_runs import close_run
    from interventions.tests.measuring import answer

    group.measure(lines_of("A before")[:12])
    strict = group.open(now=LATER, minimum=13)
    for line in lines_of("A after"):
        answer(hand_out(strict.code), line)
    close_run(group.teacher, strict, now=LATER)
    strict.refresh_from_db()
    assert Results(strict).before is None
    assert Results(strict).shown is not None


def test_the_youngest_have_one_line_and_a_temperature(group: Measured) -> None:
    from interventions.services.survey_tokens import hand_out
    from interventions.services.thermometer_runs import close_run
    from interventions.tests.measuring import answer

    run = group.open(JUNIOR)
    for _pupil in range(20):
        answer(hand_out(run.code), "313133113/9", JUNIOR)
    close_run(group.teacher, run, now=NOW)
    run.refresh_from_db()
    page = page_of(group.teacher, run)
    assert page.count("pz-chart-value") == 1
    assert "9,0" in page


def test_all_runs_of_a_class_stand_below_with_their_total(
    group: Measured, story: tuple[Run, Run]
) -> None:
    series = page_of(group.teacher, story[0]).split('id="h-series"')[1]
    assert "58,8" in series
    assert "74,9" in series
    assert f"/thermometer/{story[1].uuid}/" in series


def test_what_the_school_raised_once_is_offered_to_every_class(group: Measured) -> None:
    group.prepare(minimum=11)
    other = make_class(group.school, "8A", group.teacher)
    page = signed_in(group.teacher).get(f"/classes/{other.uuid}/thermometer/")
    assert page.context["form"]["minimum"].value() == 11


def test_that_bullying_scores_best_is_called_little_bullying(group: Measured) -> None:
    page = page_of(group.teacher, group.measure(lines_of("B before")))
    assert "Dit gaat al goed: weinig pesten." in page


def test_what_became_worse_is_said(group: Measured) -> None:
    group.measure(lines_of("A after"))
    after = group.measure(lines_of("A before"), now=LATER)
    with translation.override("en"):
        told = conclusion(Results(after))
    assert told.startswith("It has become clearly cooler in the class.")
    assert "Less good than before: safety" in told


def test_a_minus_is_a_real_minus() -> None:
    with translation.override("nl"):
        assert [signed(n, 1) for n in (1.25, -1.25, 0.01, 0.0)] == ["+1,3", "−1,3", "0,0", "0,0"]  # noqa: RUF001 - a minus


# ── the poster ───────────────────────────────────────────────────────────────
def poster_of(person: User, run: Run) -> str:
    answer = signed_in(person).get(f"/thermometer/{run.uuid}/poster/")
    assert answer["Content-Type"] == "application/pdf"
    pages = PdfReader(BytesIO(answer.content)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def test_the_poster_shows_whole_numbers_and_words_and_nothing_sensitive(
    group: Measured, story: tuple[Run, Run]
) -> None:
    told = poster_of(group.teacher, story[1])
    assert "Het is duidelijk warmer geworden in de klas." in told
    assert "veiligheid 58 72 lauw, duidelijk beter" in told
    assert "geen wettelijke monitor" in told
    assert "1\N{EN DASH}2" not in told
    assert "72,0" not in told


def test_there_is_no_poster_of_too_few_answers(group: Measured) -> None:
    run = group.measure(VECTOR[:-1])
    answer = signed_in(group.teacher).get(f"/thermometer/{run.uuid}/poster/")
    assert answer.headers["Location"] == f"/thermometer/{run.uuid}/"
    assert "Poster" not in page_of(group.teacher, run)


# ── whose it is ──────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("role", "sees", "runs"),
    [
        (Role.COORDINATOR, True, True),
        (Role.COUNSELLOR, True, False),
        (Role.PRINCIPAL, True, False),
        (Role.TEACHER, False, False),
        (Role.SCHOOL_ADMIN, False, False),
        (Role.BOARD_VIEWER, False, False),
        (Role.DPO, False, False),
    ],
)
def test_who_sees_and_who_runs(group: Measured, role: Role, sees: bool, runs: bool) -> None:
    run = group.prepare()
    client = signed_in(make_person(role, group.school, first_name="Iemand"))
    assert client.get(f"/thermometer/{run.uuid}/").status_code == (200 if sees else 404)
    assert (str(run.uuid) in text_of(client.get("/classes/"))) == sees
    prepare = client.get(f"/classes/{group.school_class.uuid}/thermometer/")
    assert prepare.status_code == (200 if runs else 404)
    assert client.post(f"/thermometer/{run.uuid}/open/").status_code == (302 if runs else 404)
    assert Run.objects.get().is_open == runs


def test_who_only_sees_is_offered_no_button(group: Measured) -> None:
    run = group.prepare()
    page = page_of(make_person(Role.COUNSELLOR, group.school), run)
    assert "Nu openen" not in page


def test_a_former_class_teacher_sees_nothing_any_more(group: Measured) -> None:
    run = group.measure(lines_of("A before"))
    group.school_class.class_teachers.clear()
    assert signed_in(group.teacher).get(f"/thermometer/{run.uuid}/").status_code == 404


def test_another_school_does_not_exist(group: Measured) -> None:
    run = group.open()
    stranger = signed_in(make_person(Role.COORDINATOR, make_school("Het Kompas", "het-kompas")))
    for path in ("", "share/", "count/", "poster/"):
        assert stranger.get(f"/thermometer/{run.uuid}/{path}").status_code == 404
    for path in ("open/", "close/", "drop/", "repeat/", "paper/", "anew/"):
        assert stranger.post(f"/thermometer/{run.uuid}/{path}").status_code == 404
    run.refresh_from_db()
    assert run.is_open


def test_every_page_says_that_it_is_no_official_monitor(
    group: Measured, story: tuple[Run, Run]
) -> None:
    client = signed_in(group.teacher)
    open_class = make_class(group.school, "8A", group.teacher)
    for number in range(8):
        make_pupil(open_class, f"Leerling {number}")
    other = Measured(group.school, open_class, group.teacher, group.coordinator).open()
    pages = [
        "/classes/",
        f"/classes/{open_class.uuid}/thermometer/",
        f"/thermometer/{story[1].uuid}/",
        f"/thermometer/{other.uuid}/",
        f"/thermometer/{other.uuid}/share/",
    ]
    for path in pages:
        assert "geen wettelijke monitor" in text_of(client.get(path)), path


def test_the_code_that_was_scanned_waits_in_the_form_and_takes_no_place(group: Measured) -> None:
    run = group.open()
    page = Client().get(f"/k/?c={run.code}")
    assert f'value="{run.code}"' in text_of(page)
    assert run.tokens.filter(is_handed_out=True).count() == 0


def test_a_repeat_that_comes_too_soon_is_refused_on_the_page(group: Measured, at: Any) -> None:
    first = group.measure(lines_of("A before"))
    client = signed_in(group.teacher)
    client.post(f"/thermometer/{first.uuid}/repeat/")
    again = Run.objects.latest("pk")
    at(NOW + timedelta(days=14))
    page = signed_in(group.teacher).post(f"/thermometer/{again.uuid}/open/", follow=True)
    assert "Opnieuw invullen kan vanaf maandag 1 december" in text_of(page)
