"""Going on after a while: the last grade, and what has to be looked at again before anything is called done."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from cases.models import Conversation, SeverityAssessment, Sitting, StepRecord
from cases.models.case import REVIEWED
from cases.queries.scores import Score, scores
from pestzorg.errors import Problem

DROP = 2
TELLING = 2
REVIEW = "review"


@dataclass(frozen=True)
class Notice:
    """What the resume check asks for: assessing anew, writing down what happened, or both."""

    review: bool
    incident: bool


def last_score_of(conversation: Conversation, records: Iterable[StepRecord]) -> Score | None:
    """The last grade that the pupil gave, out of talks, sittings and the steps that the reader may read."""
    case = conversation.case
    talks = case.talks.filter(with_participant=conversation.target)
    return next(reversed(scores(conversation, records, talks, case.school.zone)), None)


def asks_review(
    conversation: Conversation, safety_score: int | None, *, new_incident: bool | None
) -> bool:
    """Whether the answers of a resume check ask for an assessment: something new, or a clear drop."""
    saved = conversation.step_records.select_related("first_sitting", "last_sitting")
    last = last_score_of(conversation, saved)
    dropped = last and safety_score is not None and last.grade - safety_score >= DROP
    return bool(new_incident or dropped)


def review_needed(conversation: Conversation) -> bool:
    """A resume check asked for an assessment, and nobody assessed the case since."""
    case = conversation.case
    if case.status not in REVIEWED:
        return False
    since = SeverityAssessment.objects.filter(case=case, assessed_at__gte=OuterRef("started_at"))
    asking = Sitting.objects.filter(conversation=conversation, review_asked=True)
    return asking.exclude(Exists(since)).exists()


def review_problems(conversation: Conversation) -> list[Problem]:
    """The reason why nothing is called done yet; saving is always possible."""
    return [Problem(None, _REVIEW, REVIEW)] if review_needed(conversation) else []


def notice_of(conversation: Conversation, sitting: Sitting | None) -> Notice | None:
    """What to show above the steps; the first sitting has no resume check, and costs no question."""
    if sitting is not None and sitting.number == 1:
        return None
    told = bool(sitting and sitting.new_incident and TELLING not in sitting.steps_touched)
    notice = Notice(review=review_needed(conversation), incident=told)
    return notice if notice.review or notice.incident else None


_REVIEW = _("Assess again how serious it is. After that this step can be called discussed.")
