"""School years and the days the school is closed."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from schools.models.school import School


class SchoolYear(models.Model):
    """One administrative year: 1 Aug - 31 Jul in the Netherlands, 1 Sep - 31 Aug in Flanders."""

    school = models.ForeignKey(School, on_delete=models.CASCADE, related_name="years")
    name = models.CharField(max_length=20)
    starts_on = models.DateField()
    ends_on = models.DateField()

    class Meta:
        default_permissions = ()
        ordering = ["starts_on"]
        constraints = [
            models.UniqueConstraint(fields=["school", "starts_on"], name="school_year_once"),
            models.CheckConstraint(
                condition=Q(ends_on__gt=F("starts_on")), name="school_year_runs_forward"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class HolidayPeriod(models.Model):
    """Days without school, both ends included. Official rows are loaded, local rows are the school's own."""

    class Source(models.TextChoices):
        OFFICIAL = "official", _("Official")
        LOCAL = "local", _("Set by the school")

    school_year = models.ForeignKey(SchoolYear, on_delete=models.CASCADE, related_name="holidays")
    name = models.CharField(max_length=60)
    starts_on = models.DateField()
    ends_on = models.DateField()
    source = models.CharField(max_length=10, choices=Source.choices, default=Source.LOCAL)
    provisional = models.BooleanField(default=False)

    class Meta:
        default_permissions = ()
        ordering = ["starts_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["school_year", "name", "starts_on"], name="holiday_once"
            ),
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")), name="holiday_runs_forward"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.starts_on} - {self.ends_on}"
