"""Who did what, when. Rows are only ever added; they hold ids and no content."""

from __future__ import annotations

from django.db import models

from pestzorg.identity import WithUuid


class AuditEvent(WithUuid):
    """One thing somebody did. Plain ids, no foreign keys: the row outlives what it describes."""

    at = models.DateTimeField()
    actor_id = models.BigIntegerField(null=True)
    verb = models.CharField(max_length=60)
    school_id = models.BigIntegerField(null=True)
    case_uuid = models.UUIDField(null=True)
    subject_uuid = models.UUIDField(null=True)
    rule = models.CharField(max_length=12, blank=True)
    facts = models.JSONField(default=dict)

    class Meta:
        default_permissions = ()
        indexes = [models.Index(fields=["case_uuid", "at"], name="audit_case_at")]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.verb}"
