"""What is still missing before a step may be marked done, or the conversation completed.

Required answers come from the protocol data; what hangs on lists (agreements, talks, people) is in step_rules/.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from cases.models import StepRecord
from cases.models.conversation import Conversation
from cases.models.step_record import StepStatus
from cases.protocol import Field
from cases.queries.step_rules import STEP_RULES, living_talks
from pestzorg.errors import Problem


def missing_for_done(record: StepRecord, now: datetime) -> list[Problem]:
    """Every reason why this step is not done yet; empty when it may be marked done."""
    problems = order_problems(record)
    severity = record.conversation.case.severity
    problems += [
        problem
        for field in record.definition.fields
        if field.is_for(severity) and (problem := missing_answer(field, record.answers))
    ]
    rule = STEP_RULES.get(record.step)
    return problems + (rule(record, now) if rule else [])


def missing_for_completion(conversation: Conversation) -> list[Problem]:
    """Hard rules of completion: 1-8 done, the pupil's next talk planned, 10 done or skipped."""
    settled = {r.step: r.is_settled for r in conversation.step_records.all()}
    problems = [
        Problem(
            f"step_{number}", _("Step %(number)s is not finished yet.") % {"number": number}, "step"
        )
        for number in (*range(1, 9), 10)
        if not settled.get(number)
    ]
    if not living_talks(conversation).filter(with_participant=conversation.target).exists():
        problems.append(Problem("step_9", _("Plan the next talk with the pupil first."), "talk"))
    return problems


def missing_answer(field: Field, answers: dict[str, Any]) -> Problem | None:
    """The complaint about one field, or None when it is answered or not asked."""
    value = answers.get(field.key)
    if not _is_asked(field, answers):
        return None
    if field.kind == "must_be_true":
        return (
            None
            if value is True
            else Problem(field.key, _("This belongs to this step: do it and tick it."), "required")
        )
    if value in (None, "", []):
        return Problem(field.key, _("Fill this in to finish the step."), "required")
    if set(field.at_least) - set(value if isinstance(value, list) else []):
        return Problem(field.key, _("These all belong to this step."), "at_least")
    return None


def _is_asked(field: Field, answers: dict[str, Any]) -> bool:
    if field.unless and answers.get(field.unless) is True:
        return False
    condition = field.required_if
    if condition is None:
        return field.required
    value = answers.get(condition.field)
    given = [
        str(v).lower() if isinstance(v, bool) else str(v)
        for v in (value if isinstance(value, list) else [value])
    ]
    return bool(set(given) & set(condition.values))


def order_problems(record: StepRecord) -> list[Problem]:
    """Why this step cannot be settled yet, whatever is in it: moment, place and safety come before all others."""
    if record.step == 1:
        return []
    first = record.conversation.step_records.filter(step=1, status__in=[StepStatus.DONE]).exists()
    return (
        []
        if first
        else [Problem(None, _("Finish step 1 first: moment, place and safety."), "order")]
    )
