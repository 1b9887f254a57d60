"""Who did or looked at what, when. Rows are only ever added; they hold ids and keys, no content.

The database refuses any change (pestzorg/audit/guard.py), so the seal of a row stands in a table of its own.
"""

from __future__ import annotations

from django.db import models

from pestzorg.identity import WithUuid


class AuditEvent(WithUuid):
    """One thing somebody did or saw. Plain ids, no foreign keys: the row outlives what it describes."""

    at = models.DateTimeField()
    actor_id = models.BigIntegerField(null=True)
    verb = models.CharField(max_length=60)
    school_id = models.BigIntegerField(null=True)
    case_uuid = models.UUIDField(null=True)
    subject_uuid = models.UUIDField(null=True)
    rule = models.CharField(max_length=12, blank=True)
    role = models.CharField(max_length=20, blank=True)
    through = models.CharField(max_length=10, blank=True)  # what opened it: role, grant or glass
    purpose = models.CharField(max_length=30, blank=True)  # the key of a reason, never its words
    token_id = models.BigIntegerField(null=True)
    facts = models.JSONField(default=dict)

    class Meta:
        default_permissions = ()
        indexes = [models.Index(fields=["case_uuid", "at"], name="audit_case_at")]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.verb}"


class AuditLink(models.Model):
    """One event's place in the chain. The order is that of linking, not of ids: commits arrive out of order."""

    position = models.BigIntegerField(primary_key=True)
    # No constraint: it would lock every event, and a missing one has to be found, not prevented.
    event = models.OneToOneField(
        AuditEvent, on_delete=models.DO_NOTHING, db_constraint=False, related_name="link"
    )
    previous = models.CharField(max_length=64, unique=True)  # unique: a chain cannot fork
    hash = models.CharField(max_length=64)
    linked_at = models.DateTimeField()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.position} {self.hash[:12]}"
