"""Steps 2 and 4: what happened, and what was tried. They share one list of attempts."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from cases.models import StepRecord
from cases.queries.belonging import incidents_of, over_before
from pestzorg.errors import Problem
from pestzorg.web.templatetags.pestzorg_ui import day

STEPS = (2, 4)


def story_told(record: StepRecord, now: datetime) -> list[Problem]:
    """Asks for something that happened, and for what was tried or that nothing was."""
    problems = []
    if not incidents_of(record.conversation).exists():
        problems.append(Problem("incidents", _incident_asked(record), "required"))
    if not _none_taken(record) and not record.conversation.prior_actions.exists():
        asked = _("Write down what the pupil tried, or tick that nothing was tried.")
        problems.append(Problem("prior_actions", asked, "required"))
    return problems


def _incident_asked(record: StepRecord) -> Any:
    over = over_before(record.conversation)
    if over is None:
        return _("Write down at least one thing that happened.")
    asked = _(
        "Write down at least one thing that happened after the last conversation, that ended on %(day)s."
    )
    return asked % {"day": day(over)}


def attempts_rated(record: StepRecord, now: datetime) -> list[Problem]:
    """Asks of every attempt whether it helped; nothing tried counts as done."""
    actions = record.conversation.prior_actions.all()
    unrated = [action for action in actions if not action.effect]
    if not unrated and (actions or _none_taken(record)):
        return []
    return [Problem("prior_actions", _("Choose for every attempt whether it helped."), "required")]


def _none_taken(record: StepRecord) -> bool:
    # Both steps ask it, so an answer in either of them counts for both.
    asked = record.conversation.step_records.filter(step__in=STEPS)
    return any(other.answer("none_taken") for other in asked)
