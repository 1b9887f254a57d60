"""Step 10: somebody said yes. A pupil who wants to name nobody leaves the step out."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from cases.models import StepRecord, SupportPerson
from pestzorg.errors import Problem


def somebody_helps(record: StepRecord, now: datetime) -> list[Problem]:
    """Asks for at least one person who said yes; who was not asked yet does not count."""
    helpers = record.conversation.support_persons
    if helpers.filter(answer=SupportPerson.Answer.ACCEPTED).exists():
        return []
    asked = _("At least one person said yes, or the pupil does not want to name anyone.")
    return [Problem("support_persons", asked, "required")]
