"""Closing a case on the pages: what is missing and where to mend it, the proposal, the decision, the signature."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from cases.ceilings import Level
from cases.models import Closing
from cases.queries.closing.state import judged_now
from cases.services.closing import decide_closing
from cases.services.restriction import restrict_case
from cases.services.sharing import share_case
from cases.tests.closable import AGREES, CLOSING_AT, make_closable, propose
from cases.tests.scene import Scene
from pestzorg.posting.models import Draft
from pestzorg.reminders.sources import registry
from pestzorg.testing.builders import NOW, make_agreement, make_person
from pestzorg.testing.clients import signed_in
from schools.roles import Role

YES = {"pupil_agrees": "true", "parents_agree": "yes"}


@pytest.fixture
def ready(scene: Scene, at: Any) -> Scene:
    make_closable(scene)
    at(CLOSING_AT)
    return scene


def path(scene: Scene, rest: str = "closing/") -> str:
    return f"/cases/{scene.case.uuid}/{rest}"


def text(answer: Any) -> str:
    return str(answer.content.decode())


def test_the_case_page_leads_to_closing_once_the_conversation_is_over(ready: Scene) -> None:
    client = signed_in(ready.coordinator)
    assert path(ready) not in text(client.get(path(ready, "")))
    ready.case.conversations.update(status="completed", completed_at=NOW)
    assert path(ready) in text(client.get(path(ready, "")))
    share_case(ready.coordinator, ready.case, ready.colleague, Level.CONTRIBUTE, now=NOW)
    assert path(ready) not in text(signed_in(ready.colleague).get(path(ready, "")))


def test_each_criterion_says_what_is_missing_and_where_to_mend_it(ready: Scene) -> None:
    make_agreement(ready.coordinator, ready.case, NOW)
    shown = text(signed_in(ready.coordinator).get(path(ready)))
    assert f'href="/cases/{ready.case.uuid}/#agreements"' in shown
    assert shown.count("badge is-done") == 6  # all but the agreements, and who agrees


def test_the_page_of_a_decision_judges_once(ready: Scene, monkeypatch: Any) -> None:
    propose(ready)
    judged: list[Any] = []

    def judge(closing: Closing, now: Any) -> list[Any]:
        judged.append(closing)
        return judged_now(closing, now)

    monkeypatch.setattr("cases.web.closing.judged_now", judge)
    assert signed_in(ready.coordinator).get(path(ready, "closing/decide/")).status_code == 200
    assert len(judged) == 1


def test_proposing_and_deciding_brings_the_case_into_aftercare(ready: Scene) -> None:
    client = signed_in(ready.coordinator)
    answer = client.post(path(ready), YES)
    assert (answer.status_code, answer.headers["Location"]) == (302, path(ready, "closing/decide/"))
    assert client.get(path(ready)).headers["Location"] == path(ready, "closing/decide/")
    assert client.get(path(ready, "closing/decide/")).status_code == 200
    answer = client.post(path(ready, "closing/decide/"))
    assert (answer.status_code, answer.headers["Location"]) == (302, path(ready, ""))
    ready.case.refresh_from_db()
    assert ready.case.status == "aftercare"
    assert client.get(path(ready)).headers["Location"] == path(ready, "")


def test_what_is_missing_stands_at_its_question_and_nothing_typed_is_lost(ready: Scene) -> None:
    make_agreement(ready.coordinator, ready.case, NOW)
    client = signed_in(ready.coordinator)
    answer = client.post(path(ready), {"parents_agree": "yes"})
    assert answer.status_code == 422
    assert answer.context["form"].errors.keys() == {"pupil_agrees"}
    answer = client.post(path(ready), YES)
    assert (answer.status_code, answer.context["form"].errors.keys()) == (422, {"note"})
    assert 'value="yes"' in text(answer)
    assert client.post(path(ready), {**YES, "note": "Loopt af."}).status_code == 302


def test_what_goes_on_is_ticked(ready: Scene) -> None:
    agreement = make_agreement(ready.coordinator, ready.case, NOW)
    given = {**YES, "carries_over": str(agreement.uuid)}
    assert signed_in(ready.coordinator).post(path(ready), given).status_code == 302
    closing = ready.case.closings.get()
    assert list(closing.carries_over.all()) == [agreement]
    assert "Bel de ouders" in text(signed_in(ready.coordinator).get(path(ready, "closing/decide/")))


def test_a_draft_of_the_proposal_is_kept(ready: Scene) -> None:
    client = signed_in(ready.coordinator)
    kept = {**YES, "draft": "keep", "who": str(ready.coordinator.uuid), "note": "Half"}
    assert client.post(path(ready), kept).status_code < 400
    assert Draft.objects.filter(place=path(ready)).exists()
    assert not ready.case.closings.exists()


def test_closing_all_the_same_takes_a_reason_that_is_filled_in_from_the_proposal(
    ready: Scene,
) -> None:
    make_agreement(ready.coordinator, ready.case, NOW)
    propose(ready, note="Loopt vanzelf af.")
    client, decide = signed_in(ready.coordinator), path(ready, "closing/decide/")
    assert text(client.get(decide)).count("Loopt vanzelf af.") == 2
    answer = client.post(decide, {"override_reason": ""})
    assert (answer.status_code, answer.context["form"].errors.keys()) == (422, {"override_reason"})
    assert client.post(decide, {"override_reason": "Akkoord."}).status_code == 302


def test_whoever_may_not_decide_sees_who_does(ready: Scene) -> None:
    share_case(ready.coordinator, ready.case, ready.colleague, Level.MANAGE, now=NOW)
    propose(ready)
    client, decide = signed_in(ready.colleague), path(ready, "closing/decide/")
    assert ready.coordinator.full_name in text(client.get(decide))
    assert client.post(decide).status_code == 422
    assert ready.case.closings.get().status == "proposed"


def test_not_now_asks_why_and_the_case_goes_on(ready: Scene) -> None:
    propose(ready)
    client, place = signed_in(ready.coordinator), path(ready, "closing/turn-down/")
    assert client.post(place, {"reason": ""}).status_code == 422
    assert client.post(place, {"reason": "Te vroeg."}).status_code == 302
    assert ready.case.closings.get().status == "turned_down"
    assert client.post(place, {"reason": "Te vroeg."}).headers["Location"] == path(ready)


@pytest.mark.parametrize("level", [Level.VIEW, Level.CONTRIBUTE])
@pytest.mark.parametrize("rest", ["closing/", "closing/decide/"])
def test_who_does_not_manage_the_case_finds_no_closing(
    ready: Scene, level: Level, rest: str
) -> None:
    share_case(ready.coordinator, ready.case, ready.colleague, level, now=NOW)
    assert signed_in(ready.colleague).get(path(ready, rest)).status_code == 404


# ── the signature ────────────────────────────────────────────────────────────
@pytest.fixture
def to_sign(ready: Scene, make_severity: Any) -> Closing:
    make_severity(4)
    return decide_closing(ready.coordinator, propose(ready), now=CLOSING_AT)


SIGN = "closing/sign/"


def test_the_school_leader_signs_on_a_page_without_content(ready: Scene, to_sign: Closing) -> None:
    client = signed_in(ready.principal)
    assert path(ready, SIGN) in text(client.get(path(ready, "")))
    shown = text(client.get(path(ready, SIGN)))
    assert ready.case.reference in shown
    assert "Noor" not in shown
    assert shown.count("badge is-done") == 8
    answer = client.post(path(ready, SIGN), {"action": "sign"})
    assert (answer.status_code, answer.headers["Location"]) == (302, path(ready, ""))
    to_sign.refresh_from_db()
    ready.case.refresh_from_db()
    assert (to_sign.status, to_sign.signed_by, ready.case.status) == (
        "in_force",
        ready.principal,
        "aftercare",
    )


def test_what_the_coordinator_wrote_is_not_on_that_page(ready: Scene, make_severity: Any) -> None:
    make_severity(4)
    make_agreement(ready.coordinator, ready.case, NOW)
    closing = propose(ready, note="Noor wil het zo.")
    decide_closing(ready.coordinator, closing, override_reason="Noor is 10.", now=CLOSING_AT)
    shown = text(signed_in(ready.principal).get(path(ready, SIGN)))
    assert "Noor" not in shown
    assert "badge is-wait" in shown


def test_before_the_decision_there_is_nothing_to_sign(ready: Scene, make_severity: Any) -> None:
    make_severity(4)
    propose(ready)
    client = signed_in(ready.principal)
    assert client.get(path(ready, SIGN)).status_code == 200
    assert client.post(path(ready, SIGN), {"action": "sign"}).status_code == 422
    assert ready.case.closings.get().status == "proposed"


def test_the_school_leader_says_not_now_with_a_reason(ready: Scene, to_sign: Closing) -> None:
    client, gave = signed_in(ready.principal), {"action": "turn_down"}
    assert client.post(path(ready, SIGN), gave).status_code == 422
    assert client.post(path(ready, SIGN), {**gave, "reason": "Wacht."}).status_code == 302
    to_sign.refresh_from_db()
    assert (to_sign.status, to_sign.ended_reason) == ("turned_down", "Wacht.")


def test_nobody_else_finds_that_page(ready: Scene, to_sign: Closing) -> None:
    for person in (ready.coordinator, ready.teacher, ready.colleague):
        assert signed_in(person).get(path(ready, SIGN)).status_code == 404


def test_signing_asks_for_a_fresh_sign_in(ready: Scene, to_sign: Closing, at: Any) -> None:
    client = signed_in(ready.principal)
    at(CLOSING_AT + timedelta(minutes=20))
    answer = client.get(path(ready, SIGN))
    assert answer.status_code == 302
    assert "reauthenticate" in answer.headers["Location"]


def test_of_a_closed_off_case_the_safety_officer_signs_without_seeing_it(
    ready: Scene, make_severity: Any
) -> None:
    case = make_severity(4)
    officer = make_person(Role.SAFETY_OFFICER, ready.school)
    share_case(ready.coordinator, case, ready.colleague, Level.MANAGE, now=NOW)
    restrict_case(ready.coordinator, case, now=NOW)
    case.refresh_from_db()
    decided = decide_closing(ready.colleague, propose(ready), now=CLOSING_AT)
    wanted = registry["closing_signature"].wanted(
        decided.uuid, "needs_attention", CLOSING_AT.date(), CLOSING_AT
    )
    assert wanted is not None
    assert signed_in(ready.principal).get(wanted.path).status_code == 404
    client = signed_in(officer)
    assert client.get(wanted.path).status_code == 200
    assert client.post(wanted.path, {"action": "sign"}).status_code == 302
    case.refresh_from_db()
    assert case.status == "aftercare"


# ── Today and the overview ───────────────────────────────────────────────────
def test_a_proposal_waits_on_today_for_who_decides_and_the_signature_for_who_signs(
    ready: Scene, make_severity: Any
) -> None:
    make_severity(4)
    closing = propose(ready)
    assert path(ready, "closing/decide/") in text(signed_in(ready.coordinator).get("/"))
    leader = signed_in(ready.principal)
    assert path(ready, SIGN) not in text(leader.get("/overview/"))
    decide_closing(ready.coordinator, closing, now=CLOSING_AT)
    shown = text(leader.get("/overview/"))
    assert path(ready, SIGN) in shown
    assert "Noor" not in shown
    assert path(ready, "closing/decide/") not in text(signed_in(ready.coordinator).get("/"))


def test_whoever_answers_nothing_is_told_what_is_asked(ready: Scene) -> None:
    answer = signed_in(ready.coordinator).post(path(ready), {})
    assert answer.context["form"].errors.keys() == {"pupil_agrees", "parents_agree"}
    assert AGREES.keys() == answer.context["form"].errors.keys()
    # Told once above the page, and once at each question.
    assert text(answer).count("data-error-summary") == 1
