"""What is known of step 1 once somebody began to talk, so that nobody types it twice."""

from __future__ import annotations

from typing import Any

from cases.models import StepRecord

SETTING = 1
KNOWN = ("planned_at", "planned_by", "location_type")


def known_setting(record: StepRecord) -> dict[str, Any]:
    """When, by whom and where, of the first talk, as answers that step 1 does not have yet."""
    if record.step != SETTING or all(record.answer(key) for key in KNOWN):
        return {}
    sitting = record.conversation.sittings.first()
    if sitting is None:
        return {}
    conversation = record.conversation
    begun = sitting.started_at.astimezone(conversation.case.school.zone).replace(tzinfo=None)
    known = {
        "planned_at": begun.isoformat(timespec="minutes"),
        "planned_by": str(conversation.lead.uuid),
        "location_type": sitting.location_type,
    }
    return {key: value for key, value in known.items() if value and not record.answer(key)}
