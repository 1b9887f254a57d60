"""What somebody of the group says they will do."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from cases.models import Agreement
from interventions.models.member import Member
from interventions.models.phase_record import PhaseRecord
from pestzorg.crypto.fields import EncryptedTextField
from pestzorg.identity import WithUuid

LONGEST = 200


class Proposal(WithUuid):
    """In a case it becomes an agreement, which then knows its day; without a case it waits here for its review."""

    record = models.ForeignKey(PhaseRecord, on_delete=models.CASCADE, related_name="proposals")
    member = models.ForeignKey(
        Member, on_delete=models.PROTECT, null=True, blank=True, related_name="proposals"
    )
    text = EncryptedTextField(max_length=LONGEST)
    realistic = models.BooleanField(null=True, blank=True)
    agreement = models.OneToOneField(
        Agreement, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    review_on = models.DateField(null=True, blank=True)

    class Meta:
        default_permissions = ()
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(agreement__isnull=True) | Q(review_on__isnull=True),
                name="proposal_has_one_day",
            )
        ]

    def __str__(self) -> str:
        return f"proposal {self.pk}"
