"""A class of one school year with its class teachers."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from pestzorg.identity import WithUuid
from schools.models.school import School
from schools.models.school_year import SchoolYear


class SchoolClass(WithUuid):
    """A class group, for example "groep 7" or "2B", in one school year."""

    school = models.ForeignKey(School, on_delete=models.CASCADE, related_name="classes")
    school_year = models.ForeignKey(SchoolYear, on_delete=models.PROTECT, related_name="classes")
    name = models.CharField(max_length=40)
    class_teachers = models.ManyToManyField(
        settings.AUTH_USER_MODEL, related_name="own_classes", blank=True
    )

    class Meta:
        default_permissions = ()
        verbose_name_plural = "school classes"
        constraints = [
            models.UniqueConstraint(fields=["school_year", "name"], name="class_name_in_year")
        ]

    def __str__(self) -> str:
        return self.name
