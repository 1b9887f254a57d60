"""What somebody answered about the situation before a method was chosen; what follows from it is computed anew each time."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models

from cases.models import Conversation
from interventions.suitability import Edition, edition
from pestzorg.crypto.fields import EncryptedJSONField, EncryptedTextField
from pestzorg.identity import WithUuid
from pestzorg.posting.versions import WithVersion


class SuitabilityCheck(WithUuid, WithVersion):
    """One per conversation, always savable, also half filled. `changed_by` and `changed_at` say who answered and when."""

    conversation = models.OneToOneField(Conversation, on_delete=models.CASCADE, related_name="+")
    edition = models.CharField(max_length=20)
    answers = EncryptedJSONField(max_length=5000, blank=True)
    circumstances = EncryptedJSONField(max_length=2000, blank=True)
    note = EncryptedTextField(max_length=2000, blank=True)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"check {self.pk}"

    @property
    def definition(self) -> Edition:
        """The questions as they were worded when this was answered."""
        return edition(self.edition)

    @property
    def ticked(self) -> list[str]:
        """The circumstances that somebody ticked."""
        return list(self.circumstances or ())

    def same_as(self, given: dict[str, Any]) -> bool:
        """Nothing would change by writing this."""
        return all(getattr(self, name) == value for name, value in given.items())


class SuitabilityVersion(WithUuid):
    """A check as it was before somebody changed it. Only read after it was written."""

    check_row = models.ForeignKey(
        SuitabilityCheck, on_delete=models.CASCADE, related_name="versions"
    )
    number = models.PositiveIntegerField()
    edition = models.CharField(max_length=20)
    answers = EncryptedJSONField(max_length=5000, blank=True)
    circumstances = EncryptedJSONField(max_length=2000, blank=True)
    note = EncryptedTextField(max_length=2000, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        default_permissions = ()
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["check_row", "number"], name="suitability_version_once")
        ]

    def __str__(self) -> str:
        return f"version {self.number}"

    @property
    def definition(self) -> Edition:
        """The questions as they were worded then."""
        return edition(self.edition)

    @property
    def ticked(self) -> list[str]:
        """The circumstances that somebody had ticked."""
        return list(self.circumstances or ())
