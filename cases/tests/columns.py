"""What each list of the conversation keeps, column by column, for tests that compare it with page, paper and API."""

from __future__ import annotations

from django.db.models import Model

from cases.models import (
    Agreement,
    Evidence,
    FollowUpTalk,
    Incident,
    ParentContact,
    Participant,
    PriorAction,
    SelfProtectionMeasure,
    SupportPerson,
)

MODELS: dict[str, type[Model]] = {
    "evidence": Evidence,
    "incidents": Incident,
    "people": Participant,
    "prior_actions": PriorAction,
    "parent_contacts": ParentContact,
    "measures": SelfProtectionMeasure,
    "agreements": Agreement,
    "talks": FollowUpTalk,
    "support_persons": SupportPerson,
}
# What every row has: keys, its place, and who wrote it when.
OF_EVERY_ROW = {"id", "uuid", "case", "conversation", "version", "changed_by", "changed_at"}


def stored(model: type[Model]) -> set[str]:
    own = (
        f for f in model._meta.get_fields() if f.concrete or (f.many_to_many and not f.auto_created)
    )
    return {field.name for field in own} - OF_EVERY_ROW
