"""The pupil's grades over time."""

from __future__ import annotations

from datetime import timedelta

import pytest

from cases.models import FollowUpTalk, Sitting
from cases.queries.scores import scores
from cases.services.conversations import step_records
from pestzorg.demo import scenario_a

pytestmark = pytest.mark.django_db


def test_grades_of_one_day_stand_in_the_order_in_which_they_were_asked() -> None:
    a = scenario_a.found_school_a("pestzorg-test")
    conversation = scenario_a.report_and_assess(a)
    scenario_a.first_sitting(a, conversation)
    scenario_a.second_sitting(a, conversation)
    records = step_records(conversation)
    records[6].answers = {**records[6].answers, "safety_score": 7}
    found = scores(conversation, records, [], a.school.zone)
    assert [(score.on.day, score.grade) for score in found] == [(4, 4), (6, 5), (6, 7)]


def test_two_sittings_and_a_talk_of_one_day_keep_their_order() -> None:
    a = scenario_a.found_school_a("pestzorg-test")
    conversation = scenario_a.report_and_assess(a)
    scenario_a.first_sitting(a, conversation)
    first = conversation.sittings.get()
    later = first.started_at + timedelta(hours=1)
    Sitting.objects.create(
        conversation=conversation, number=2, started_at=later, safety_score_start=6
    )
    talk = FollowUpTalk(with_role="target", safety_score=2, held_on=later.date())
    talk.planned_at = first.started_at - timedelta(hours=1)
    found = scores(conversation, step_records(conversation), [talk], a.school.zone)
    assert [score.grade for score in found] == [2, 4, 6]
    talk.planned_at -= timedelta(days=1)
    found = scores(conversation, step_records(conversation), [talk], a.school.zone)
    assert [score.grade for score in found] == [4, 6, 2]
