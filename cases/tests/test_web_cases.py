"""The list of cases, the page of a case and the way from report to conversation."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import ObjectDoesNotExist
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cases.ceilings import Level
from cases.models import Case
from cases.models.case import CaseStatus
from cases.queries.judging import INDICATORS
from cases.services.assessing import begin_assessing
from cases.services.sharing import share_case
from cases.services.steps import save_step
from cases.tests.scene import Scene
from pestzorg.testing.builders import (
    NOW,
    make_agreement,
    make_case_active,
    make_person,
    make_pupil,
    make_report,
    make_school,
    make_talk,
)
from pestzorg.testing.clients import signed_in
from schools.models import User
from schools.roles import Role

ANSWERS = dict.fromkeys(INDICATORS, "1")


@pytest.fixture(autouse=True)
def _now(at: Callable[[datetime], None]) -> None:
    at(NOW)


def url(name: str, case: Case) -> str:
    return reverse(f"cases:{name}", args=[case.uuid])


def titles(page: Any) -> list[str]:
    return [row.title for _state, rows in page.context["list"].groups for row in rows]


def reported(scene: Scene) -> Case:
    pupil = make_pupil(scene.school_class, "Lotte")
    return make_report(scene.coordinator, scene.school, pupil, signs=["often_alone"]).case


# ── the list ─────────────────────────────────────────────────────────────────
def test_list_groups_by_state_in_the_order_of_a_case(scene: Scene) -> None:
    reported(scene)
    page = signed_in(scene.coordinator).get(reverse("cases:list"))
    states = [rows[0].status for _state, rows in page.context["list"].groups]
    assert states == [CaseStatus.REPORTED, CaseStatus.ACTIVE]
    assert titles(page) == ["Lotte Visser", "Noor, 7A"]


def test_list_of_somebody_without_a_grant_is_empty(scene: Scene) -> None:
    page = signed_in(scene.colleague).get(reverse("cases:list"))
    assert (page.status_code, titles(page)) == (200, [])


def test_principal_sees_code_and_state_and_no_name(scene: Scene) -> None:
    page = signed_in(scene.principal).get(reverse("cases:list"))
    assert titles(page) == [scene.case.reference]
    assert "Noor" not in page.content.decode()
    assert ", 7A" not in page.content.decode()


def test_state_chip_narrows_the_list(scene: Scene) -> None:
    reported(scene)
    page = signed_in(scene.coordinator).get(reverse("cases:list"), {"state": "reported"})
    assert titles(page) == ["Lotte Visser"]


@pytest.mark.parametrize(("who", "found"), [("coordinator", 1), ("principal", 0)])
def test_name_is_found_by_those_who_may_read_it(scene: Scene, who: str, found: int) -> None:
    client = signed_in(getattr(scene, who))
    answer = client.post(reverse("cases:list"), {"q": "noo"})
    assert "noo" not in answer.url
    assert len(titles(client.get(answer.url))) == found


def test_everybody_finds_a_code_they_may_see(scene: Scene) -> None:
    client = signed_in(scene.principal)
    sent = {"q": scene.case.reference.lower()}
    assert titles(client.post(reverse("cases:list"), sent, follow=True)) == [scene.case.reference]


def test_a_search_keeps_no_sign_that_a_database_refuses(scene: Scene) -> None:
    client = signed_in(scene.coordinator)
    assert titles(client.post(reverse("cases:list"), {"q": "no\0o"}, follow=True)) == ["Noor, 7A"]
    assert client.session["case_search"] == "noo"


def test_menu_link_forgets_the_search(scene: Scene) -> None:
    client = signed_in(scene.coordinator)
    client.post(reverse("cases:list"), {"q": "nobody"})
    assert titles(client.get(reverse("cases:list"))) == ["Noor, 7A"]


def test_older_link_leads_through_every_case_once(scene: Scene) -> None:
    for minutes in (1, 1, 2, 3):
        for _twice in range(7):
            moment = NOW - timedelta(minutes=minutes)
            make_report(scene.coordinator, scene.school, now=moment)
    client, seen, page_url = signed_in(scene.coordinator), [], reverse("cases:list")
    for _page in range(2):
        page = client.get(page_url)
        seen += [r.pk for _state, rows in page.context["list"].groups for r in rows]
        older = page.context["list"].older
        page_url = f"{reverse('cases:list')}?after={older.uuid}" if older else ""
    assert page_url == ""
    assert sorted(seen) == sorted(Case.objects.values_list("pk", flat=True))


def test_list_costs_the_same_for_many_cases(scene: Scene) -> None:
    client = signed_in(scene.coordinator)
    counts = []
    for names in (["Jip"], ["Daan", "Yusuf", "Bram", "Fleur", "Lotte"]):
        for name in names:
            pupil = make_pupil(scene.school_class, name)
            make_case_active(scene.coordinator, scene.teacher, scene.school, pupil)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            client.get(reverse("cases:list"))
        counts.append(len(queries))
    # the session with its owner and the moment, who that is, the page, and the looks that are written down
    assert counts == [4, 4]


# ── the page ─────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("name", ["page", "assess", "access", "agreement-new", "talk-new"])
def test_outsiders_get_404_on_every_page_of_a_case(scene: Scene, name: str) -> None:
    elsewhere = make_person(Role.COORDINATOR, make_school("Zuid", "zuid"))
    admin = make_person(Role.SCHOOL_ADMIN, scene.school)
    superuser = User.objects.create_user("root@example.org", is_superuser=True, is_staff=True)
    board = make_person(Role.BOARD_VIEWER, scene.school)
    for person in (elsewhere, admin, superuser, board, scene.colleague, scene.counsellor):
        client = signed_in(person)
        assert client.get(url(name, scene.case)).status_code == 404
        assert client.post(url(name, scene.case)).status_code == 404


def test_principal_gets_the_header_only(scene: Scene) -> None:
    make_agreement(scene.coordinator, scene.case)
    client = signed_in(scene.principal)
    page = client.get(url("page", scene.case))
    body = page.content.decode()
    assert scene.case.reference in body
    assert "Noor" not in body
    assert "Bel de ouders" not in body
    for name in ("assess", "access", "agreement-new", "talk-new"):
        assert client.get(url(name, scene.case)).status_code == 404


def test_page_leads_on_to_the_conversation(scene: Scene) -> None:
    page = signed_in(scene.teacher).get(url("page", scene.case))
    assert page.context["page"].next == "conversation"
    assert reverse("conversation:overview", args=[scene.case.uuid]) in page.content.decode()


def test_wishes_of_the_pupil_stay_in_view(scene: Scene) -> None:
    answers = {"wishes": "Dat het stopt", "not_wishes": "Niet in de klas bespreken"}
    save_step(scene.teacher, scene.step(2), answers, now=NOW)
    body = signed_in(scene.teacher).get(url("page", scene.case)).content.decode()
    assert "Dat het stopt" in body
    assert "Niet in de klas bespreken" in body


def test_step_that_is_for_the_lead_alone_is_not_pinned_for_a_reader(scene: Scene) -> None:
    answers = {"not_wishes": "Niet in de klas bespreken"}
    save_step(scene.teacher, scene.step(2), answers, now=NOW, visibility="handler_only")
    share_case(scene.coordinator, scene.case, scene.colleague, Level.VIEW, now=NOW)
    body = signed_in(scene.colleague).get(url("page", scene.case)).content.decode()
    assert "Niet in de klas bespreken" not in body


def test_reader_sees_no_button_that_is_not_theirs(scene: Scene) -> None:
    share_case(scene.coordinator, scene.case, scene.colleague, Level.VIEW, now=NOW)
    body = signed_in(scene.colleague).get(url("page", scene.case)).content.decode()
    assert url("agreement-new", scene.case) not in body
    assert url("talk-new", scene.case) not in body


def test_page_does_not_tell_who_reported(scene: Scene) -> None:
    report = make_report(scene.colleague, scene.school, make_pupil(scene.school_class, "Lotte"))
    body = signed_in(scene.coordinator).get(url("page", report.case)).content.decode()
    history = body[body.index("pz-tl") : body.index("h-team")]
    assert scene.colleague.full_name not in history


def test_looking_at_a_case_writes_nothing(scene: Scene) -> None:
    signed_in(scene.teacher).get(url("page", scene.case))
    assert not scene.conversation.step_records.exists()


def test_grades_of_steps_and_talks_come_in_order(scene: Scene) -> None:
    record = scene.step(1)
    record.completed_at, record.answers = NOW, {"safety_score": 3}
    record.save()
    talk = make_talk(scene.teacher, scene.case)
    talk.status, talk.safety_score, talk.held_on = "held", 6, NOW.date() + timedelta(days=1)
    talk.save()
    page = signed_in(scene.teacher).get(url("page", scene.case))
    assert [score.grade for score in page.context["page"].scores] == [3, 6]
    assert "<svg" in page.content.decode()


def test_page_costs_the_same_for_many_agreements(scene: Scene) -> None:
    client, counts = signed_in(scene.teacher), []
    for many in (3, 27):
        for _one in range(many):
            make_agreement(scene.teacher, scene.case)
            make_talk(scene.teacher, scene.case)
        with CaptureQueriesContext(connection) as queries:
            client.get(url("page", scene.case))
        counts.append(len(queries))
    assert counts[0] == counts[1]
    assert counts[0] < 40


# ── from report to conversation ──────────────────────────────────────────────
def test_coordinator_begins_and_goes_on_to_the_questions(scene: Scene) -> None:
    case = reported(scene)
    client = signed_in(scene.coordinator)
    assert client.get(url("page", case)).context["page"].next == "begin"
    answer = client.post(url("begin", case), {"handler": str(scene.coordinator.uuid)})
    case.refresh_from_db()
    assert answer.url == url("assess", case)
    assert (case.status, case.handler) == (CaseStatus.ASSESSING, scene.coordinator)


def test_coordinator_asks_a_colleague_to_handle_it(scene: Scene) -> None:
    case = reported(scene)
    answer = signed_in(scene.coordinator).post(
        url("begin", case), {"handler": str(scene.colleague.uuid)}
    )
    assert answer.url == url("page", case)
    assert signed_in(scene.colleague).get(url("assess", case)).status_code == 200


def test_somebody_who_cannot_handle_a_case_is_refused(scene: Scene) -> None:
    case = reported(scene)
    answer = signed_in(scene.coordinator).post(
        url("begin", case), {"handler": str(scene.counsellor.uuid)}
    )
    assert answer.status_code == 422
    assert "handler" in answer.context["form"].errors


def test_second_look_at_the_same_report_is_refused(scene: Scene) -> None:
    case = reported(scene)
    client, sent = signed_in(scene.coordinator), {"handler": str(scene.coordinator.uuid)}
    client.post(url("begin", case), sent)
    answer = client.post(url("begin", case), sent)
    assert answer.status_code == 422
    assert answer.context["form"].non_field_errors()


def assessing(scene: Scene) -> Case:
    case = reported(scene)
    return begin_assessing(scene.coordinator, case, scene.coordinator, now=NOW)


def assessment(scene: Scene, case: Case, **values: Any) -> dict[str, Any]:
    pupil = case.report.pupil
    sent = {"about": "Lotte Visser", "pupil": str(pupil.uuid), "lead": str(scene.teacher.uuid)}
    return sent | ANSWERS | values


def test_questions_show_the_report_and_the_reported_pupil(scene: Scene) -> None:
    case = assessing(scene)
    page = signed_in(scene.coordinator).get(url("assess", case))
    assert page.context["form"].chosen.name == "Lotte Visser"
    assert page.context["signs"]


def test_answered_questions_make_the_case_active(scene: Scene) -> None:
    case = assessing(scene)
    answer = signed_in(scene.coordinator).post(url("assess", case), assessment(scene, case))
    case.refresh_from_db()
    assert answer.url == reverse("conversation:overview", args=[case.uuid])
    assert (case.status, case.severity) == (CaseStatus.ACTIVE, 2)
    assert case.conversations.get().lead == scene.teacher


def test_another_name_than_that_of_the_reported_pupil_makes_no_case_about_that_pupil(
    scene: Scene,
) -> None:
    case = assessing(scene)
    client, sent = signed_in(scene.coordinator), assessment(scene, case, about="Tom")
    answer = client.post(url("assess", case), sent)
    case.refresh_from_db()
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["about"])
    assert case.status == CaseStatus.ASSESSING
    assert client.post(url("assess", case), sent | {"search": "1"}).context["form"].chosen is None


def test_pupil_without_a_chip_is_kept_by_name(scene: Scene) -> None:
    case = assessing(scene)
    sent = assessment(scene, case, about="Lotte uit 6", pupil="")
    signed_in(scene.coordinator).post(url("assess", case), sent)
    assert case.participants.get().name == "Lotte uit 6"


@pytest.mark.parametrize("field", ["about", "lead", "impact"])
def test_missing_answer_stands_at_its_field_and_keeps_the_rest(scene: Scene, field: str) -> None:
    case = assessing(scene)
    answer = signed_in(scene.coordinator).post(
        url("assess", case), assessment(scene, case, **{field: ""}, power="3")
    )
    case.refresh_from_db()
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert answer.context["form"]["power"].value() == "3"
    assert case.status == CaseStatus.ASSESSING
    with pytest.raises(ObjectDoesNotExist):
        case.conversations.get()


def test_case_that_is_active_already_is_not_judged_again(scene: Scene) -> None:
    answer = signed_in(scene.coordinator).get(url("assess", scene.case))
    assert answer.url == url("page", scene.case)


def test_lead_who_only_contributes_cannot_judge(scene: Scene) -> None:
    assert signed_in(scene.teacher).get(url("assess", scene.case)).status_code == 404
