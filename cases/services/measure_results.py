"""What was agreed in step 6 was done, or not: the measure and a report outside school know of it."""

from __future__ import annotations

from datetime import datetime

from cases.models import Agreement, SelfProtectionMeasure
from cases.services.external_reports import note_made
from pestzorg.posting.versions import write
from schools.models import User

OUTCOMES = {
    Agreement.Status.DONE: "done",
    Agreement.Status.PARTLY: "partly",
    Agreement.Status.NOT_DONE: "not_done",
    Agreement.Status.CANCELLED: "no_longer_needed",
}


def note_result(actor: User, agreement: Agreement, *, now: datetime) -> None:
    """After an agreement was settled or opened again. Does nothing for one that came from elsewhere."""
    if agreement.source != Agreement.Source.MEASURE or agreement.conversation is None:
        return
    agreed = agreement.conversation.measures.filter(status=SelfProtectionMeasure.Status.AGREED)
    measure = agreed.filter(key=agreement.source_key).first()
    if measure is None:
        return
    measure.outcome = OUTCOMES.get(Agreement.Status(agreement.status), "")
    write(measure, actor, now, ["outcome"])
    if agreement.status == Agreement.Status.DONE and agreement.done_on:
        note_made(actor, measure, agreement.done_on, now=now)
