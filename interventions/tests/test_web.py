"""Interventions through pages: beginning, the phases, the group, and how they end."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

import pytest
from django.urls import reverse

from cases.models import Agreement, Case
from interventions.models import Intervention
from interventions.queries.addresses import url_of
from interventions.services.phases import save_phase
from interventions.tests.running import (
    MONDAY,
    Run,
    begin,
    begin_freely,
    begin_other,
    decide,
    fill_group,
    hold_up_to,
    phase,
    weigh,
)
from interventions.tests.running import (
    at as moment_of,
)
from pestzorg.testing.builders import NOW, make_person
from pestzorg.testing.clients import signed_in, text_of
from schools.roles import Role


@pytest.fixture(autouse=True)
def _now(at: Callable[[datetime], None]) -> None:
    at(NOW)


def places_of(made: Intervention) -> list[str]:
    """Every page of one intervention."""
    names = ["page", "stop", "finish", *(["group"] if made.definition.group else [])]
    phases = [url_of(made, "phase", record.uuid) for record in made.phases.all()]
    return [*(url_of(made, name) for name in names), *phases]


# ── beginning ────────────────────────────────────────────────────────────────
def test_case_page_offers_what_step_8_decided(run: Run) -> None:
    weigh(run)
    client = signed_in(run.actor)
    new = reverse("interventions:case-new", args=[run.case.uuid])
    for place in (
        reverse("cases:page", args=[run.case.uuid]),
        reverse("conversation:step", args=[run.case.uuid, 8]),
    ):
        assert new in text_of(client.get(place))
    form = {"variant": "support_group:without_target", "share_ok": "on"}
    answer = client.post(new, form)
    made = Intervention.objects.get()
    assert answer.url == url_of(made, "page")
    page = text_of(client.get(reverse("cases:page", args=[run.case.uuid])))
    assert url_of(made, "page") in page
    assert new not in page


def test_without_a_yes_there_is_nothing_to_begin(run: Run) -> None:
    decide(run, decision="no", method=None)
    client = signed_in(run.actor)
    new = reverse("interventions:case-new", args=[run.case.uuid])
    assert new not in text_of(client.get(reverse("cases:page", args=[run.case.uuid])))
    assert client.get(new).url == reverse("cases:page", args=[run.case.uuid])


def test_sharing_with_the_facilitator_is_asked_before_it_begins(run: Run) -> None:
    weigh(run)
    client = signed_in(run.actor)
    new = reverse("interventions:case-new", args=[run.case.uuid])
    answer = client.post(new, {"variant": "support_group:without_target"})
    assert answer.status_code == 422
    assert "share_ok" in answer.context["form"].errors
    assert not Intervention.objects.exists()


def test_teacher_begins_a_circle_in_the_own_class(run: Run) -> None:
    client = signed_in(run.scene.teacher)
    new = reverse("interventions:new")
    assert new in text_of(client.get(reverse("interventions:list")))
    form = {
        "class_group": str(run.scene.school_class.uuid),
        "way": "restorative_circle:proactive_circle",
        "facilitator": str(run.scene.teacher.uuid),
        "planned_start": "2025-11-04",
    }
    answer = client.post(new, form)
    made = Intervention.objects.get()
    assert answer.url == url_of(made, "page")
    assert url_of(made, "page") in text_of(client.get(reverse("interventions:list")))


def test_only_what_needs_no_case_is_offered_without_one(run: Run) -> None:
    answer = signed_in(run.scene.teacher).get(reverse("interventions:new"))
    offered = [key for key, _label in answer.context["form"].fields["way"].choices]
    assert offered == ["class_thermometer:usual", "restorative_circle:proactive_circle"]


# ── on every page ────────────────────────────────────────────────────────────
def test_conditions_stand_on_every_page(run: Run) -> None:
    made = begin(run)
    client = signed_in(run.scene.colleague)
    places = places_of(made)
    assert len(places) == 4 + 7
    for place in places:
        page = text_of(client.get(place))
        assert "Mijn naam mag, niet wat er op de stickers staat." in page, place
        assert "Wat er op de stickers staat." in page, place


def test_what_to_do_and_which_words_to_avoid_stand_beside_every_phase(run: Run) -> None:
    made = begin(run)
    client = signed_in(run.actor)
    for record in made.phases.all():
        page = text_of(client.get(url_of(made, "phase", record.uuid)))
        assert "Analyseer niet wat er gebeurd is" in page
        assert "slachtoffer" in page


@pytest.mark.parametrize(
    "key",
    ["no_blame", "support_group", "restorative_circle", "shared_concern", "class_thermometer"],
)
def test_page_of_a_phase_asks_exactly_what_its_method_asks(run: Run, key: str) -> None:
    made = begin_other(run, key)
    client = signed_in(run.actor)
    for record in made.phases.all():
        answer = client.get(url_of(made, "phase", record.uuid))
        asked = [question.name for question in answer.context["form"].questions]
        assert asked == [field.key for field in record.definition.fields]


# ── the phases ───────────────────────────────────────────────────────────────
INTERVIEW = {
    "difficult_for_me": "Lieke\nTess",
    "around_when_it_happens": "Bo",
    "friends_or_wished": "Yara",
    "happiness_score": "3",
    "consent": "on",
}


def test_phase_is_saved_half_filled(run: Run) -> None:
    made = begin(run)
    place = url_of(made, "phase", phase(made, "interview_target").uuid)
    answer = signed_in(run.actor).post(place, {"happiness_score": "3", "action": "save"})
    assert answer.url == place
    assert phase(made, "interview_target").answers == {"happiness_score": 3}


def test_held_phase_leads_to_the_path_and_says_what_comes_next(run: Run) -> None:
    made, client = begin(run), signed_in(run.actor)
    place = url_of(made, "phase", phase(made, "interview_target").uuid)
    answer = client.post(place, {**INTERVIEW, "held_on": "2025-11-03", "action": "hold"})
    assert answer.url == url_of(made, "page")
    assert phase(made, "interview_target").held_on == MONDAY
    assert client.get(answer.url).context["page"].next.key == "compose_group"


def test_what_is_missing_stands_at_its_question_and_the_rest_is_kept(run: Run) -> None:
    made, client = begin(run), signed_in(run.actor)
    place = url_of(made, "phase", phase(made, "interview_target").uuid)
    sent = {**INTERVIEW, "consent": "", "held_on": "2025-11-03", "action": "hold"}
    answer = client.post(place, sent)
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["consent"]
    assert phase(made, "interview_target").answer("happiness_score") == 3


def test_too_early_is_said_at_the_day(run: Run) -> None:
    made = begin(run)
    fill_group(run, made, 6)
    hold_up_to(run, made, "review_target", MONDAY)
    record = phase(made, "review_target")
    sent = {
        "better": "Hij mag meedoen",
        "happiness_score": "6",
        "safety_score": "6",
        "wants_to_continue": "true",
        "held_on": "2025-11-03",
        "action": "hold",
    }
    answer = signed_in(run.actor).post(url_of(made, "phase", record.uuid), sent)
    assert answer.status_code == 422
    assert "held_on" in answer.context["shown"].days.errors
    assert "10 november" in text_of(answer)


def test_what_waits_too_long_is_told(run: Run, at: Callable[[datetime], None]) -> None:
    made = begin(run)
    fill_group(run, made, 6)
    hold_up_to(run, made, "review_target", MONDAY)
    for day, is_late in ((date(2025, 11, 12), False), (date(2025, 11, 13), True)):
        at(moment_of(day))
        page = signed_in(run.actor).get(url_of(made, "page"))
        assert ("langer dan de methode wil" in text_of(page)) is is_late


def test_phase_is_planned_and_left_out(run: Run) -> None:
    made, client = begin_other(run, "shared_concern"), signed_in(run.actor)
    fill_group(run, made, 3)
    place = url_of(made, "phase", phase(made, "team_decision").uuid)
    client.post(place, {"planned_on": "2025-11-05", "action": "plan"})
    assert phase(made, "team_decision").planned_on == date(2025, 11, 5)
    refused = client.post(place, {"skip_reason": "Geen tijd", "action": "skip"})
    assert refused.status_code == 422
    assert phase(made, "team_decision").status == "in_progress"


def test_person_by_person(run: Run) -> None:
    made, client = begin_other(run, "shared_concern"), signed_in(run.actor)
    one, other = fill_group(run, made, 2)
    hold_up_to(run, made, "individual_talks", MONDAY)
    record = phase(made, "individual_talks")
    sent = {f"{one.uuid}-acknowledged": "yes", "action": "save"}
    client.post(url_of(made, "phase", record.uuid), sent)
    (note,) = record.notes.all()
    assert (note.member, note.answers) == (one, {"acknowledged": "yes"})
    sent = {f"{one.uuid}-acknowledged": "yes", "held_on": "2025-11-03", "action": "hold"}
    answer = client.post(url_of(made, "phase", record.uuid), sent)
    assert answer.status_code == 422
    assert [problem.name for problem in answer.context["problems"]] == [
        f"{other.name}: Ziet dat de leerling het moeilijk heeft"
    ]


def test_idea_becomes_an_agreement(run: Run) -> None:
    made, client = begin(run), signed_in(run.actor)
    member = fill_group(run, made, 6)[0]
    hold_up_to(run, made, "collect_suggestions", MONDAY)
    place = url_of(made, "phase", phase(made, "collect_suggestions").uuid)
    page = client.get(place)
    assert page.context["shown"].proposal["review_on"].value() == date(2025, 11, 10)
    sent = {
        "proposal-member": str(member.uuid),
        "proposal-text": "Ik zit naast Noor",
        "proposal-review_on": "2025-11-10",
        "action": "add",
    }
    assert client.post(place, sent).url == f"{place}#proposals"
    agreement = Agreement.objects.get(source="intervention")
    assert agreement.what == "Ik zit naast Noor"
    assert reverse("cases:agreement-page", args=[agreement.uuid]) in text_of(client.get(place))


def test_two_people_in_one_phase_see_both_texts(run: Run) -> None:
    made, client = begin(run), signed_in(run.actor)
    record = phase(made, "review_target")
    place = url_of(made, "phase", record.uuid)
    seen = client.get(place).context["form"]["seen"].value()
    save_phase(run.scene.teacher, record, {"better": "Speelt weer mee"}, now=NOW)
    answer = client.post(place, {"better": "Lacht weer", "seen": seen, "action": "save"})
    assert answer.status_code == 409
    assert "Speelt weer mee" in text_of(answer)
    assert phase(made, "review_target").answer("better") == "Speelt weer mee"


# ── group, rounds and ends ───────────────────────────────────────────────────
def test_group_is_chosen_on_one_page(run: Run) -> None:
    made, client = begin(run), signed_in(run.actor)
    place = url_of(made, "group")
    page = client.get(place)
    assert "Noor" not in [field.label for field in page.context["form"]]
    one, other = run.pupils[:2]
    sent = {str(one.uuid): "difficult", str(other.uuid): "friend", f"{other.uuid}-declined": "on"}
    assert client.post(place, sent).url == url_of(made, "page")
    found = {(m.pupil, m.function, m.declined) for m in made.members.all()}
    assert found == {(one, "difficult", False), (other, "friend", True)}
    assert client.get(place).context["form"].initial[str(one.uuid)] == "difficult"


def test_group_that_a_colleague_changed_meanwhile_keeps_both(run: Run) -> None:
    made, client = begin(run), signed_in(run.actor)
    place = url_of(made, "group")
    seen = client.get(place).context["form"]["seen"].value()
    fill_group(run, made, 1)
    one, other = run.pupils[:2]
    assert client.post(place, {str(other.uuid): "friend", "seen": seen}).status_code == 302
    assert {m.pupil for m in made.members.all()} == {one, other}
    clash = {str(one.uuid): "friend", str(other.uuid): "friend", "seen": seen}
    assert client.post(place, clash).status_code == 409


def test_another_round_has_a_button(run: Run) -> None:
    made = begin_freely(run, "restorative_circle", "proactive_circle")
    hold_up_to(run, made, "none", MONDAY)
    client = signed_in(run.scene.teacher)
    assert client.get(url_of(made, "page")).context["page"].loops
    client.post(url_of(made, "round"), {"first": "proactive_circle"})
    assert phase(made, "proactive_circle", 2)
    assert text_of(client.get(url_of(made, "page"))).count("ronde 2") == 1


def test_circle_of_the_whole_class_has_no_group_and_its_own_purpose(run: Run) -> None:
    free = begin_freely(run, "restorative_circle", "proactive_circle")
    page = text_of(signed_in(run.scene.teacher).get(url_of(free, "page")))
    assert str(free.way.purpose) in page
    assert 'id="group"' not in page
    about_a_pupil = text_of(signed_in(run.actor).get(url_of(begin(run), "page")))
    assert str(free.definition.purpose) not in page
    assert 'id="group"' in about_a_pupil


def test_stopping_takes_the_facilitator_out(run: Run) -> None:
    made, client = begin(run), signed_in(run.scene.colleague)
    assert client.post(url_of(made, "stop"), {"reason": ""}).status_code == 422
    answer = client.post(url_of(made, "stop"), {"reason": "De leerling wil niet meer."})
    assert answer.url == "/"
    assert client.get(url_of(made, "page")).status_code == 404
    page = text_of(signed_in(run.actor).get(url_of(made, "page")))
    assert "De leerling wil niet meer." in page


def test_what_is_over_is_read_and_not_written(run: Run) -> None:
    made, client = begin(run), signed_in(run.actor)
    client.post(url_of(made, "stop"), {"reason": "Het past niet."})
    for record in made.phases.all():
        page = text_of(client.get(url_of(made, "phase", record.uuid)))
        assert 'name="action" value="hold"' not in page


# ── who gets in ──────────────────────────────────────────────────────────────
def test_outsider_gets_404_everywhere(run: Run) -> None:
    made = begin(run)
    free = begin_freely(run, "restorative_circle", "proactive_circle")
    outsider = signed_in(make_person(Role.TEACHER, run.scene.school, first_name="Ander"))
    for place in [*places_of(made), *places_of(free)]:
        assert outsider.get(place).status_code == 404, place
        assert outsider.post(place).status_code == 404, place
    assert outsider.get(reverse("interventions:new")).status_code == 404


def test_who_only_reads_along_sees_the_phases_and_writes_nothing(run: Run) -> None:
    made = begin(run)
    decide(run, method="no_blame", facilitator=str(run.scene.teacher.uuid))
    other = begin(run, "no_blame")
    client = signed_in(run.scene.colleague)  # facilitates the first, reads along in the second
    record = phase(other, "talk_with_target")
    assert client.get(url_of(other, "page")).status_code == 200
    page = text_of(client.get(url_of(other, "phase", record.uuid)))
    assert 'name="action" value="hold"' not in page
    for place in (url_of(other, "phase", record.uuid), url_of(other, "stop")):
        assert client.post(place).status_code == 404
    assert client.get(url_of(other, "group")).status_code == 404
    assert client.get(url_of(made, "group")).status_code == 200


def test_intervention_of_another_case_is_not_found_here(run: Run) -> None:
    made = begin(run)
    other = Case.objects.create(school=run.scene.school, opened_at=NOW, status="active")
    place = reverse("interventions:case-page", args=[other.uuid, made.uuid])
    assert signed_in(run.actor).get(place).status_code == 404


def test_a_circle_in_peacetime_goes_by_its_own_name(run: Run) -> None:
    made = begin_freely(run, "restorative_circle", "proactive_circle")
    client = signed_in(run.scene.teacher)
    for place in ("/interventions/", f"/interventions/{made.uuid}/", "/"):
        shown = text_of(client.get(place))
        assert "Proactieve cirkel" in shown
        assert "HERGO" not in shown
