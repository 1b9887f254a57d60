"""How serious it is, judged with eight indicators and red flags; every judgement is kept."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from cases.models.case import Case
from cases.models.vocabulary_fields import terms_field
from pestzorg.crypto.fields import EncryptedTextField
from pestzorg.identity import WithUuid


class SeverityAssessment(WithUuid):
    """Level = the highest of score band, minimum of a cyber form, and 4 for any red flag."""

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
    deviation_reason = EncryptedTextField(max_length=500, blank=True)
    assessed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    assessed_at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        ordering = ["assessed_at", "id"]

    def __str__(self) -> str:
        return f"level {self.level}"
