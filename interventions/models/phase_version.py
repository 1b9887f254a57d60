"""A phase as it was written down before somebody corrected it."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from interventions.models.phase_record import PhaseRecord
from pestzorg.crypto.fields import EncryptedJSONField, EncryptedTextField
from pestzorg.identity import WithUuid

LONGEST_CORRECTION = 500


class PhaseVersion(WithUuid):
    """Only read after it was written. `persons` holds what was asked about each person, by the key of a form."""

    record = models.ForeignKey(PhaseRecord, on_delete=models.CASCADE, related_name="+")
    number = models.PositiveSmallIntegerField()
    answers = EncryptedJSONField(max_length=40_000, blank=True)
    persons = EncryptedJSONField(max_length=100_000, blank=True)
    reason = EncryptedTextField(max_length=LONGEST_CORRECTION)
    replaced_at = models.DateTimeField()
    replaced_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        default_permissions = ()
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["record", "number"], name="phase_version_once")
        ]

    def __str__(self) -> str:
        return f"version {self.number}"
