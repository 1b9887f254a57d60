"""Reporting a concern and one's own reports, through the browser's eyes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.urls import reverse

from cases.models import Case, Report
from cases.models.case import CaseStatus
from cases.queries.judging import INDICATORS
from pestzorg.testing.builders import (
    NOW,
    make_class,
    make_person,
    make_pupil,
    make_report,
    make_school,
)
from pestzorg.testing.clients import signed_in
from schools.roles import Role
from schools.services.people import give_role

pytestmark = pytest.mark.django_db
MILD = dict.fromkeys(INDICATORS, "1")
SERIOUS = dict.fromkeys(INDICATORS, "3")


@pytest.fixture
def world(at: Callable[[datetime], None]) -> Any:
    """A school with a teacher of 7A, a coordinator, and pupils in 7A and 7B."""
    at(NOW)

    school = make_school()
    teacher = make_person(Role.TEACHER, school, first_name="Sanne")
    own_class = make_class(school, "7A", teacher)
    return SimpleNamespace(
        school=school,
        teacher=teacher,
        coordinator=make_person(Role.COORDINATOR, school, first_name="Els"),
        own_class=own_class,
        pupil=make_pupil(own_class, "Noor", "Visser"),
        stranger=make_pupil(make_class(school, "7B"), "Noortje", "Aerts"),
    )


def filled(**values: Any) -> dict[str, Any]:
    return {"about": "Noor", "urgency": "this_week", "description": "Eet alleen."} | values


def test_form_asks_four_things_and_names_the_receiver(world: Any) -> None:
    page = signed_in(world.teacher).get(reverse("reports:new"))
    assert [field.name for field in page.context["form"].visible_fields()[:4]] == [
        "about",
        "signs",
        "description",
        "urgency",
    ]
    assert page.context["promise"].receiver == world.coordinator
    assert not page.context["form"].asks_school


def test_report_about_a_chosen_pupil_starts_a_case(world: Any) -> None:
    sent = filled(pupil=str(world.pupil.uuid), signs=["often_alone"], description="Eet alleen.")
    answer = signed_in(world.teacher).post(reverse("reports:new"), sent)
    report = Report.objects.get()
    assert answer.url == reverse("reports:page", args=[report.uuid])
    assert (report.about, report.school_class) == ("Noor Visser", world.own_class)
    assert report.case.status == CaseStatus.REPORTED


def test_typed_text_is_enough(world: Any) -> None:
    signed_in(world.teacher).post(reverse("reports:new"), filled(about="klas 7A"))
    report = Report.objects.get()
    assert (report.about, report.pupil) == ("klas 7A", None)


def test_sending_the_same_form_twice_makes_one_report(world: Any) -> None:
    client, sent = signed_in(world.teacher), filled(once="a1b2")
    answers = [client.post(reverse("reports:new"), sent) for _time in range(2)]
    assert Report.objects.count() == Case.objects.count() == 1
    assert answers[0].url == answers[1].url


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"about": ""}, "about"),
        ({"urgency": "later"}, "urgency"),
        ({"signs": ["nonsense"]}, "signs"),
        ({"description": "x" * 2001}, "description"),
        ({"pupil": "not-a-uuid"}, "pupil"),
    ],
)
def test_mistake_comes_back_with_everything_typed(
    world: Any, wrong: dict[str, Any], field: str
) -> None:
    sent = filled(**wrong)
    answer = signed_in(world.teacher).post(reverse("reports:new"), sent)
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert answer.context["form"]["description"].value() == sent["description"]
    assert not Report.objects.exists()


def test_a_name_typed_after_another_pupil_was_chosen_is_asked_about_and_not_dropped(
    world: Any,
) -> None:
    sent = filled(about="Tom", pupil=str(world.pupil.uuid))
    answer = signed_in(world.teacher).post(reverse("reports:new"), sent)
    form = answer.context["form"]
    assert (answer.status_code, list(form.errors)) == (422, ["about"])
    assert (form["about"].value(), form.chosen.name) == ("Tom", "Noor Visser")
    assert not Report.objects.exists()
    looked_up = signed_in(world.teacher).post(reverse("reports:pupils"), sent)
    assert looked_up.context["form"].chosen is None
    for typed in ("noor", "Visser, Noor", "no", "Noor V"):
        looked_up = signed_in(world.teacher).post(
            reverse("reports:pupils"), sent | {"about": typed}
        )
        assert looked_up.context["form"].chosen.name == "Noor Visser"


def test_lookup_finds_own_pupils_only(world: Any) -> None:
    answer = signed_in(world.teacher).post(reverse("reports:pupils"), {"about": "noo"})
    assert [hit.name for hit in answer.context["form"].hits] == ["Noor Visser"]
    assert "7A" in answer.content.decode()


def test_coordinator_finds_every_pupil_of_the_school(world: Any) -> None:
    answer = signed_in(world.coordinator).post(reverse("reports:pupils"), {"about": "noo"})
    assert len(answer.context["form"].hits) == 2


def test_first_hit_is_never_chosen_beforehand(world: Any) -> None:
    answer = signed_in(world.teacher).post(reverse("reports:pupils"), {"about": "noor"})
    assert answer.context["form"].chosen is None


def test_lookup_takes_no_name_in_the_address(world: Any) -> None:
    answer = signed_in(world.teacher).get(reverse("reports:pupils"), {"about": "Noor"})
    assert answer.status_code == 405


def test_search_button_works_without_script_and_keeps_what_was_typed(world: Any) -> None:
    sent = filled(search="1", description="Eet alleen.", signs=["often_alone"])
    answer = signed_in(world.teacher).post(reverse("reports:new"), sent)
    form = answer.context["form"]
    assert answer.status_code == 200
    assert [hit.name for hit in form.hits] == ["Noor Visser"]
    assert (form["description"].value(), form["signs"].value()) == ("Eet alleen.", ["often_alone"])
    assert not Report.objects.exists()


def test_pupil_of_another_class_is_refused(world: Any) -> None:
    sent = filled(pupil=str(world.stranger.uuid))
    answer = signed_in(world.teacher).post(reverse("reports:new"), sent)
    assert answer.status_code == 422
    assert "pupil" in answer.context["form"].errors


def test_school_is_asked_only_when_nothing_tells_it(world: Any) -> None:
    other = make_school("Zuid", "zuid")
    give_role(None, world.teacher, Role.TEACHER, now=NOW - timedelta(days=1), school=other)
    client = signed_in(world.teacher)
    refused = client.post(reverse("reports:new"), filled())
    assert refused.status_code == 422
    assert list(refused.context["form"].errors) == ["school"]
    assert refused.context["form"].asks_school
    client.post(reverse("reports:new"), filled(school=str(other.uuid)))
    client.post(reverse("reports:new"), filled(pupil=str(world.pupil.uuid)))
    assert [r.school for r in Report.objects.order_by("pk")] == [other, world.school]


@pytest.mark.parametrize("role", [Role.SCHOOL_ADMIN, Role.BOARD_VIEWER])
def test_who_does_not_work_with_pupils_gets_404(world: Any, role: Role) -> None:
    client = signed_in(make_person(role, world.school))
    assert client.get(reverse("reports:new")).status_code == 404
    assert client.post(reverse("reports:new"), filled()).status_code == 404
    assert client.post(reverse("reports:pupils"), {"about": "Noor"}).status_code == 404
    assert not Report.objects.exists()


def test_reporter_sees_the_state_and_nothing_of_the_case(world: Any) -> None:
    report = make_report(world.teacher, world.school, world.pupil)
    client = signed_in(world.teacher)
    page = client.get(reverse("reports:page", args=[report.uuid]))
    assert report.case.reference in page.content.decode()
    assert client.get(reverse("cases:page", args=[report.case.uuid])).status_code == 404
    assert list(client.get(reverse("reports:list")).context["page"]) == [report]


def test_report_of_somebody_else_is_404(world: Any) -> None:
    report = make_report(world.coordinator, world.school, world.pupil)
    client = signed_in(world.teacher)
    for name in ("reports:page", "reports:take-on"):
        assert client.get(reverse(name, args=[report.uuid])).status_code == 404
    assert not client.get(reverse("reports:list")).context["page"].object_list


def test_reporter_who_left_the_school_gets_404(world: Any, at: Callable[[datetime], None]) -> None:
    report = make_report(world.teacher, world.school, world.pupil)
    world.teacher.memberships.get().roles.update(valid_until=NOW)
    page = signed_in(world.teacher).get(reverse("reports:page", args=[report.uuid]))
    assert page.status_code == 404


def test_class_teacher_takes_on_a_mild_report(world: Any) -> None:
    report = make_report(world.teacher, world.school, world.pupil)
    client = signed_in(world.teacher)
    url = reverse("reports:take-on", args=[report.uuid])
    assert client.get(url).status_code == 200
    answer = client.post(url, MILD)
    report.case.refresh_from_db()
    assert answer.url == reverse("conversation:overview", args=[report.case.uuid])
    assert (report.case.status, report.case.handler) == (CaseStatus.ACTIVE, world.teacher)


def test_serious_report_stays_with_the_coordinator(world: Any) -> None:
    report = make_report(world.teacher, world.school, world.pupil)
    answer = signed_in(world.teacher).post(reverse("reports:take-on", args=[report.uuid]), SERIOUS)
    report.case.refresh_from_db()
    assert answer.url == reverse("reports:page", args=[report.uuid])
    assert (report.case.status, report.case.severity) == (CaseStatus.REPORTED, None)


def test_the_coordinator_reads_and_finds_filled_in_what_the_class_teacher_answered(
    world: Any,
) -> None:
    report = make_report(world.teacher, world.school, world.pupil)
    told = {**MILD, "red_flags": ["weapon"]}
    url = reverse("reports:take-on", args=[report.uuid])
    page = signed_in(world.teacher).post(url, told, follow=True).content.decode()
    assert "Je coördinator neemt dit op zich" in page
    assert reverse("reports:take-on", args=[report.uuid]) not in page
    client = signed_in(world.coordinator)
    page = client.get(reverse("cases:page", args=[report.case.uuid])).content.decode()
    assert "Alarmsignalen: Wapen" in page
    client.post(
        reverse("cases:begin", args=[report.case.uuid]), {"handler": str(world.coordinator.uuid)}
    )
    form = client.get(reverse("cases:assess", args=[report.case.uuid])).context["form"]
    assert form["red_flags"].value() == ["weapon"]
    assert form["power"].value() == MILD["power"]


def test_unanswered_indicator_stands_at_its_question(world: Any) -> None:
    report = make_report(world.teacher, world.school, world.pupil)
    sent = {key: value for key, value in MILD.items() if key != "reach"}
    answer = signed_in(world.teacher).post(reverse("reports:take-on", args=[report.uuid]), sent)
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["reach"]
    assert answer.context["form"]["power"].value() == "1"


def test_coordinator_cannot_take_on_as_class_teacher(world: Any) -> None:
    report = make_report(world.coordinator, world.school, world.pupil)
    client = signed_in(world.coordinator)
    page = client.get(reverse("reports:page", args=[report.uuid]))
    assert not page.context["may_take_on"]
    assert client.get(reverse("reports:take-on", args=[report.uuid])).status_code == 404


@pytest.mark.parametrize(
    ("urgency", "hours", "day", "is_today"),
    [
        ("this_week", 0, 4, False),
        ("today", 0, 3, True),
        ("now", 0, 3, True),
        ("now", 8, 4, False),
        ("this_week", 24 * 4, 10, False),
    ],
)
def test_promise_keeps_to_school_days(
    world: Any, at: Callable[[datetime], None], urgency: str, hours: int, day: int, is_today: bool
) -> None:
    report = make_report(
        world.teacher, world.school, now=NOW + timedelta(hours=hours), urgency=urgency
    )
    at(NOW + timedelta(hours=hours))
    promise = signed_in(world.teacher).get(reverse("reports:page", args=[report.uuid]))
    shown = promise.context["promise"]
    assert (shown.answer_on.day, shown.is_today) == (day, is_today)
