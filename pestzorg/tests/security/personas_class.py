"""What the permission matrix needs of classes: a thermometer that is open, with a link for one pupil, and own ones."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from interventions.models import AnswerBox, ClassRule, Run
from interventions.services.survey_tokens import make_tokens
from interventions.thermometer.box import empty_box
from interventions.thermometer.questionnaire import FULL, version
from pestzorg.testing.builders import NOW
from schools.models import SchoolClass

SIZE = 8
CLASS_TEACHERS = ("T0", "TV", "TC", "TM")  # each of a class of their own


def open_survey(group: SchoolClass) -> tuple[Run, str]:
    """An open run of a class, as if it had eight pupils, and the secret of one of them."""
    run = Run.objects.create(
        school=group.school,
        school_class=group,
        state=Run.State.OPEN,
        planned_on=NOW.date(),
        opened_on=NOW.date(),
        class_size=SIZE,
        code="123456",
    )
    AnswerBox.objects.create(run=run, answers=empty_box(version(FULL), SIZE))
    secret, *_others = make_tokens(run, SIZE, on_paper=True)
    return run, secret


def prepared(group: SchoolClass) -> dict[str, Any]:
    """A run of a class that waits to be opened and a rule of that class, and how addresses name all three."""
    run = Run.objects.create(school=group.school, school_class=group, planned_on=NOW.date())
    return {"class_uuid": group.uuid, "run_uuid": run.uuid, "rule_uuid": agreed(group).uuid}


def agreed(group: SchoolClass) -> ClassRule:
    """A rule of a class."""
    return ClassRule.objects.create(
        school=group.school,
        school_class=group,
        text="We spelen samen",
        proposed_by="pupils",
        adopted_on=NOW.date(),
        review_on=NOW.date() + timedelta(weeks=4),
    )
