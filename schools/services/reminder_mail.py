"""How often somebody wants to be reminded by mail."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from pestzorg.errors import broken
from pestzorg.reminders.digest import DIGEST
from pestzorg.reminders.rhythm import chosen_anew
from schools.models import User
from schools.models.user import Rhythm


@transaction.atomic
def choose_reminder_mail(person: User, rhythm: str, *, now: datetime) -> None:
    """Counts at once, also for the mail that waits. Refuses an unknown choice."""
    if rhythm not in Rhythm.values:
        raise broken("reminder_mail", _("Choose one of these."), "choice")
    person.reminder_mail = rhythm
    person.save(update_fields=["reminder_mail"])
    chosen_anew(person.pk, DIGEST, now)
