"""Where the answers of a run are: one row for the whole class (docs/decisions/0023-anonymous-survey.md)."""

from __future__ import annotations

from django.db import models

from interventions.models.run import Run
from pestzorg.crypto.fields import EncryptedTextField
from pestzorg.identity import WithUuid


class AnswerBox(WithUuid):
    """All answers as one sorted, sealed text of a length that never changes.

    A row for each pupil would carry an order: PostgreSQL notes the transaction that wrote a row and where it lies.
    """

    run = models.OneToOneField(Run, on_delete=models.CASCADE, related_name="box")
    answers = EncryptedTextField(max_length=20_000)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"answers of {self.run_id}"
