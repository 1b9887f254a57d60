"""Going on after a while: what was said, and an assessment first when something new happened or safety dropped."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from cases.ceilings import Level
from cases.models import Sitting, StepRecord
from cases.queries.judging import INDICATORS
from cases.queries.resuming import review_needed
from cases.services.conversations import (
    begin_sitting,
    complete_conversation,
    end_sitting,
    step_records,
)
from cases.services.severity import reassess_severity
from cases.services.sharing import share_case
from cases.services.steps import complete_step, save_step, skip_step
from cases.services.talks import record_talk
from cases.tests.finishing import full
from cases.tests.scene import Scene
from pestzorg.errors import RuleBroken
from pestzorg.testing.builders import NOW, make_agreement, make_talk

ENDED, LATER = NOW + timedelta(minutes=25), NOW + timedelta(days=1)
CALM = {"safety_score": 5, "new_incident": False, "still_agrees": True}


@pytest.fixture
def talked(scene: Scene) -> Scene:
    """One sitting was held, and at its end the pupil gave a five."""
    sitting = begin_sitting(scene.teacher, scene.conversation, now=NOW)
    end_sitting(
        scene.teacher,
        sitting,
        now=ENDED,
        ended_because="time",
        recap_read_aloud=True,
        next_contact_at=LATER,
        safety_score=5,
        handover_note="Begin bij stap 5.",
    )
    return scene


def resume(scene: Scene, **answers: Any) -> Sitting:
    return begin_sitting(scene.teacher, scene.conversation, now=LATER, **CALM | answers)


def assess(scene: Scene, now: Any = LATER + timedelta(minutes=3)) -> None:
    points = dict.fromkeys(INDICATORS, 1)
    reassess_severity(scene.teacher, scene.case, points, [], now=now)


def praise(scene: Scene) -> StepRecord:
    """Step 5 with everything it asks, saved."""
    return save_step(scene.teacher, scene.step(5), full(scene, 5), now=LATER)


# ── when ─────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("answers", "asked"),
    [
        ({}, False),
        ({"safety_score": 4}, False),
        ({"safety_score": 3}, True),
        ({"safety_score": 9}, False),
        ({"new_incident": True}, True),
        ({"still_agrees": False}, False),
    ],
)
def test_something_new_or_a_drop_of_two_asks_for_an_assessment(
    talked: Scene, answers: dict[str, Any], asked: bool
) -> None:
    assert resume(talked, **answers).review_asked is asked
    assert review_needed(talked.conversation) is asked


def test_a_first_sitting_asks_for_none(scene: Scene) -> None:
    begin_sitting(scene.teacher, scene.conversation, now=NOW, safety_score=0)
    assert not review_needed(scene.conversation)


def test_without_an_earlier_grade_nothing_dropped(scene: Scene) -> None:
    sitting = begin_sitting(scene.teacher, scene.conversation, now=NOW)
    Sitting.objects.filter(pk=sitting.pk).update(ended_at=ENDED)
    assert resume(scene, safety_score=0).review_asked is False


def test_the_last_grade_may_come_from_a_follow_up_talk(talked: Scene) -> None:
    talk = make_talk(talked.teacher, talked.case, planned_at=NOW + timedelta(hours=3))
    held = {"safety_score": 7, "progress": "same", "new_incident": False, "no_next_talk": True}
    record_talk(talked.teacher, talk, status="held", now=NOW + timedelta(hours=3), **held)
    assert resume(talked, safety_score=5).review_asked is True


def test_a_grade_that_only_the_lead_may_read_counts_all_the_same(talked: Scene) -> None:
    Sitting.objects.update(safety_score_end=None)
    first = save_step(
        talked.teacher, talked.step(1), {"safety_score": 8}, now=NOW, visibility="handler_only"
    )
    assert first.visibility == "handler_only"
    assert resume(talked, safety_score=6).review_asked is True


# ── what it holds up ─────────────────────────────────────────────────────────
@pytest.fixture
def asking(talked: Scene) -> Scene:
    """Something new happened since last time; step 1 was done."""
    step_records(talked.conversation)
    StepRecord.objects.filter(step=1).update(status="done")
    resume(talked, new_incident=True)
    return talked


def test_no_step_is_done_before_somebody_assessed(asking: Scene) -> None:
    record = praise(asking)
    with pytest.raises(RuleBroken) as refused:
        complete_step(asking.teacher, record, now=LATER)
    assert [(p.field, p.code) for p in refused.value.problems] == [(None, "review")]
    assert asking.step(5).status == "in_progress"
    assess(asking)
    complete_step(asking.teacher, asking.step(5), now=LATER)
    assert asking.step(5).status == "done"


def test_an_assessment_from_before_the_talk_does_not_count(asking: Scene) -> None:
    assess(asking, now=LATER - timedelta(minutes=1))
    assert review_needed(asking.conversation)
    assess(asking)
    assert not review_needed(asking.conversation)


def test_a_talk_that_ended_unassessed_still_asks(asking: Scene) -> None:
    Sitting.objects.filter(ended_at=None).update(ended_at=LATER)
    begin_sitting(asking.teacher, asking.conversation, now=LATER + timedelta(hours=1), **CALM)
    assert review_needed(asking.conversation)


def test_a_finished_step_that_is_mended_stays_done(asking: Scene) -> None:
    praise(asking)
    StepRecord.objects.filter(step=5).update(status="done", completed_at=LATER)
    assert praise(asking).status == "done"


def test_no_step_is_left_out_before_somebody_assessed(asking: Scene) -> None:
    left_out = {"reason": "pupil_declined", "note": "Wil niet.", "now": LATER}
    with pytest.raises(RuleBroken) as refused:
        skip_step(asking.teacher, asking.step(10), **left_out)
    assert [(p.field, p.code) for p in refused.value.problems] == [(None, "review")]
    assess(asking)
    skip_step(asking.teacher, asking.step(10), **left_out)
    assert asking.step(10).status == "skipped"


def test_nothing_is_completed_before_somebody_assessed(asking: Scene) -> None:
    StepRecord.objects.update(status="done")
    make_talk(asking.teacher, asking.case, planned_at=LATER + timedelta(days=1))
    with pytest.raises(RuleBroken) as refused:
        complete_conversation(asking.teacher, asking.conversation, now=LATER)
    assert [p.code for p in refused.value.problems] == ["review"]
    assess(asking)
    complete_conversation(asking.teacher, asking.conversation, now=LATER)
    assert asking.conversation.status == "completed"


def test_a_case_that_is_not_assessed_any_more_holds_nothing_up(asking: Scene) -> None:
    asking.case.status = "aftercare"
    asking.case.save(update_fields=["status"])
    assert not review_needed(asking.conversation)


# ── the pages ────────────────────────────────────────────────────────────────
@pytest.fixture
def teacher(client: Client, scene: Scene, at: Any) -> Client:
    at(LATER)
    client.force_login(scene.teacher)
    return client


def url(scene: Scene, tail: str = "") -> str:
    return f"/cases/{scene.case.uuid}/conversation/{tail}"


def test_it_goes_on_at_the_first_step_that_is_not_done(teacher: Client, talked: Scene) -> None:
    step_records(talked.conversation)
    StepRecord.objects.filter(step__in=[1, 2, 3, 4, 6]).update(status="done")
    posted = {"safety_score": "5", "new_incident": "false", "still_agrees": "true"}
    answer = teacher.post(url(talked, "begin/"), posted)
    assert answer.headers["Location"] == url(talked, "5/")


def test_before_asking_the_page_tells_how_it_stood(teacher: Client, talked: Scene) -> None:
    told = {"wishes": "dat het stopt", "not_wishes": "niet voor de klas"}
    save_step(talked.teacher, talked.step(2), told, now=NOW)
    make_agreement(talked.teacher, talked.case, deadline=NOW.date(), what="Bel moeder")
    page = teacher.get(url(talked)).content.decode()
    form = page.index('name="new_incident"')
    for words in ("dat het stopt", "niet voor de klas", "Bel moeder", "moest 3 nov klaar zijn"):
        assert page.index(words) < form
    assert "gaf de leerling voor veiligheid een <b>5</b>" in page
    assert page.index("Begin bij stap 5.") < form


def test_what_happened_is_offered_to_be_written_down(teacher: Client, talked: Scene) -> None:
    resume(talked, new_incident=True)
    page = teacher.get(url(talked, "5/"))
    assert (page.context["notice"].review, page.context["notice"].incident) == (True, True)
    assert f"{url(talked, '2/')}#incidents" in page.content.decode()
    assert f"/cases/{talked.case.uuid}/severity/?next={url(talked, '5/')}" in page.content.decode()
    assess(talked)
    teacher.post(url(talked, "2/"), {"action": "save", "story": "Weer een foto."})
    assert teacher.get(url(talked, "5/")).context["notice"] is None


def test_the_page_saves_and_says_why_it_is_not_done(teacher: Client, asking: Scene) -> None:
    posted = {"action": "done", "praise_words": "Knap dat je het zegt."}
    answer = teacher.post(url(asking, "5/"), posted)
    assert answer.status_code == 422
    assert "Beoordeel eerst opnieuw hoe ernstig het is" in answer.content.decode()
    assert asking.step(5).answer("praise_words") == "Knap dat je het zegt."


def test_who_reads_along_is_not_asked(client: Client, asking: Scene, at: Any) -> None:
    at(LATER)
    share_case(asking.coordinator, asking.case, asking.colleague, Level.VIEW, now=NOW)
    client.force_login(asking.colleague)
    for tail in ("", "5/"):
        assert b"h-notice" not in client.get(url(asking, tail)).content
