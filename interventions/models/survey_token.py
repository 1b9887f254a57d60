"""The right to answer once. It belongs to nobody: which pupil gets which is chance, and nothing writes it down."""

from __future__ import annotations

from uuid import uuid4

from django.db import models

from interventions.models.run import Run


class SurveyToken(models.Model):
    """Kept as a hash, deleted when it was used or the run closes. Neither numbered nor dated."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="tokens")
    secret_hash = models.CharField(max_length=64, unique=True)
    is_handed_out = models.BooleanField(default=False)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return "a token"
