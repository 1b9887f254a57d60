"""Makes the paper of a conversation for one audience, and writes down that it was made."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from cases import events
from cases.access import Who, can
from cases.models import Conversation
from cases.queries.conversation_report import Audience, conversation_report
from pestzorg.audit import log
from pestzorg.errors import broken
from pestzorg.pdf.typeset import digest_of, typeset
from schools.models import User


def make_conversation_report(
    actor: User, conversation: Conversation, audience: Audience, *, now: datetime
) -> bytes:
    """The PDF for this audience. Refuses who may not export, and the parents' while the pupil objects.

    Leaves an event with the audience and the paper's digest.
    """
    who, case = Who(actor, now), conversation.case
    if not can(who, "R33", case):
        raise broken(None, _("You cannot do this in this case."), "not_allowed")
    data = asdict(conversation_report(who, conversation, audience))
    paper = typeset("conversation_report.typ", data)
    log.record(
        actor,
        events.CONVERSATION_REPORT_MADE,
        now=now,
        school_id=case.school_id,
        case_uuid=case.uuid,
        subject_uuid=conversation.uuid,
        rule="R33",
        audience=audience.value,
        digest=digest_of(data),
    )
    return paper
