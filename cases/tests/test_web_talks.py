"""Follow-up talks through pages: planning, moving, and writing down how it went."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.urls import reverse

from cases.access import Who, rules_on
from cases.ceilings import Level
from cases.models import Case, FollowUpTalk
from cases.services.items import put_participant
from cases.services.sharing import share_case
from cases.services.steps import save_step
from cases.tests.scene import Scene
from pestzorg.testing.builders import NOW, make_person, make_school, make_talk
from pestzorg.testing.clients import signed_in
from schools.models import User
from schools.roles import Role

Status = FollowUpTalk.Status


@pytest.fixture(autouse=True)
def _now(at: Callable[[datetime], None]) -> None:
    at(NOW)


def new_url(scene: Scene) -> str:
    return reverse("cases:talk-new", args=[scene.case.uuid])


def url(name: str, talk: FollowUpTalk) -> str:
    return reverse(f"cases:talk-{name}", args=[talk.uuid])


def planned(scene: Scene, **values: Any) -> dict[str, Any]:
    target = scene.case.participants.get(role="target")
    return {
        "with_whom": f"participant:{target.uuid}",
        "planned_at": "2025-11-10T10:30",
        "conductor": str(scene.teacher.uuid),
        "purposes": ["check_safety"],
    } | values


def held(**values: Any) -> dict[str, Any]:
    return {
        "status": "held",
        "progress": "better",
        "safety_score": "6",
        "new_incident": "false",
        "progress_examples": "Speelt weer mee",
        "congratulated": "true",
        "congratulation_words": "Knap van je",
        "no_next_talk": "on",
    } | values


# ── planning and moving ──────────────────────────────────────────────────────
def test_talk_is_planned_at_the_clock_of_the_school(scene: Scene) -> None:
    answer = signed_in(scene.teacher).post(new_url(scene), planned(scene))
    talk = scene.case.talks.get()
    assert answer.url == reverse("cases:page", args=[scene.case.uuid]) + "#talks"
    assert talk.planned_at.astimezone(scene.school.zone).hour == 10
    assert (talk.with_role, talk.with_whom, talk.conductor) == ("target", "Noor", scene.teacher)


def test_talk_with_others_is_named(scene: Scene) -> None:
    other = put_participant(scene.teacher, scene.case, None, now=NOW, name="Daan", role="assistant")
    expected = {
        f"participant:{other.uuid}": ("assistant", "Daan"),
        "parent": ("parent", "Mama"),
        "class_teacher": ("class_teacher", "Mama"),
        "class": ("class", "7A"),
    }
    client = signed_in(scene.teacher)
    for with_whom in expected:
        client.post(new_url(scene), planned(scene, with_whom=with_whom, with_name="Mama"))
    made = [(talk.with_role, talk.with_whom) for talk in scene.case.talks.order_by("pk")]
    assert made == list(expected.values())


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"with_whom": ""}, "with_whom"),
        ({"with_whom": "parent"}, "with_name"),
        ({"planned_at": ""}, "planned_at"),
        ({"planned_at": "tomorrow"}, "planned_at"),
        ({"planned_at": "2025-11-03T09:59"}, "planned_at"),
        ({"planned_at": "2025-11-08T10:00"}, "planned_at"),
        ({"conductor": ""}, "conductor"),
        ({"purposes": ["nonsense"]}, "purposes"),
    ],
)
def test_mistake_stands_at_its_field_and_keeps_the_rest(
    scene: Scene, wrong: dict[str, Any], field: str
) -> None:
    sent = planned(scene, with_whom="class_teacher", with_name="Juf Anouk") | wrong
    if field == "with_name":
        sent["with_name"] = ""
    answer = signed_in(scene.teacher).post(new_url(scene), sent)
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert answer.context["form"]["with_name"].value() == sent["with_name"]
    assert answer.context["form"]["planned_at"].value() == sent["planned_at"]
    assert not scene.case.talks.exists()


def test_colleague_who_cannot_see_the_case_is_shared_with_only_when_asked(scene: Scene) -> None:
    client, sent = signed_in(scene.teacher), planned(scene, conductor=str(scene.colleague.uuid))
    assert list(client.post(new_url(scene), sent).context["form"].errors) == ["share_ok"]
    client.post(new_url(scene), sent | {"share_ok": "on"})
    assert "R14" in rules_on(Who(scene.colleague, NOW), scene.case)


def test_talk_is_moved_and_given_to_somebody_else(scene: Scene) -> None:
    talk = make_talk(scene.teacher, scene.case)
    sent = {"planned_at": "2025-11-12T09:00", "conductor": str(scene.coordinator.uuid)}
    answer = signed_in(scene.teacher).post(url("move", talk), sent)
    talk.refresh_from_db()
    assert answer.url == url("page", talk)
    assert (talk.planned_at.day, talk.conductor) == (12, scene.coordinator)


def test_talk_is_not_moved_to_a_day_without_school(scene: Scene) -> None:
    talk = make_talk(scene.teacher, scene.case)
    sent = {"planned_at": "2025-12-25T09:00", "conductor": str(scene.teacher.uuid)}
    answer = signed_in(scene.teacher).post(url("move", talk), sent)
    before = talk.planned_at
    talk.refresh_from_db()
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["planned_at"]
    assert talk.planned_at == before


# ── how it went ──────────────────────────────────────────────────────────────
def test_held_talk_keeps_how_it_went(scene: Scene) -> None:
    talk = make_talk(scene.teacher, scene.case)
    answer = signed_in(scene.teacher).post(url("page", talk), held())
    talk.refresh_from_db()
    assert answer.url == url("page", talk)
    assert (talk.status, talk.safety_score, talk.held_on) == (Status.HELD, 6, NOW.date())
    assert (talk.new_incident, talk.congratulated) == (False, True)
    body = signed_in(scene.teacher).get(answer.url).content.decode()
    assert "Speelt weer mee" in body


def test_something_new_leads_on_to_what_happened_and_how_serious_it_is(scene: Scene) -> None:
    talk = make_talk(scene.teacher, scene.case)
    client = signed_in(scene.teacher)
    body = client.post(url("page", talk), held(new_incident="true"), follow=True).content.decode()
    told = reverse("conversation:step", args=[scene.case.uuid, 2]) + "#incidents"
    severity = reverse("cases:severity", args=[scene.case.uuid])
    assert told in body
    assert severity in body
    Case.objects.filter(pk=scene.case.pk).update(status="aftercare")
    body = signed_in(scene.coordinator).get(url("page", talk)).content.decode()
    assert severity not in body
    assert reverse("cases:reopen", args=[scene.case.uuid]) in body


def test_next_talk_against_a_wish_is_asked_about_where_it_is_planned(scene: Scene) -> None:
    talk = make_talk(
        scene.teacher, scene.case, with_role="parent", with_name="Moeder", with_participant=None
    )
    wish = {"not_wishes": "Niet aan mijn ouders vertellen."}
    save_step(scene.teacher, scene.step(2), wish, now=NOW)
    again = held(next_talk_at="2025-11-17T10:30", no_next_talk="")
    answer = signed_in(scene.teacher).post(url("page", talk), again)
    form = answer.context["form"]
    assert (answer.status_code, list(form.errors)) == (422, ["wish_reason"])
    assert not form["wish_reason"].is_hidden
    reason = {"wish_reason": "Moeder vroeg er zelf om."}
    assert signed_in(scene.teacher).post(url("page", talk), again | reason).status_code == 302
    assert scene.case.talks.get(status="planned").wish_reason == "Moeder vroeg er zelf om."


def test_grade_of_nought_is_an_answer(scene: Scene) -> None:
    talk = make_talk(scene.teacher, scene.case)
    signed_in(scene.teacher).post(url("page", talk), held(safety_score="0"))
    talk.refresh_from_db()
    assert talk.safety_score == 0


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"status": ""}, "status"),
        ({"progress": ""}, "progress"),
        ({"safety_score": ""}, "safety_score"),
        ({"safety_score": "11"}, "safety_score"),
        ({"new_incident": ""}, "new_incident"),
        ({"progress_examples": ""}, "progress_examples"),
        ({"congratulated": ""}, "congratulated"),
        ({"congratulation_words": "x" * 501}, "congratulation_words"),
    ],
)
def test_missing_answer_stands_at_its_question(
    scene: Scene, wrong: dict[str, str], field: str
) -> None:
    talk = make_talk(scene.teacher, scene.case)
    answer = signed_in(scene.teacher).post(url("page", talk), held(note="Fijn gesprek") | wrong)
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert answer.context["form"]["note"].value() == "Fijn gesprek"
    talk.refresh_from_db()
    assert talk.status == Status.PLANNED


def test_others_are_not_asked_how_safe_they_feel(scene: Scene) -> None:
    talk = make_talk(
        scene.teacher, scene.case, with_participant=None, with_name="Mama", with_role="parent"
    )
    client = signed_in(scene.teacher)
    assert "safety_score" not in client.get(url("page", talk)).context["form"].fields
    assert client.post(url("page", talk), held()).status_code == 302


def test_talk_that_did_not_happen_needs_nothing_more(scene: Scene) -> None:
    talk = make_talk(scene.teacher, scene.case)
    signed_in(scene.teacher).post(url("page", talk), {"status": "no_show"})
    talk.refresh_from_db()
    assert (talk.status, talk.held_on) == (Status.NO_SHOW, None)


def test_talk_is_written_down_once(scene: Scene) -> None:
    talk = make_talk(scene.teacher, scene.case)
    client = signed_in(scene.teacher)
    client.post(url("page", talk), held())
    client.post(url("page", talk), {"status": "cancelled"})
    talk.refresh_from_db()
    assert talk.status == Status.HELD
    assert client.get(url("move", talk)).status_code == 404


def test_reader_writes_down_only_the_own_talk(scene: Scene) -> None:
    share_case(scene.coordinator, scene.case, scene.colleague, Level.VIEW, now=NOW)
    own, other = make_talk(scene.colleague, scene.case), make_talk(scene.teacher, scene.case)
    client = signed_in(scene.colleague)
    assert client.get(url("page", other)).status_code == 200
    assert client.post(url("page", other), held()).status_code == 404
    assert client.post(url("page", own), held()).status_code == 302
    assert client.post(url("move", other)).status_code == 404


def test_colleague_with_the_talk_alone_leaves_with_it(scene: Scene) -> None:
    talk = make_talk(scene.coordinator, scene.case, conductor=scene.colleague, share_ok=True)
    client = signed_in(scene.colleague)
    assert client.get(url("page", talk)).context["may_record"]
    assert client.post(url("page", talk), held()).url == reverse("home:today")
    assert client.get(url("page", talk)).status_code == 404


@pytest.mark.parametrize("name", ["page", "move"])
def test_outsiders_get_404(scene: Scene, name: str) -> None:
    talk = make_talk(scene.teacher, scene.case)
    elsewhere = make_person(Role.COORDINATOR, make_school("Zuid", "zuid"))
    superuser = User.objects.create_user("root@example.org", is_superuser=True)
    for person in (scene.colleague, scene.principal, scene.counsellor, elsewhere, superuser):
        client = signed_in(person)
        assert client.get(url(name, talk)).status_code == 404
        assert client.post(url(name, talk), held()).status_code == 404


def test_talk_whose_moment_passed_is_still_to_be_written_down(
    scene: Scene, at: Callable[[datetime], None]
) -> None:
    talk = make_talk(scene.teacher, scene.case)
    at(NOW + timedelta(days=3))
    page = signed_in(scene.teacher).get(reverse("cases:page", args=[scene.case.uuid]))
    assert page.context["page"].planned_talks == [talk]
    assert signed_in(scene.teacher).post(url("page", talk), held()).status_code == 302
