"""A method as one school put it in its own words. A row is never changed: a change is a new row with the next number."""

from __future__ import annotations

from functools import cached_property

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from interventions.protocol import Method
from interventions.protocol.adapting import adapted
from pestzorg.identity import WithUuid
from pestzorg.posting.versions import WithVersion
from schools.models import School


class MethodCopy(WithUuid, WithVersion):
    """What a school adapted of one edition, by the addresses of `protocol/places.py`.

    Interventions keep the one they began with, also when a later one replaced it or the school went back.
    """

    class Status(models.TextChoices):
        ACTIVE = "active", _("in use")
        RETIRED = "retired", _("no longer in use")

    school = models.ForeignKey(School, on_delete=models.CASCADE, related_name="method_copies")
    method = models.CharField(max_length=40)
    edition = models.CharField(max_length=20)
    number = models.PositiveSmallIntegerField()
    # Words for every class, about nobody: so they need no seal, and pages may compare them with the method.
    adaptations = models.JSONField()
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.ACTIVE)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    made_at = models.DateTimeField()
    retired_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        default_permissions = ()
        ordering = ["school", "method", "-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["school", "method", "number"], name="method_copy_numbered"
            ),
            models.UniqueConstraint(
                fields=["school", "method"],
                condition=Q(status="active"),
                name="method_copy_one_in_use",
            ),
            models.CheckConstraint(
                condition=Q(status="active", retired_at=None)
                | Q(status="retired", retired_at__isnull=False),
                name="method_copy_retired_at_a_moment",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.method} {self.edition}, version {self.number} of a school"

    @cached_property
    def definition(self) -> Method:
        """The edition with the words of the school over it."""
        return adapted(self.method, self.edition, self.adaptations)
