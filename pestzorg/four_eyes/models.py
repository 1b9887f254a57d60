"""Who asked for an act that needs a second person, and who agreed. Plain ids: this room knows no person."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from pestzorg.identity import WithUuid


class SecondPerson(WithUuid):
    """One request. Settled with a person: agreed. Settled without: withdrawn, or too old."""

    verb = models.CharField(max_length=40)
    subject_uuid = models.UUIDField()
    asked_by_id = models.BigIntegerField()
    asked_at = models.DateTimeField()
    settled_by_id = models.BigIntegerField(null=True)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["verb", "subject_uuid"],
                condition=Q(settled_at__isnull=True),
                name="four_eyes_one_request",
            )
        ]

    def __str__(self) -> str:
        return f"{self.verb} {self.subject_uuid}"
