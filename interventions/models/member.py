"""Who is in the group of an intervention. The part somebody has is a word of the method, never a label of a child."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from cases.models import Participant
from interventions.models.intervention import Intervention
from pestzorg.identity import WithUuid
from schools.models import Pupil


class Member(WithUuid):
    """Somebody of the case, a pupil of the class, or an adult by name. Never the pupil it is about."""

    intervention = models.ForeignKey(Intervention, on_delete=models.CASCADE, related_name="members")
    participant = models.ForeignKey(
        Participant, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    pupil = models.ForeignKey(
        Pupil, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    adult_name = models.CharField(max_length=120, blank=True)
    function = models.CharField(max_length=40)
    # Joining is voluntary: who said no stays in the list, so that nobody asks again.
    declined = models.BooleanField(default=False)

    class Meta:
        default_permissions = ()
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["intervention", "participant"],
                condition=Q(participant__isnull=False),
                name="member_participant_once",
            ),
            models.UniqueConstraint(
                fields=["intervention", "pupil"],
                condition=Q(pupil__isnull=False),
                name="member_pupil_once",
            ),
            models.CheckConstraint(
                condition=Q(participant__isnull=False, pupil__isnull=True, adult_name="")
                | Q(participant__isnull=True, pupil__isnull=False, adult_name="")
                | (Q(participant__isnull=True, pupil__isnull=True) & ~Q(adult_name="")),
                name="member_is_one_person",
            ),
        ]

    def __str__(self) -> str:
        return f"member {self.pk}"

    @property
    def name(self) -> str:
        """What this person is called."""
        if self.participant:
            return self.participant.name
        return str(self.pupil) if self.pupil else self.adult_name
