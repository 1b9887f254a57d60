"""Pages that close a case and open it again: exclusions, restriction, emergency access, who reported."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.urls import reverse

from cases.access import Who, can, rules_on
from cases.ceilings import Level
from cases.events import CASE_DENIED
from cases.models import BreakGlass, CaseExclusion
from cases.services.break_glass import break_glass
from cases.services.exclusions import exclude_from_case
from cases.services.restriction import restrict_case
from cases.services.sharing import share_case
from cases.tests.scene import Scene
from pestzorg.audit.models import AuditEvent
from pestzorg.testing.builders import NOW, make_person, make_school
from pestzorg.testing.clients import signed_in
from schools.models import User
from schools.roles import Role

REASON = "Noor is niet thuisgekomen en de politie belt."


@pytest.fixture(autouse=True)
def _now(at: Callable[[datetime], None]) -> None:
    at(NOW)


def url(name: str, scene: Scene) -> str:
    return reverse(f"cases:{name}", args=[scene.case.uuid])


def second(scene: Scene, role: Role) -> User:
    return make_person(role, scene.school, first_name="Fleur")


# ── excluding ────────────────────────────────────────────────────────────────
def test_a_colleague_is_excluded_and_listed(scene: Scene) -> None:
    client = signed_in(scene.coordinator)
    sent = {"person": str(scene.teacher.uuid), "reason": "family"}
    answer = client.post(url("exclusions", scene), sent, follow=True)
    assert "Marit de Vries" in answer.content.decode()
    assert not rules_on(Who(scene.teacher, NOW), scene.case)


def test_an_empty_form_says_what_is_missing_and_excludes_nobody(scene: Scene) -> None:
    answer = signed_in(scene.coordinator).post(url("exclusions", scene), {})
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"person", "reason"}
    assert not CaseExclusion.objects.exists()


def test_the_data_protection_officer_can_be_kept_out_of_the_log_too(scene: Scene) -> None:
    officer = make_person(Role.DPO, scene.school, first_name="Dirk")
    assert signed_in(officer).get(url("looks", scene)).status_code == 200
    sent = {"person": str(officer.uuid), "reason": "family"}
    assert signed_in(scene.coordinator).post(url("exclusions", scene), sent).status_code == 302
    assert signed_in(officer).get(url("looks", scene)).status_code == 404


def test_who_is_out_already_is_not_offered_again_here_nor_elsewhere(scene: Scene) -> None:
    exclude_from_case(scene.coordinator, scene.case, scene.colleague, reason="family", now=NOW)
    client, key = signed_in(scene.coordinator), str(scene.colleague.uuid)
    for page, field in (("exclusions", "person"), ("access", "colleague")):
        form = client.get(url(page, scene)).context["form"]
        assert key not in dict(form.fields[field].choices)


def test_two_people_let_somebody_in_again(scene: Scene) -> None:
    exclude_from_case(scene.coordinator, scene.case, scene.teacher, reason="family", now=NOW)
    first, sent = signed_in(scene.coordinator), {"person": str(scene.teacher.uuid)}
    for _again in range(2):
        first.post(url("lift-exclusion", scene), sent)
    (row,) = first.get(url("exclusions", scene)).context["rows"]
    assert row.asked_by == scene.coordinator
    assert not rules_on(Who(scene.teacher, NOW), scene.case)
    signed_in(scene.counsellor).post(url("lift-exclusion", scene), sent)
    assert can(Who(scene.teacher, NOW), "R17", scene.case)


@pytest.mark.parametrize("person", ["", "x", "6f1f0a1e-0000-4000-8000-000000000000"])
def test_lifting_what_is_not_there_tells_so(scene: Scene, person: str) -> None:
    answer = signed_in(scene.coordinator).post(
        url("lift-exclusion", scene), {"person": person}, follow=True
    )
    assert [m.level_tag for m in answer.context["messages"]] == ["error"]


def test_who_excludes_oneself_ends_at_the_list(scene: Scene) -> None:
    second(scene, Role.COORDINATOR)
    sent = {"person": str(scene.coordinator.uuid), "reason": "family"}
    answer = signed_in(scene.coordinator).post(url("exclusions", scene), sent)
    assert answer.headers["Location"] == reverse("cases:list")


@pytest.mark.parametrize("page", ["exclusions", "restrict", "emergency", "open-up", "reporter"])
def test_others_find_no_such_page(scene: Scene, page: str) -> None:
    for person in (scene.colleague, make_person(Role.COORDINATOR, make_school("A", "a"))):
        assert signed_in(person).get(url(page, scene)).status_code == 404


# ── the counsellor's way ─────────────────────────────────────────────────────
def test_counsellor_comes_by_code_and_sees_no_header(scene: Scene) -> None:
    client = signed_in(scene.counsellor)
    code = f" {scene.case.reference.lower()} "
    page = client.post(reverse("cases:by-code"), {"code": code}, follow=True)
    text = page.content.decode()
    assert page.redirect_chain[-1][0] == url("exclusions", scene)
    assert f'href="{url("page", scene)}"' not in text
    assert "Noor" not in text
    assert client.get(url("page", scene)).status_code == 404


def test_a_code_of_elsewhere_and_no_code_answer_alike(scene: Scene) -> None:
    client = signed_in(make_person(Role.COUNSELLOR, make_school("De Brug", "de-brug")))
    told = []
    for code in (scene.case.reference, "PZ-2222-22"):
        answer = client.post(reverse("cases:by-code"), {"code": code})
        told.append((answer.status_code, answer.context["form"].errors))
    assert told[0] == told[1]
    assert told[0][0] == 422


def test_a_code_that_opens_nothing_leaves_a_row(scene: Scene) -> None:
    person = make_person(Role.COUNSELLOR, make_school("De Brug", "de-brug"))
    for code in (scene.case.reference, "PZ-2222-22"):
        signed_in(person).post(reverse("cases:by-code"), {"code": code})
    rows = AuditEvent.objects.filter(verb=CASE_DENIED, actor_id=person.pk).order_by("pk")
    assert [row.case_uuid for row in rows] == [scene.case.uuid, None]


def test_the_code_page_is_for_who_acts_unseen(scene: Scene) -> None:
    for person in (scene.teacher, scene.coordinator, scene.principal):
        assert signed_in(person).get(reverse("cases:by-code")).status_code == 404
    assert signed_in(scene.counsellor).get(reverse("cases:by-code")).status_code == 200


# ── restricting ──────────────────────────────────────────────────────────────
def test_restricting_says_first_what_it_does(scene: Scene) -> None:
    client = signed_in(scene.coordinator)
    assert client.get(url("restrict", scene)).status_code == 200
    assert client.post(url("restrict", scene)).headers["Location"] == url("page", scene)
    scene.case.refresh_from_db()
    assert scene.case.restricted


def test_a_coordinator_without_grant_restricts_and_is_out(scene: Scene) -> None:
    client = signed_in(second(scene, Role.COORDINATOR))
    assert client.post(url("restrict", scene)).headers["Location"] == reverse("cases:list")
    assert client.get(url("page", scene)).status_code == 404


def test_two_counsellors_open_a_case_up(scene: Scene) -> None:
    restrict_case(scene.coordinator, scene.case, now=NOW)
    one, two = signed_in(scene.counsellor), signed_in(second(scene, Role.COUNSELLOR))
    one.post(url("open-up", scene))
    assert one.get(url("open-up", scene)).context["waiting"] == scene.counsellor
    one.post(url("open-up", scene))
    scene.case.refresh_from_db()
    assert scene.case.restricted
    two.post(url("open-up", scene))
    scene.case.refresh_from_db()
    assert not scene.case.restricted


def test_restricting_twice_tells_so(scene: Scene) -> None:
    restrict_case(scene.coordinator, scene.case, now=NOW)
    answer = signed_in(scene.coordinator).post(url("restrict", scene), follow=True)
    assert [m.level_tag for m in answer.context["messages"]] == ["error"]


# ── emergency access ─────────────────────────────────────────────────────────
def test_school_leader_opens_from_the_header_and_every_page_says_until_when(scene: Scene) -> None:
    client = signed_in(scene.principal)
    assert url("emergency", scene) in client.get(url("page", scene)).content.decode()
    sent = {"reason_code": "danger", "reason": REASON}
    page = client.post(url("emergency", scene), sent, follow=True)
    assert "Noor" in page.content.decode()
    for name in ("page", "access"):
        assert "14:00" in client.get(url(name, scene)).content.decode()
    assert "14:00" not in client.get(reverse("cases:list")).content.decode()


def test_the_page_closes_again(scene: Scene, at: Callable[[datetime], None]) -> None:
    break_glass(scene.principal, scene.case, reason=REASON, reason_code="danger", now=NOW)
    client = signed_in(scene.principal)
    at(NOW + timedelta(minutes=20))
    assert "Noor" in client.get(url("page", scene)).content.decode()
    at(NOW + timedelta(hours=4))
    client.force_login(scene.principal)
    assert "Noor" not in client.get(url("page", scene)).content.decode()


def test_a_short_reason_comes_back_with_what_was_typed(scene: Scene) -> None:
    sent = {"reason_code": "danger", "reason": "omdat"}
    answer = signed_in(scene.principal).post(url("emergency", scene), sent)
    assert answer.status_code == 422
    assert "omdat" in answer.content.decode()
    assert not BreakGlass.objects.exists()


def test_safety_officer_comes_by_code(scene: Scene) -> None:
    officer = make_person(Role.SAFETY_OFFICER, scene.school)
    restrict_case(scene.coordinator, scene.case, now=NOW)
    client = signed_in(officer)
    page = client.post(reverse("cases:by-code"), {"code": scene.case.reference})
    assert page.headers["Location"] == url("emergency", scene)
    assert "Noor" not in client.get(url("emergency", scene)).content.decode()
    sent = {"reason_code": "danger", "reason": REASON}
    assert "Noor" in client.post(url("emergency", scene), sent, follow=True).content.decode()


def test_managers_read_who_opened_it_and_why(scene: Scene) -> None:
    break_glass(scene.principal, scene.case, reason=REASON, reason_code="danger", now=NOW)
    assert REASON in signed_in(scene.coordinator).get(url("access", scene)).content.decode()
    assert REASON not in signed_in(scene.teacher).get(url("access", scene)).content.decode()


LOG = "/emergency/"


def test_the_log_tells_each_reviewer_what_is_theirs(scene: Scene) -> None:
    break_glass(scene.principal, scene.case, reason=REASON, reason_code="danger", now=NOW)
    officer, viewer = (make_person(role, scene.school) for role in (Role.DPO, Role.BOARD_VIEWER))
    for person in (scene.coordinator, officer):
        text = signed_in(person).get(LOG).content.decode()
        assert REASON in text
        assert scene.case.reference in text
    text = signed_in(viewer).get(LOG).content.decode()
    assert scene.school.name in text
    for hidden in (REASON, scene.case.reference, scene.principal.full_name):
        assert hidden not in text


def test_the_log_of_a_restricted_case_is_for_who_may_know_it(scene: Scene) -> None:
    officer = make_person(Role.SAFETY_OFFICER, scene.school)
    restrict_case(scene.coordinator, scene.case, now=NOW)
    break_glass(officer, scene.case, reason=REASON, reason_code="danger", now=NOW)
    without = second(scene, Role.COORDINATOR)
    assert REASON not in signed_in(without).get(LOG).content.decode()
    assert REASON in signed_in(make_person(Role.DPO, scene.school)).get(LOG).content.decode()


def test_the_log_of_others_is_not_shown_and_exists_for_few(scene: Scene) -> None:
    break_glass(scene.principal, scene.case, reason=REASON, reason_code="danger", now=NOW)
    away = make_school("De Brug", "de-brug")
    for role in (Role.COORDINATOR, Role.DPO):
        assert REASON not in signed_in(make_person(role, away)).get(LOG).content.decode()
    for person in (scene.teacher, scene.principal, scene.counsellor):
        assert signed_in(person).get(LOG).status_code == 404


def test_an_excluded_protection_officer_reads_nothing_of_that_case(scene: Scene) -> None:
    officer = make_person(Role.DPO, scene.school)
    break_glass(scene.principal, scene.case, reason=REASON, reason_code="danger", now=NOW)
    exclude_from_case(scene.coordinator, scene.case, officer, reason="family", now=NOW)
    assert REASON not in signed_in(officer).get(LOG).content.decode()


# ── who reported ─────────────────────────────────────────────────────────────
def test_who_reported_is_shown_to_who_may_know(scene: Scene) -> None:
    share_case(scene.coordinator, scene.case, scene.colleague, Level.MANAGE, now=NOW)
    assert signed_in(scene.colleague).get(url("reporter", scene)).status_code == 404
    text = signed_in(second(scene, Role.COORDINATOR)).get(url("reporter", scene)).content.decode()
    assert scene.case.report.reporter.full_name in text


def test_today_and_the_overview_tell_managers_for_a_week(
    scene: Scene, at: Callable[[datetime], None]
) -> None:
    break_glass(scene.principal, scene.case, reason=REASON, reason_code="danger", now=NOW)
    for path, person in (
        (reverse("home:today"), scene.coordinator),
        (reverse("home:overview"), scene.coordinator),
    ):
        assert scene.principal.full_name in signed_in(person).get(path).content.decode()
    at(NOW + timedelta(days=8))
    assert not signed_in(scene.coordinator).get(reverse("home:today")).context["openings"]


def test_boards_find_their_pages_at_the_start(scene: Scene) -> None:
    for role, path in ((Role.DPO, LOG), (Role.SAFETY_OFFICER, reverse("cases:by-code"))):
        text = (
            signed_in(make_person(role, scene.school)).get(reverse("home:landing")).content.decode()
        )
        assert f'href="{path}"' in text
    text = (
        signed_in(make_person(Role.SCHOOL_ADMIN, scene.school))
        .get(reverse("home:landing"))
        .content.decode()
    )
    assert LOG not in text
