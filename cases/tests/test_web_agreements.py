"""Agreements through pages: making, changing, ticking off, and who may."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cases.access import Who, rules_on
from cases.ceilings import Level
from cases.models import Agreement, SupportPerson
from cases.services.agreements import settle_agreement
from cases.services.items import put_participant, put_support_person
from cases.services.sharing import share_case
from cases.tests.scene import Scene
from cases.web.agreement_days import day_choices
from cases.web.agreement_forms import AgreementForm
from pestzorg.testing.builders import NOW, make_agreement, make_person, make_school
from pestzorg.testing.clients import signed_in
from schools.models import User
from schools.queries.calendars import calendar_for
from schools.roles import Role

Status = Agreement.Status
TODAY = NOW.date()


@pytest.fixture(autouse=True)
def _now(at: Callable[[datetime], None]) -> None:
    at(NOW)


def url(name: str, agreement: Agreement) -> str:
    return reverse(f"cases:agreement-{name}", args=[agreement.uuid])


def new_url(scene: Scene) -> str:
    return reverse("cases:agreement-new", args=[scene.case.uuid])


def filled(scene: Scene, **values: Any) -> dict[str, Any]:
    return {
        "what": "Belt de ouders van Noor",
        "owner": "me",
        "when": "2025-11-04",
        "responsible_staff": str(scene.teacher.uuid),
    } | values


# ── making ───────────────────────────────────────────────────────────────────
def test_who_may_read_it_is_chosen_on_the_form_and_kept(scene: Scene) -> None:
    client = signed_in(scene.teacher)
    client.post(new_url(scene), filled(scene, visibility=["parents", "pupil"]))
    agreement = Agreement.objects.get()
    assert agreement.visibility == ["parents", "pupil"]
    form = client.get(url("edit", agreement)).context["form"]
    assert form["visibility"].value() == ["parents", "pupil"]
    assert form.has_more
    client.post(url("edit", agreement), filled(scene, visibility=["class_teacher"]))
    agreement.refresh_from_db()
    assert agreement.visibility == ["class_teacher"]
    wrong = filled(scene, visibility=["neighbours"])
    assert client.post(new_url(scene), wrong).status_code == 422


def test_agreement_of_mine_with_a_tapped_day(scene: Scene) -> None:
    answer = signed_in(scene.teacher).post(new_url(scene), filled(scene))
    agreement = scene.case.agreements.get()
    assert answer.url == reverse("cases:page", args=[scene.case.uuid]) + "#agreements"
    assert (agreement.owner_staff, agreement.deadline) == (scene.teacher, date(2025, 11, 4))
    assert agreement.responsible_staff == scene.teacher


def test_every_kind_of_owner_can_be_named(scene: Scene) -> None:
    other = put_participant(scene.teacher, scene.case, None, now=NOW, name="Lotte", role="defender")
    helper = put_support_person(
        scene.teacher,
        scene.conversation,
        None,
        now=NOW,
        name="Oma",
        relationship="grandparent",
        tasks=["listen"],
        answer=SupportPerson.Answer.ACCEPTED,
    )
    expected = {
        "target": ("target", "Noor"),
        f"staff:{scene.coordinator.uuid}": ("staff", scene.coordinator.full_name),
        "parent": ("parent", "Mama"),
        f"participant:{other.uuid}": ("pupil_other", "Lotte"),
        f"support:{helper.uuid}": ("support_person", "Oma"),
        "class": ("class", "7A"),
        "external": ("external", "Mama"),
    }
    client = signed_in(scene.teacher)
    for owner in expected:
        client.post(new_url(scene), filled(scene, owner=owner, owner_name="Mama"))
    made = [(a.owner_type, a.owner) for a in scene.case.agreements.order_by("pk")]
    assert made == list(expected.values())


def test_agreement_without_end_asks_when_to_look_back(scene: Scene) -> None:
    sent = filled(scene, when="", review_on="2025-11-17")
    signed_in(scene.teacher).post(new_url(scene), sent)
    agreement = scene.case.agreements.get()
    assert (agreement.standing, agreement.review_on) == (True, date(2025, 11, 17))


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"what": ""}, "what"),
        ({"what": "x" * 201}, "what"),
        ({"owner": ""}, "owner"),
        ({"owner": "participant:nobody"}, "owner"),
        ({"owner": "parent"}, "owner_name"),
        ({"owner": "staff"}, "owner_staff"),
        ({"when": ""}, "deadline"),
        ({"when": "", "deadline": "2025-11-01"}, "deadline"),
        ({"when": "", "deadline": "2031-11-01"}, "deadline"),
        ({"deadline": "2025-11-10"}, "deadline"),
        ({"when": "", "review_on": "2025-11-01"}, "review_on"),
        ({"responsible_staff": ""}, "responsible_staff"),
    ],
)
def test_mistake_stands_at_its_field_and_keeps_the_rest(
    scene: Scene, wrong: dict[str, str], field: str
) -> None:
    sent = filled(scene, check_how="Ik vraag het na") | wrong
    answer = signed_in(scene.teacher).post(new_url(scene), sent)
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert answer.context["form"]["check_how"].value() == "Ik vraag het na"
    assert answer.context["form"]["what"].value() == sent["what"]
    assert not scene.case.agreements.exists()


def test_colleague_who_cannot_see_the_case_is_shared_with_only_when_asked(scene: Scene) -> None:
    client, colleague = signed_in(scene.teacher), scene.colleague
    sent = filled(scene, owner="staff", owner_staff=str(colleague.uuid))
    first = client.post(new_url(scene), sent)
    assert first.status_code == 422
    assert list(first.context["form"].errors) == ["share_ok"]
    assert not first.context["form"]["share_ok"].is_hidden
    client.post(new_url(scene), sent | {"share_ok": "on"})
    assert scene.case.agreements.get().owner_staff == colleague
    assert "R14" in rules_on(Who(colleague, NOW), scene.case)


def test_moved_day_and_holiday_are_told(scene: Scene) -> None:
    saturday = filled(scene, when="", deadline="2025-11-08")
    answer = signed_in(scene.teacher).post(new_url(scene), saturday, follow=True)
    assert len(answer.context["messages"]) == 2
    after_christmas = filled(scene, when="", deadline="2026-01-05")
    answer = signed_in(scene.teacher).post(new_url(scene), after_christmas, follow=True)
    assert [message.level_tag for message in answer.context["messages"]] == ["success", "warning"]


@pytest.mark.parametrize(
    ("today", "days"),
    [
        (date(2025, 11, 3), ["2025-11-03", "2025-11-04", "2025-11-07", "2025-11-10", ""]),
        (date(2025, 11, 7), ["2025-11-07", "2025-11-10", "2025-11-14", ""]),
        (date(2025, 11, 8), ["2025-11-10", "2025-11-14", "2025-11-17", ""]),
        (date(2025, 12, 18), ["2025-12-18", "2025-12-19", "2026-01-05", ""]),
        (date(2030, 1, 1), [""]),
    ],
)
def test_days_to_tap_are_school_days(scene: Scene, today: date, days: list[str]) -> None:
    noon = datetime.combine(today, NOW.time(), NOW.tzinfo)
    assert [key for key, _label in day_choices(calendar_for(scene.school), noon)] == days


def test_offer_counts_as_filled_in_until_it_is_unticked(scene: Scene) -> None:
    def offer(data: dict[str, str]) -> AgreementForm:
        initial = {"what": "Bewijs bewaren", "deadline": date(2025, 11, 5)}
        return AgreementForm(
            data,
            case=scene.case,
            now=NOW,
            user=scene.teacher,
            initial=initial,
            offer=True,
            prefix="offer",
            use_required_attribute=False,
        )

    asked = {"offer-what": "Bewijs bewaren", "offer-owner": "target"}
    asked |= {"offer-deadline": "2025-11-05", "offer-responsible_staff": str(scene.teacher.uuid)}
    ticked = offer(asked | {"offer-wanted": "on"})
    assert ticked.has_changed()
    assert ticked.is_valid()
    assert ticked.service_values()["deadline"] == date(2025, 11, 5)
    assert not offer(asked).has_changed()


# ── reading and changing ─────────────────────────────────────────────────────
def test_opening_the_page_changes_nothing(scene: Scene) -> None:
    agreement = make_agreement(scene.teacher, scene.case)
    client = signed_in(scene.teacher)
    assert client.get(url("page", agreement)).status_code == 200
    for name in ("settle", "reopen"):
        assert client.get(url(name, agreement)).status_code == 405
    agreement.refresh_from_db()
    assert agreement.status == Status.OPEN


@pytest.mark.parametrize("name", ["page", "settle", "reopen", "edit"])
def test_outsiders_get_404(scene: Scene, name: str) -> None:
    agreement = make_agreement(scene.teacher, scene.case)
    elsewhere = make_person(Role.COORDINATOR, make_school("Zuid", "zuid"))
    superuser = User.objects.create_user("root@example.org", is_superuser=True)
    for person in (scene.colleague, scene.principal, scene.counsellor, elsewhere, superuser):
        client = signed_in(person)
        assert client.get(url(name, agreement)).status_code == 404
        assert client.post(url(name, agreement), {"status": "done"}).status_code == 404
    agreement.refresh_from_db()
    assert agreement.status == Status.OPEN


def test_change_keeps_what_people_asked_for(scene: Scene) -> None:
    agreement = make_agreement(scene.teacher, scene.case, deadline=date(2025, 11, 8))
    client = signed_in(scene.teacher)
    form = client.get(url("edit", agreement)).context["form"]
    assert (form["owner"].value(), form["deadline"].value()) == ("me", date(2025, 11, 10))
    sent = filled(scene, what="Mailt de ouders", when="", deadline="2025-11-10")
    answer = client.post(url("edit", agreement), sent)
    agreement.refresh_from_db()
    assert answer.url == url("page", agreement)
    assert agreement.what == "Mailt de ouders"
    assert (agreement.deadline_asked, agreement.deadline) == (date(2025, 11, 8), date(2025, 11, 10))


def test_late_agreement_can_be_reworded_without_a_new_day(
    scene: Scene, at: Callable[[datetime], None]
) -> None:
    agreement = make_agreement(scene.teacher, scene.case, deadline=date(2025, 11, 8))
    at(NOW + timedelta(days=14))
    sent = filled(scene, what="Mailt de ouders", when="", deadline="2025-11-10")
    signed_in(scene.teacher).post(url("edit", agreement), sent)
    agreement.refresh_from_db()
    assert agreement.what == "Mailt de ouders"


def test_new_day_in_the_past_is_refused_when_changing(
    scene: Scene, at: Callable[[datetime], None]
) -> None:
    agreement = make_agreement(scene.teacher, scene.case)
    at(NOW + timedelta(days=14))
    sent = filled(scene, when="", deadline="2025-11-12")
    answer = signed_in(scene.teacher).post(url("edit", agreement), sent)
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["deadline"]


def test_settled_agreement_is_not_changed(scene: Scene) -> None:
    agreement = make_agreement(scene.teacher, scene.case)
    settle_agreement(scene.teacher, agreement, Status.DONE, now=NOW)
    assert signed_in(scene.teacher).get(url("edit", agreement)).status_code == 404


def test_reader_cannot_make_or_change(scene: Scene) -> None:
    agreement = make_agreement(scene.teacher, scene.case)
    share_case(scene.coordinator, scene.case, scene.colleague, Level.VIEW, now=NOW)
    client = signed_in(scene.colleague)
    assert client.get(url("page", agreement)).status_code == 200
    assert client.post(new_url(scene), filled(scene)).status_code == 404
    assert client.post(url("edit", agreement), filled(scene)).status_code == 404


# ── settling ─────────────────────────────────────────────────────────────────
def test_one_tap_is_done_and_one_tap_is_undone(scene: Scene) -> None:
    agreement = make_agreement(scene.teacher, scene.case)
    client = signed_in(scene.teacher)
    answer = client.post(url("settle", agreement), {"status": "done"})
    agreement.refresh_from_db()
    assert answer.url == url("page", agreement)
    assert (agreement.status, agreement.done_on) == (Status.DONE, TODAY)
    client.post(url("reopen", agreement))
    agreement.refresh_from_db()
    assert (agreement.status, agreement.done_on) == (Status.OPEN, None)


@pytest.mark.parametrize(
    ("wanted", "is_kept"),
    [("/", True), ("https://evil.example/", False), ("//evil.example/", False), ("", False)],
)
def test_tick_goes_back_to_the_list_but_never_elsewhere(
    scene: Scene,
    wanted: str,
    is_kept: bool,
) -> None:
    agreement = make_agreement(scene.teacher, scene.case)
    sent = {"status": "done", "next": wanted}
    answer = signed_in(scene.teacher).post(url("settle", agreement), sent)
    assert answer.url == (wanted if is_kept else url("page", agreement))


def test_tick_in_a_list_comes_back_as_its_row_with_an_undo(scene: Scene) -> None:
    agreement = make_agreement(scene.teacher, scene.case)
    client = signed_in(scene.teacher)
    row = client.post(url("settle", agreement), {"status": "done"}, headers={"HX-Request": "true"})
    body = row.content.decode()
    assert body.strip().startswith("<li")
    assert url("reopen", agreement) in body
    back = client.post(url("reopen", agreement), headers={"HX-Request": "true"})
    assert url("settle", agreement) in back.content.decode()


def test_partly_needs_a_few_words(scene: Scene) -> None:
    agreement = make_agreement(scene.teacher, scene.case)
    client = signed_in(scene.teacher)
    answer = client.post(url("settle", agreement), {"status": "partly"})
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["note"]
    client.post(url("settle", agreement), {"status": "partly", "note": "Alleen moeder"})
    agreement.refresh_from_db()
    assert (agreement.status, agreement.done_note) == (Status.PARTLY, "Alleen moeder")


@pytest.mark.parametrize("status", ["", "open", "carried_over", "nonsense"])
def test_unknown_outcome_is_refused(scene: Scene, status: str) -> None:
    agreement = make_agreement(scene.teacher, scene.case)
    sent = {"status": status, "note": "Nog niet"}
    answer = signed_in(scene.teacher).post(url("settle", agreement), sent)
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["status"]
    assert answer.context["form"]["note"].value() == "Nog niet"


def test_reader_ticks_off_only_what_is_theirs(scene: Scene) -> None:
    share_case(scene.coordinator, scene.case, scene.colleague, Level.VIEW, now=NOW)
    own = make_agreement(scene.teacher, scene.case, owner_staff=scene.colleague)
    other = make_agreement(scene.teacher, scene.case)
    client = signed_in(scene.colleague)
    assert client.post(url("settle", other), {"status": "done"}).status_code == 404
    assert client.post(url("settle", own), {"status": "done"}).status_code == 302
    other.refresh_from_db()
    assert other.status == Status.OPEN


def test_colleague_with_a_task_sees_it_and_leaves_with_it(scene: Scene) -> None:
    task = make_agreement(scene.coordinator, scene.case, owner_staff=scene.colleague, share_ok=True)
    client = signed_in(scene.colleague)
    assert client.get(url("page", task)).context["row"].may_settle
    sent = {"status": "done", "next": url("page", task)}
    assert client.post(url("settle", task), sent).url == reverse("home:today")
    assert client.get(url("page", task)).status_code == 404


def test_reopening_says_who_cannot_see_it_any_more(scene: Scene) -> None:
    task = make_agreement(scene.coordinator, scene.case, owner_staff=scene.colleague, share_ok=True)
    client = signed_in(scene.coordinator)
    assert client.get(url("page", task)).context["shut_out"] == []
    client.post(url("settle", task), {"status": "done"})
    client.post(url("reopen", task))
    body = client.get(url("page", task)).content.decode()
    assert f"{scene.colleague.full_name} kan dit dossier nu niet zien" in body
    assert "Deel het, of kies iemand anders" in body


def test_row_without_access_offers_no_undo(scene: Scene) -> None:
    task = make_agreement(scene.coordinator, scene.case, owner_staff=scene.colleague, share_ok=True)
    headers = {"HX-Request": "true"}
    row = signed_in(scene.colleague).post(url("settle", task), {"status": "done"}, headers=headers)
    assert url("reopen", task) not in row.content.decode()


def test_page_costs_the_same_in_a_case_with_many(scene: Scene) -> None:
    agreement = make_agreement(scene.teacher, scene.case)
    client, counts = signed_in(scene.teacher), []
    for many in (2, 27):
        for _one in range(many):
            make_agreement(scene.teacher, scene.case)
        with CaptureQueriesContext(connection) as queries:
            client.get(url("page", agreement))
        counts.append(len(queries))
    assert counts[0] == counts[1]
