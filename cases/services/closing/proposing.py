"""Proposing to close a case: whoever handles it says that the pupil is safe, and that pupil and parents agree."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cases import events
from cases.models import Agreement, Case, Closing
from cases.models.case import CaseStatus
from cases.models.closing import OPEN_CLOSINGS
from cases.notices import plan_decision
from cases.queries.closing import Answers, Standing, judge_closing
from cases.queries.closing.criteria import as_stored
from cases.queries.closing.state import assessing_problems
from cases.services.closing.records import locked_in, record
from pestzorg.errors import Problem, broken, refuse_if
from schools.models import User


@transaction.atomic
def propose_closing(
    actor: User,
    case: Case,
    *,
    now: datetime,
    pupil_agrees: bool | None,
    parents_agree: str,
    carries_over: Collection[Agreement] = (),
    note: str = "",
) -> Closing:
    """Put a closing before whoever decides. With a criterion that is not met the `note` says why all the same.

    Refuses a case that is not in progress, a second proposal, and a case that is to be assessed first.
    """
    locked = locked_in(case, CaseStatus.ACTIVE)
    if locked.closings.filter(status__in=OPEN_CLOSINGS).exists():
        raise broken(None, _("Somebody proposed this already."), "state")
    refuse_if(assessing_problems(locked))
    refuse_if(_problems(locked, parents_agree, carries_over, is_asked=pupil_agrees is not None))
    answers = Answers(bool(pupil_agrees), parents_agree, [a.pk for a in carries_over])
    found = judge_closing(Standing(locked, now, answers))
    if not note and not all(judged.is_met for judged in found):
        raise broken("note", _("Not everything is in order. Why close all the same?"), "required")
    closing = _written(actor, locked, answers, note, as_stored(found), now)
    plan_decision(closing, now)
    record(actor, events.CLOSING_PROPOSED, locked, now, closing.uuid)
    return closing


def _written(
    actor: User, case: Case, answers: Answers, note: str, criteria: dict[str, Any], now: datetime
) -> Closing:
    closing = Closing(
        case=case,
        proposed_by=actor,
        proposed_at=now,
        pupil_agrees=answers.pupil_agrees,
        parents_agree=answers.parents_agree,
        note=note,
        criteria=criteria,
    )
    closing.full_clean()
    closing.save()
    closing.carries_over.set(answers.carries_over)
    return closing


def _problems(
    case: Case, parents_agree: str, carries_over: Collection[Agreement], *, is_asked: bool
) -> list[Problem]:
    living = set(case.agreements.filter(status__in=Agreement.LIVING))
    asked = (
        ("pupil_agrees", _("Choose yes or no."), not is_asked),
        ("parents_agree", _("Please choose."), parents_agree not in Closing.Parents.values),
        ("carries_over", _("Choose agreements that are still open."), set(carries_over) - living),
    )
    return [Problem(field, sentence, "required") for field, sentence, wrong in asked if wrong]
