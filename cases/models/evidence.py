"""What shows that something happened: described, never uploaded. The thing itself stays with whoever has it."""

from __future__ import annotations

from django.db import models

from cases.models.incident import Incident
from cases.models.vocabulary_fields import term_field
from pestzorg.crypto.fields import EncryptedTextField
from pestzorg.identity import WithUuid
from pestzorg.posting.versions import WithVersion


class Evidence(WithUuid, WithVersion):
    """Part of step 2. Of an intimate image of a minor only this is kept: that it exists, where, and who knows."""

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="evidence")
    kind = term_field("evidence_kinds")
    described_as = EncryptedTextField(max_length=1000)
    seen_on = models.DateField(null=True, blank=True)
    source_url = EncryptedTextField(max_length=500, blank=True)
    account_name = EncryptedTextField(max_length=120, blank=True)
    held_by = term_field("evidence_holders")
    contains_intimate_image = models.BooleanField(default=False)
    recorded_at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        ordering = ["incident", "id"]

    def __str__(self) -> str:
        return f"evidence {self.pk}"
