"""From how many answers on a school shows what its classes say. Upward from our own floor, never below it."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from interventions.thermometer.publish import MEANS_FROM, SPREAD_FROM
from schools.models import School


class SmallestGroup(models.Model):
    """What one school decided; a school without a row has the floor. Raising it hides older results too."""

    school = models.OneToOneField(School, on_delete=models.CASCADE, related_name="smallest_group")
    means_from = models.PositiveSmallIntegerField(default=MEANS_FROM)
    spread_from = models.PositiveSmallIntegerField(default=SPREAD_FROM)

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=Q(means_from__gte=MEANS_FROM)
                & Q(spread_from__gte=SPREAD_FROM)
                & Q(spread_from__gte=F("means_from")),
                name="smallest_group_floor",
            )
        ]

    def __str__(self) -> str:
        return f"smallest group of {self.school_id}"
