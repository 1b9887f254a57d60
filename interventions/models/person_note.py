"""What was asked about one person in one phase."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q

from interventions.models.member import Member
from interventions.models.phase_record import PhaseRecord
from pestzorg.crypto.fields import EncryptedJSONField
from pestzorg.identity import WithUuid
from pestzorg.posting.versions import WithVersion


class PersonNote(WithUuid, WithVersion):
    """Without a member it is about the pupil of the case."""

    record = models.ForeignKey(PhaseRecord, on_delete=models.CASCADE, related_name="notes")
    member = models.ForeignKey(
        Member, on_delete=models.CASCADE, null=True, blank=True, related_name="notes"
    )
    answers = EncryptedJSONField(max_length=20_000, blank=True)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["record", "member"],
                condition=Q(member__isnull=False),
                name="note_member_once",
            ),
            models.UniqueConstraint(
                fields=["record"], condition=Q(member__isnull=True), name="note_target_once"
            ),
        ]

    def __str__(self) -> str:
        return f"note {self.pk}"

    def answer(self, key: str) -> Any:
        """One answer, None when not given."""
        return self.answers.get(key)
