"""A held talk says what comes next; step 9 has a second mark; and who wanted nobody is asked once more."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from cases.ceilings import Level
from cases.models import FollowUpTalk
from cases.models.step_record import StepStatus
from cases.queries.fulfilment import Fulfilment, fulfilment
from cases.services import items
from cases.services.conversations import begin_sitting, start_conversation, step_records
from cases.services.sharing import share_case
from cases.services.steps import save_step, skip_step
from cases.services.talks import plan_follow_up, record_talk
from cases.tests.finishing import involve, save
from cases.tests.scene import Scene
from pestzorg.errors import RuleBroken
from pestzorg.testing.builders import NOW, make_agreement, make_talk

TOMORROW = NOW + timedelta(days=1)
SAID: dict[str, Any] = {"progress": "same", "new_incident": False, "safety_score": 5}
PARENT: dict[str, Any] = {"with_role": "parent", "with_participant": None, "with_name": "Karin"}
FRIDAY = datetime(2025, 11, 7, 10, 30, tzinfo=NOW.tzinfo)


def hold(scene: Scene, talk: FollowUpTalk, **outcome: Any) -> FollowUpTalk:
    return record_talk(scene.teacher, talk, status="held", now=TOMORROW, **{**SAID, **outcome})


def problems(scene: Scene, talk: FollowUpTalk, **outcome: Any) -> list[tuple[str | None, str]]:
    with pytest.raises(RuleBroken) as refused:
        hold(scene, talk, **outcome)
    talk.refresh_from_db()
    assert talk.status == "planned"
    return [(p.field, p.code) for p in refused.value.problems]


# ── the next talk ────────────────────────────────────────────────────────────
def test_a_held_talk_says_when_the_next_one_is(scene: Scene) -> None:
    talk = make_talk(scene.teacher, scene.case, purposes=["progress"])
    assert problems(scene, talk) == [("next_talk_at", "required")]
    hold(scene, talk, next_talk_at=FRIDAY)
    following = scene.case.talks.get(status="planned")
    assert (following.planned_at, following.with_participant, following.conductor) == (
        FRIDAY,
        scene.case.target,
        scene.teacher,
    )
    assert following.purposes == ["progress"]


def test_the_next_talk_is_on_a_school_day_to_come(scene: Scene) -> None:
    talk = make_talk(scene.teacher, scene.case)
    saturday = FRIDAY + timedelta(days=1)
    assert problems(scene, talk, next_talk_at=saturday) == [("next_talk_at", "no_school")]
    assert problems(scene, talk, next_talk_at=NOW) == [("next_talk_at", "past")]


@pytest.mark.parametrize("person", [{}, PARENT])
def test_a_next_talk_with_the_same_person_that_is_planned_already_is_enough(
    scene: Scene, person: dict[str, Any]
) -> None:
    talk = make_talk(scene.teacher, scene.case, **person)
    other = PARENT if not person else {}
    make_talk(scene.teacher, scene.case, planned_at=FRIDAY, **other)
    assert problems(scene, talk) == [("next_talk_at", "required")]
    make_talk(scene.teacher, scene.case, planned_at=FRIDAY, **person)
    assert hold(scene, talk).next_talk_at is None


def test_a_talk_before_this_one_comes_not_next(scene: Scene) -> None:
    make_talk(scene.teacher, scene.case, planned_at=TOMORROW + timedelta(hours=1))
    later = make_talk(scene.teacher, scene.case, planned_at=FRIDAY)
    assert problems(scene, later) == [("next_talk_at", "required")]


def test_a_talk_that_closes_needs_no_next_one(scene: Scene) -> None:
    closing = make_talk(scene.teacher, scene.case, purposes=["closure"])
    assert hold(scene, closing).status == "held"


def test_that_no_talk_is_needed_is_said_and_not_both(scene: Scene) -> None:
    talk = make_talk(scene.teacher, scene.case)
    both = {"next_talk_at": FRIDAY, "no_next_talk": True}
    assert problems(scene, talk, **both) == [("no_next_talk", "both")]
    hold(scene, talk, no_next_talk=True)
    assert scene.case.talks.count() == 1


def test_who_only_reads_along_writes_down_how_it_went_and_plans_nothing(
    scene: Scene, at: Any
) -> None:
    share_case(scene.coordinator, scene.case, scene.colleague, Level.VIEW, now=NOW)
    talk = make_talk(scene.teacher, scene.case, conductor=scene.colleague, **PARENT)
    at(TOMORROW)
    client = Client()
    client.force_login(scene.colleague)
    url = reverse("cases:talk-page", args=[talk.uuid])
    assert "next_talk_at" not in client.get(url).content.decode()
    sent = {"status": "held", "progress": "same", "new_incident": "false"}
    client.post(url, {**sent, "next_talk_at": "2025-11-07T10:30"})
    assert [t.status for t in scene.case.talks.all()] == ["held"]


def test_agreements_that_were_gone_through_stand_with_the_talk(scene: Scene, at: Any) -> None:
    agreement = make_agreement(scene.teacher, scene.case, what="Nieuwe plattegrond maken")
    talk = make_talk(scene.teacher, scene.case)
    at(TOMORROW)
    client = Client()
    client.force_login(scene.teacher)
    url = reverse("cases:talk-page", args=[talk.uuid])
    with translation.override("nl"):
        assert "Marit de Vries: Nieuwe plattegrond maken" in client.get(url).content.decode()
        sent = {"status": "held", "progress": "same", "new_incident": "false", "safety_score": "5"}
        client.post(
            url, {**sent, "no_next_talk": "on", "agreements_reviewed": [str(agreement.uuid)]}
        )
        assert list(talk.agreements_reviewed.all()) == [agreement]
        page = client.get(url).content.decode()
    assert "Afspraken die jullie nakeken" in page
    assert "Er is geen ander gesprek nodig" in page


# ── somebody who helps, asked once more ──────────────────────────────────────
@pytest.fixture
def without_help(begun: Scene) -> Scene:
    """The pupil wanted nobody to help."""
    skip_step(begun.teacher, begun.step(10), "pupil_declined", now=NOW, note="Nu liever niet.")
    return begun


def test_the_first_talk_with_the_pupil_asks_again_and_the_second_does_not(
    without_help: Scene,
) -> None:
    scene = without_help
    first = make_talk(scene.teacher, scene.case)
    second = make_talk(scene.teacher, scene.case, planned_at=FRIDAY)
    assert problems(scene, first) == [("support_asked_again", "required")]
    hold(scene, first, support_asked_again="still_not")
    assert scene.step(10).status == StepStatus.SKIPPED
    hold(scene, second, no_next_talk=True)


def test_a_pupil_who_wants_somebody_after_all_opens_step_ten_again(without_help: Scene) -> None:
    scene = without_help
    hold(scene, make_talk(scene.teacher, scene.case), no_next_talk=True, support_asked_again="yes")
    record = scene.step(10)
    assert record.status == StepStatus.REOPENED
    assert record.versions.get().skip_note == "Nu liever niet."


def test_a_pupils_yes_opens_the_own_step_ten_also_beside_a_newer_conversation(
    without_help: Scene,
) -> None:
    scene, own = without_help, without_help.step(10)
    newer = start_conversation(
        scene.coordinator, scene.case, lead=scene.teacher, target_name="Bo", now=NOW
    )
    begin_sitting(scene.teacher, newer, now=NOW)
    left_out = step_records(newer)[9]
    newer.step_records.filter(step=1).update(status=StepStatus.DONE)
    skip_step(scene.teacher, left_out, "pupil_declined", now=NOW, note="Bo wil niemand.")
    hold(scene, make_talk(scene.teacher, scene.case), no_next_talk=True, support_asked_again="yes")
    own.refresh_from_db()
    left_out.refresh_from_db()
    assert (own.status, left_out.status) == (StepStatus.REOPENED, StepStatus.SKIPPED)


def test_only_the_pupil_is_asked_and_only_when_step_ten_was_left_out(without_help: Scene) -> None:
    scene = without_help
    hold(scene, make_talk(scene.teacher, scene.case, **PARENT), no_next_talk=True)
    items.put_support_person(
        scene.teacher, scene.conversation, None, now=NOW, name="Mila",
        relationship="older_pupil", tasks=["listen"], answer="accepted",
    )  # fmt: skip
    hold(scene, make_talk(scene.teacher, scene.case), no_next_talk=True)


# ── the second mark of step 9 ────────────────────────────────────────────────
def mark(scene: Scene) -> Fulfilment:
    with translation.override("nl"):
        return fulfilment(scene.step(9))


def talk_with(scene: Scene, **outcome: Any) -> None:
    person = outcome.pop("person", {})
    talk = plan_follow_up(
        scene.teacher, scene.case, now=NOW, conductor=scene.teacher, planned_at=TOMORROW,
        purposes=["progress"], **(person or {"with_role": "target", "with_participant": scene.case.target}),
    )  # fmt: skip
    hold(scene, talk, no_next_talk=True, **outcome)


def test_step_nine_is_fulfilled_once_everybody_was_talked_with(begun: Scene) -> None:
    lieke = involve(begun, "alleged_bully")
    items.put_participant(begun.teacher, begun.case, None, now=NOW, name="Bo", role="outsider")
    assert mark(begun).waiting == ["Noor", "Lieke", "de ouders"]
    make_talk(begun.teacher, begun.case)
    assert mark(begun).waiting == ["Noor", "Lieke", "de ouders"]
    talk_with(begun)
    talk_with(begun, person=PARENT)
    found = mark(begun)
    assert (found.talked, found.waiting) == (["Noor", "de ouders"], ["Lieke"])
    assert not found.is_fulfilled
    talk_with(begun, person={"with_role": "alleged_bully", "with_participant": lieke})
    assert mark(begun).is_fulfilled


def test_a_reason_stands_for_a_talk(begun: Scene) -> None:
    talk_with(begun)
    involve(begun, "alleged_bully", without_talk="unknown")
    assert mark(begun).waiting == ["de ouders"]
    save(begun, 9, parents_without_talk="Moeder belt zelf.")
    assert mark(begun).is_fulfilled


def test_progress_that_nobody_named_is_still_to_be_congratulated(begun: Scene) -> None:
    save(begun, 9, parents_without_talk="Moeder belt zelf.")
    better = {"progress": "better", "progress_examples": "Ze speelt weer mee."}
    talk_with(begun, **better, congratulated=False)
    found = mark(begun)
    assert (found.to_congratulate, found.is_fulfilled) == (["Noor"], False)
    talk_with(begun, **better, congratulated=True)
    assert mark(begun).is_fulfilled


def test_a_missed_talk_fulfils_nothing(begun: Scene) -> None:
    save(begun, 9, parents_without_talk="Moeder belt zelf.")
    talk = make_talk(begun.teacher, begun.case)
    record_talk(begun.teacher, talk, status="no_show", now=TOMORROW)
    assert mark(begun).waiting == ["Noor"]


def test_the_overview_and_step_nine_say_how_far_the_first_round_is(begun: Scene, at: Any) -> None:
    at(NOW)
    involve(begun, "alleged_bully")
    client = Client()
    client.force_login(begun.teacher)
    overview = reverse("conversation:overview", args=[begun.case.uuid])
    assert client.get(overview).context["first_round"] is None
    make_talk(begun.teacher, begun.case)
    step = reverse("conversation:step", args=[begun.case.uuid, 9])
    with translation.override("nl"):
        for page in (overview, step):
            assert "Nog te spreken: Noor, Lieke, de ouders." in client.get(page).content.decode()


def test_the_first_round_is_not_told_to_who_may_not_read_step_nine(begun: Scene, at: Any) -> None:
    at(NOW)
    make_talk(begun.teacher, begun.case)
    share_case(begun.coordinator, begun.case, begun.colleague, Level.VIEW, now=NOW)
    save_step(begun.teacher, begun.step(9), {}, now=NOW, visibility="handler_only")
    overview = reverse("conversation:overview", args=[begun.case.uuid])
    for person, tells in ((begun.teacher, True), (begun.colleague, False)):
        client = Client()
        client.force_login(person)
        assert bool(client.get(overview).context["first_round"]) is tells
