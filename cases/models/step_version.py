"""A step as it was when it was done or left out, kept when somebody changed it afterwards."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models

from cases.models.conversation import Sitting
from cases.models.step_record import StepRecord, StepStatus, Visibility
from cases.models.vocabulary_fields import term_field
from cases.protocol import Step
from pestzorg.crypto.fields import EncryptedJSONField, EncryptedTextField
from pestzorg.identity import WithUuid


class StepVersion(WithUuid):
    """Only read after it was written. A private note has no versions: it is nobody's answer."""

    record = models.ForeignKey(StepRecord, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveSmallIntegerField()
    status = models.CharField(max_length=12, choices=StepStatus.choices)
    answers = EncryptedJSONField(max_length=40_000)
    summary = EncryptedTextField(max_length=2000, blank=True)
    skip_reason = term_field("skip_reasons", blank=True)
    skip_note = EncryptedTextField(max_length=500, blank=True)
    # What was private when it was written stays private, also when the step is opened up later.
    visibility = models.CharField(max_length=12, choices=Visibility.choices)
    sitting = models.ForeignKey(
        Sitting, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    replaced_at = models.DateTimeField()
    replaced_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        default_permissions = ()
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["record", "number"], name="step_version_once")
        ]

    def __str__(self) -> str:
        return f"version {self.number}"

    @property
    def definition(self) -> Step:
        """The step as its edition defines it."""
        return self.record.definition

    def answer(self, key: str) -> Any:
        """One answer, None when not given."""
        return self.answers.get(key)
