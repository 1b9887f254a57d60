"""Step 1: what is done at once becomes an agreement for today, one per line, with whoever writes it down."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cases.models import Agreement, StepRecord
from cases.services.agreements import record_agreement
from cases.services.sharing import lock
from pestzorg.errors import broken
from schools.models import User
from schools.queries.calendars import calendar_for

IMMEDIATE = "immediate_measures"
LONGEST = 200


@transaction.atomic
def agree_for_today(actor: User, record: StepRecord, *, now: datetime) -> list[Agreement]:
    """Make the agreements that are not there yet. Doing it twice makes none the second time.

    Refuses when nothing was written down.
    """
    conversation = record.conversation
    lines = [line.strip(" -•\t") for line in str(record.answer(IMMEDIATE) or "").splitlines()]
    wanted = [line[:LONGEST] for line in dict.fromkeys(lines) if line]
    if not wanted:
        raise broken(IMMEDIATE, _("Write in a few words what is done at once."), "required")
    case = lock(conversation.case)
    living = conversation.agreements.exclude(status=Agreement.Status.CANCELLED)
    taken = {agreement.what.lower() for agreement in living}
    # Danger does not wait for a school day.
    today = calendar_for(case.school).local_date(now)
    return [
        record_agreement(
            actor,
            case,
            what=what,
            owner_type=Agreement.OwnerType.STAFF,
            owner_staff=actor,
            responsible_staff=actor,
            deadline=today,
            all_days=True,
            conversation=conversation,
            source_key=IMMEDIATE,
            # Kept only where it goes against a wish: what cannot wait until tomorrow is not asked about today.
            wish_reason=str(_("It is done at once, so that the pupil is safe today.")),
            now=now,
        )
        for what in wanted
        if what.lower() not in taken
    ]
