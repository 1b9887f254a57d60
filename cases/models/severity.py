"""How serious it is, assessed with eight indicators and red flags; every assessment is kept."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from cases.models.case import Case
from cases.models.vocabulary_fields import terms_field
from pestzorg.crypto.fields import EncryptedTextField
from pestzorg.identity import WithUuid


class SeverityAssessment(WithUuid):
    """`level` is what counts; it differs from `proposed_level` only with a reason."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="assessments")
    frequency = models.PositiveSmallIntegerField()
    duration = models.PositiveSmallIntegerField()
    impact = models.PositiveSmallIntegerField()
    power = models.PositiveSmallIntegerField()
    reach = models.PositiveSmallIntegerField()
    isolation = models.PositiveSmallIntegerField()
    persistence = models.PositiveSmallIntegerField()
    ground = models.PositiveSmallIntegerField()
    red_flags = terms_field("red_flags")
    score = models.PositiveSmallIntegerField()
    level = models.PositiveSmallIntegerField()
    # NULL in rows that are older than this column: then nobody could choose another level.
    proposed_level = models.PositiveSmallIntegerField(null=True, blank=True)
    deviation_reason = EncryptedTextField(max_length=500, blank=True)
    # Signals of the conversation that lay on the table, also those that were found to be no red flag.
    weighed = models.JSONField(default=list, blank=True)
    stable = models.BooleanField(default=False)
    assessed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    assessed_at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        ordering = ["assessed_at", "id"]

    def __str__(self) -> str:
        return f"level {self.level}"

    @property
    def deviates(self) -> bool:
        """Somebody chose another level than the one that follows from the answers."""
        return self.proposed_level is not None and self.level != self.proposed_level
