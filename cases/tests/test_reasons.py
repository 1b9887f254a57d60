"""Each access is explained in one sentence per way, and a weaker way is not told beside a stronger one."""

from __future__ import annotations

from datetime import timedelta

from django.contrib.auth.models import AnonymousUser
from django.utils.translation import override

from cases.access import Who, who_sees
from cases.ceilings import Level
from cases.queries.emergency import recent_openings, review_log, running_until
from cases.queries.reasons import reasons_of
from cases.services.break_glass import break_glass
from cases.services.restriction import restrict_case
from cases.services.sharing import share_case
from cases.tests.scene import Scene
from pestzorg.testing.builders import NOW, make_agreement
from schools.models import User

REASON = "Noor is niet thuisgekomen en de politie belt."


def told(scene: Scene, person: User) -> list[str]:
    scene.case.refresh_from_db()
    seer = next(s for s in who_sees(scene.case, NOW) if s.user == person)
    with override("en"):
        return reasons_of(seer, scene.case)


def test_coordinator_and_handler_has_two_ways(scene: Scene) -> None:
    by_role, by_name = told(scene, scene.coordinator)
    assert by_role == "Manages the cases of the school as anti-bullying coordinator."
    assert by_name.startswith("Handles the case or leads the conversation; named by Sami")


def test_a_colleague_was_asked_along_until_a_day_or_for_good(scene: Scene) -> None:
    until = NOW + timedelta(days=3)
    share_case(
        scene.coordinator, scene.case, scene.colleague, Level.VIEW, now=NOW, valid_until=until
    )
    (sentence,) = told(scene, scene.colleague)
    assert sentence == "Was asked along by Sami de Vries on 3 November 2025, until 6 November 2025."
    share_case(scene.coordinator, scene.case, scene.colleague, Level.VIEW, now=NOW)
    assert "until" not in told(scene, scene.colleague)[0]


def test_a_task_explains_itself(scene: Scene) -> None:
    make_agreement(scene.coordinator, scene.case, owner_staff=scene.colleague, share_ok=True)
    assert told(scene, scene.colleague)[0].startswith("Has a task in the case since")


def test_school_leader_sees_a_header_reads_by_choice_or_opened_it(scene: Scene) -> None:
    assert told(scene, scene.principal)[0].startswith("Sees as school leader that there is a case")
    break_glass(scene.principal, scene.case, reason=REASON, reason_code="danger", now=NOW)
    (only,) = told(scene, scene.principal)
    assert only.startswith("Emergency access as school leader until")
    scene.school.principal_content = True
    scene.school.save()
    assert any("the school chose so" in sentence for sentence in told(scene, scene.principal))


def test_counsellor_reads_restricted_cases(scene: Scene) -> None:
    counsellor = scene.counsellor
    restrict_case(scene.coordinator, scene.case, now=NOW)
    assert told(scene, counsellor) == [
        "Reads restricted cases of the school as confidential counsellor."
    ]


def test_who_is_not_signed_in_reviews_nothing(scene: Scene) -> None:
    nobody = Who(AnonymousUser(), NOW)
    assert review_log(nobody) == []
    assert not recent_openings(nobody)
    assert running_until(nobody, scene.case) is None
