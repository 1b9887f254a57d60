"""Pupils: as little as is needed to know who is meant."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from pestzorg.identity import WithUuid
from schools.models.school import School
from schools.models.school_class import SchoolClass


class Pupil(WithUuid):
    """A pupil of one school. Nothing about bullying is ever stored here, only in a case."""

    school = models.ForeignKey(School, on_delete=models.CASCADE, related_name="pupils")
    first_name = models.CharField(max_length=60)
    last_name = models.CharField(max_length=80)
    born_on = models.DateField(null=True, blank=True)
    # The number in the school's own administration, so that a roster import finds the same pupil again.
    roster_number = models.CharField(max_length=60, blank=True)

    class Meta:
        default_permissions = ()
        indexes = [models.Index(fields=["school", "first_name"], name="pupil_school_first_name")]
        constraints = [
            models.UniqueConstraint(
                fields=["school", "roster_number"],
                condition=~Q(roster_number=""),
                name="pupil_roster_number_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.first_name} {self.last_name}"


class Enrolment(models.Model):
    """A pupil in a class, from one day until (when known) another."""

    pupil = models.ForeignKey(Pupil, on_delete=models.CASCADE, related_name="enrolments")
    school_class = models.ForeignKey(
        SchoolClass, on_delete=models.CASCADE, related_name="enrolments"
    )
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["pupil", "school_class", "starts_on"], name="enrolment_once"
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="enrolment_runs_forward",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pupil_id} in {self.school_class_id}"
