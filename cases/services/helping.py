"""Whether something that was agreed and done helped, as the pupil says: done is not the same as helped."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from cases import events
from cases.models import Agreement
from cases.services.sharing import lock
from pestzorg.audit import log
from pestzorg.errors import broken
from pestzorg.posting.versions import write
from schools.models import User


@transaction.atomic
def note_help(
    actor: User, agreement: Agreement, *, helped: str, now: datetime, helped_words: str = ""
) -> Agreement:
    """Keep what the pupil says about an agreement that was done, wholly or partly; may be changed later.

    Refuses an agreement that is open or came to nothing, and an answer that is none; Stale when somebody else wrote
    it since it was read.
    """
    if helped not in Agreement.Helped.values:
        raise broken("helped", _("Choose whether it helped."), "required")
    lock(agreement.case)
    # Not its version: whoever answered meanwhile is not written over unseen.
    agreement.refresh_from_db(fields=["status"])
    if not agreement.may_have_helped:
        raise broken(None, _("This can be said once it is done, wholly or partly."), "state")
    agreement.helped, agreement.helped_words = helped, helped_words
    write(agreement, actor, now, ["helped", "helped_words"])
    log.record(
        actor,
        events.AGREEMENT_HELPED,
        now=now,
        school_id=agreement.case.school_id,
        case_uuid=agreement.case.uuid,
        subject_uuid=agreement.uuid,
        rule="R25",
    )
    return agreement
