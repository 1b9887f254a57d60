"""What a follow-up talk asks beside how it went: what comes next, which agreements, and once more who helps."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from cases.models import Agreement, FollowUpTalk, StepRecord
from cases.models.step_record import StepStatus
from cases.protocol.step_numbers import SUPPORT_PERSONS
from pestzorg.errors import Problem


def next_with_same(talk: FollowUpTalk, now: datetime) -> FollowUpTalk | None:
    """The talk after this one that is planned already with the same person."""
    same = (
        Q(with_participant=talk.with_participant)
        if talk.with_participant_id
        else Q(with_role=talk.with_role, with_name=talk.with_name)
    )
    later = max(now, talk.planned_at)
    planned = talk.case.talks.filter(status=FollowUpTalk.Status.PLANNED, planned_at__gt=later)
    return planned.filter(same).exclude(pk=talk.pk).order_by("planned_at").first()


def is_closing(talk: FollowUpTalk) -> bool:
    """The talk was meant to be the last one."""
    return "closure" in talk.purposes


def reviewable(talk: FollowUpTalk) -> QuerySet[Agreement]:
    """Agreements that can be gone through in this talk: those that are open now."""
    open_ones = talk.case.agreements.filter(status__in=Agreement.LIVING)
    return open_ones.select_related("owner_staff", "owner_participant")


def asks_about_support(talk: FollowUpTalk) -> bool:
    """The pupil wanted nobody to help, and nobody asked again yet: then the first talk with the pupil does."""
    if talk.with_role != "target" or not _left_out(talk):
        return False
    asked = talk.case.talks.exclude(support_asked_again="").exclude(pk=talk.pk)
    return not asked.filter(with_participant=talk.with_participant).exists()


def outcome_problems(talk: FollowUpTalk, now: datetime, *, looks_ahead: bool) -> list[Problem]:
    """What a talk that was held does not say yet."""
    return [*_how_it_went(talk), *(_what_comes_next(talk, now) if looks_ahead else [])]


def _how_it_went(talk: FollowUpTalk) -> list[Problem]:
    needed = _("Fill this in when the talk was held.")
    of_pupil = talk.with_role == "target"
    asked = (
        ("progress", needed, not talk.progress),
        ("new_incident", needed, talk.new_incident is None),
        ("safety_score", needed, of_pupil and talk.safety_score is None),
        (
            "progress_examples",
            _("Name what goes better."),
            talk.is_better and not talk.progress_examples,
        ),
        ("congratulated", _("Choose yes or no."), talk.is_better and talk.congratulated is None),
    )
    return [Problem(field, sentence, "required") for field, sentence, missing in asked if missing]


def _what_comes_next(talk: FollowUpTalk, now: datetime) -> list[Problem]:
    problems = []
    settled = talk.next_talk_at or talk.no_next_talk or is_closing(talk)
    if not settled and next_with_same(talk, now) is None:
        asked = _("Choose when you talk again, or tick that no talk is needed.")
        problems.append(Problem("next_talk_at", asked, "required"))
    if talk.next_talk_at and talk.no_next_talk:
        problems.append(Problem("no_next_talk", _("Choose one of the two."), "both"))
    if not talk.support_asked_again and asks_about_support(talk):
        asked = _("Ask once more whether somebody may help (step 10).")
        problems.append(Problem("support_asked_again", asked, "required"))
    return problems


def _left_out(talk: FollowUpTalk) -> bool:
    # Not the talk's own conversation: what holds is what the pupil said last.
    last = talk.case.conversations.order_by("pk").last()
    left = StepRecord.objects.filter(step=SUPPORT_PERSONS, status=StepStatus.SKIPPED)
    return last is not None and left.filter(conversation=last).exists()
