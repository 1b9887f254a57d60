"""What a step needs beside its own answers: agreements, talks, people and lists. One file per step or pair of steps.

What a single answer needs is data (`cases/protocol/editions/`): step 5 has nothing else.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from cases.models import StepRecord
from cases.queries.step_rules.agreements import agreements_made
from cases.queries.step_rules.class_approach import approach_decided
from cases.queries.step_rules.follow_up import INVOLVED_ROLES, follow_up_planned
from cases.queries.step_rules.measures import measures_discussed, postponing
from cases.queries.step_rules.moment import NOT_YET, new_moment_until, talk_begun
from cases.queries.step_rules.parents import parents_involved
from cases.queries.step_rules.planned import LIVING_TALKS, living_talks
from cases.queries.step_rules.story import attempts_rated, story_told
from cases.queries.step_rules.support import somebody_helps
from pestzorg.errors import Problem

__all__ = [
    "INVOLVED_ROLES",
    "LIVING_TALKS",
    "NOT_YET",
    "STEP_RULES",
    "living_talks",
    "new_moment_until",
    "postponing",
]

STEP_RULES: dict[int, Callable[[StepRecord, datetime], list[Problem]]] = {
    1: talk_begun,
    2: story_told,
    3: parents_involved,
    4: attempts_rated,
    6: measures_discussed,
    7: agreements_made,
    8: approach_decided,
    9: follow_up_planned,
    10: somebody_helps,
}
