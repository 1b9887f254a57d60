"""The access page: who sees a case and why, sharing it, taking it back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.urls import reverse

from cases.access import Who, rules_on
from cases.ceilings import Level
from cases.models import Case
from cases.services.sharing import share_case
from cases.tests.scene import Scene
from pestzorg.testing.builders import NOW, make_agreement, make_person, make_school
from pestzorg.testing.clients import signed_in
from schools.models import User
from schools.roles import Role


@pytest.fixture(autouse=True)
def _now(at: Callable[[datetime], None]) -> None:
    at(NOW)


def access(case: Case) -> str:
    return reverse("cases:access", args=[case.uuid])


def take_back(case: Case, user: User) -> str:
    return reverse("cases:take-back", args=[case.uuid, user.uuid])


def share(user: User, level: str = "view", **values: Any) -> dict[str, Any]:
    return {"colleague": str(user.uuid), "level": level, **values}


def test_page_lists_everybody_with_their_part(scene: Scene) -> None:
    page = signed_in(scene.teacher).get(access(scene.case))
    seen = {r.seer.user: (r.seer.level, r.is_handler, r.is_lead) for r in page.context["readers"]}
    assert seen == {
        scene.coordinator: (Level.MANAGE, True, False),
        scene.teacher: (Level.CONTRIBUTE, False, True),
        scene.principal: (Level.HEADER, False, False),
    }


def test_list_of_readers_agrees_with_what_each_of_them_may_do(scene: Scene) -> None:
    share_case(scene.coordinator, scene.case, scene.colleague, Level.VIEW, now=NOW)
    make_person(Role.DPO, scene.school)
    make_person(Role.SCHOOL_ADMIN, scene.school)
    page = signed_in(scene.coordinator).get(access(scene.case))
    listed = {r.seer.user for r in page.context["readers"]}
    may = {u for u in User.objects.all() if "R13" in rules_on(Who(u, NOW), scene.case)}
    assert listed == may


@pytest.mark.parametrize(
    ("level", "rule"), [("view", "R14"), ("contribute", "R24"), ("manage", "R27")]
)
def test_shared_colleague_gets_that_level(scene: Scene, level: str, rule: str) -> None:
    answer = signed_in(scene.coordinator).post(access(scene.case), share(scene.colleague, level))
    assert answer.url == access(scene.case)
    assert rule in rules_on(Who(scene.colleague, NOW), scene.case)


def test_last_day_counts_until_its_end(scene: Scene) -> None:
    sent = share(scene.colleague, valid_until="2025-11-05")
    signed_in(scene.coordinator).post(access(scene.case), sent)
    evening = datetime(2025, 11, 5, 22, 0, tzinfo=NOW.tzinfo)  # eleven o'clock at school
    assert rules_on(Who(scene.colleague, evening), scene.case)
    assert not rules_on(Who(scene.colleague, evening + timedelta(hours=2)), scene.case)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"colleague": ""}, "colleague"),
        ({"level": "everything"}, "level"),
        ({"valid_until": "2025-10-01"}, "valid_until"),
    ],
)
def test_mistake_stands_at_its_field(scene: Scene, wrong: dict[str, str], field: str) -> None:
    sent = share(scene.colleague) | wrong
    answer = signed_in(scene.coordinator).post(access(scene.case), sent)
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert not rules_on(Who(scene.colleague, NOW), scene.case)


@pytest.mark.parametrize("who", ["coordinator", "teacher", "elsewhere"])
def test_oneself_the_lead_and_outsiders_are_not_offered(scene: Scene, who: str) -> None:
    elsewhere = make_person(Role.TEACHER, make_school("Zuid", "zuid"))
    person = elsewhere if who == "elsewhere" else getattr(scene, who)
    answer = signed_in(scene.coordinator).post(access(scene.case), share(person))
    assert answer.status_code == 422
    assert "colleague" in answer.context["form"].errors


def test_taking_back_ends_it_at_once(scene: Scene) -> None:
    share_case(scene.coordinator, scene.case, scene.colleague, Level.VIEW, now=NOW)
    answer = signed_in(scene.coordinator).post(take_back(scene.case, scene.colleague))
    assert answer.url == access(scene.case)
    assert signed_in(scene.colleague).get(access(scene.case)).status_code == 404


def test_handler_and_lead_keep_their_access(scene: Scene) -> None:
    client = signed_in(scene.coordinator)
    for person in (scene.coordinator, scene.teacher):
        client.post(take_back(scene.case, person))
        assert rules_on(Who(person, NOW), scene.case)


def test_role_access_cannot_be_taken_back(scene: Scene) -> None:
    client = signed_in(scene.coordinator)
    assert client.post(take_back(scene.case, scene.principal)).status_code == 404


def test_contributor_sees_the_list_but_shares_nothing(scene: Scene) -> None:
    share_case(scene.coordinator, scene.case, scene.colleague, Level.VIEW, now=NOW)
    client = signed_in(scene.teacher)
    assert client.get(access(scene.case)).status_code == 200
    assert client.post(access(scene.case), share(scene.counsellor)).status_code == 404
    assert client.post(take_back(scene.case, scene.colleague)).status_code == 404
    assert rules_on(Who(scene.colleague, NOW), scene.case)


def test_taking_back_takes_no_get(scene: Scene) -> None:
    share_case(scene.coordinator, scene.case, scene.colleague, Level.VIEW, now=NOW)
    client = signed_in(scene.coordinator)
    assert client.get(take_back(scene.case, scene.colleague)).status_code == 405


def test_task_is_named_as_the_reason(scene: Scene) -> None:
    make_agreement(scene.coordinator, scene.case, owner_staff=scene.colleague, share_ok=True)
    page = signed_in(scene.coordinator).get(access(scene.case))
    reader = next(r for r in page.context["readers"] if r.seer.user == scene.colleague)
    assert (reader.seer.grant.purpose, reader.may_take_back) == ("task", True)


def extra(scene: Scene, actor: User, person: User, **sent: str) -> Any:
    url = reverse("cases:extra", args=[scene.case.uuid, person.uuid])
    return signed_in(actor).post(url, sent, follow=True)


def test_a_right_beside_the_levels_is_given_and_taken_back(scene: Scene) -> None:
    share_case(scene.coordinator, scene.case, scene.colleague, Level.CONTRIBUTE, now=NOW)
    page = extra(scene, scene.coordinator, scene.colleague, extra="view_reporter", give="1")
    assert "R15" in rules_on(Who(scene.colleague, NOW), scene.case)
    reader = next(r for r in page.context["readers"] if r.seer.user == scene.colleague)
    assert reader.seer.extras == ("view_reporter",)
    extra(scene, scene.coordinator, scene.colleague, extra="view_reporter")
    assert "R15" not in rules_on(Who(scene.colleague, NOW), scene.case)


def test_nobody_gives_a_right_beside_the_levels_that_they_do_not_have(scene: Scene) -> None:
    manager = make_person(Role.TEACHER, scene.school, first_name="Els")
    share_case(scene.coordinator, scene.case, manager, Level.MANAGE, now=NOW)
    share_case(scene.coordinator, scene.case, scene.colleague, Level.CONTRIBUTE, now=NOW)
    for key in ("view_reporter", "manage_case", ""):
        page = extra(scene, manager, scene.colleague, extra=key, give="1")
        assert [message.level_tag for message in page.context["messages"]] == ["error"]
    extra(scene, manager, scene.colleague, extra="export_case", give="1")
    rules = rules_on(Who(scene.colleague, NOW), scene.case)
    assert "R15" not in rules
    assert "R33" in rules


def test_a_right_beside_the_levels_is_for_who_was_given_the_case(scene: Scene) -> None:
    answer = extra(scene, scene.coordinator, scene.colleague, extra="export_case", give="1")
    assert answer.status_code == 404
    assert extra(scene, scene.teacher, scene.teacher, extra="export_case").status_code == 404
    page = extra(scene, scene.coordinator, scene.coordinator, extra="export_case", give="1")
    assert [message.level_tag for message in page.context["messages"]] == ["error"]
