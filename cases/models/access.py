"""Where access is stored: guardian's individual grants, and beside them the read model that pages ask.

Only cases/access/ and cases/services/sharing.py use these tables. docs/decisions/0003-access.md says why.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from guardian.models import UserObjectPermissionBase

from cases.models.case import Case
from schools.models import School

# "No end" as a value instead of NULL, so that every comparison with `now` is one index condition.
FOREVER = datetime(9999, 12, 31, tzinfo=UTC)


class CaseUserObjectPermission(UserObjectPermissionBase):
    """One individual grant. The extra columns have no default: guardian's own assign_perm cannot make a row."""

    class Purpose(models.TextChoices):
        HANDLING = "handling"  # handler and conversation lead
        SHARED = "shared"  # a colleague who was asked along
        TASK = "task"  # owner of an agreement or talk; ends with the last open one
        LAPSED = "lapsed"  # ended when somebody came back after a long time; a reminder to ask them along anew

    content_object = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="grants")
    valid_until = models.DateTimeField()
    purpose = models.CharField(max_length=10, choices=Purpose.choices)
    granted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    granted_at = models.DateTimeField()

    class Meta(UserObjectPermissionBase.Meta):
        default_permissions = ()


class Principal(models.Model):
    """What an access row names: an audience of a school, one person's seat there, or one person's glass."""

    class Kind(models.TextChoices):
        AUDIENCE = "A"
        SEAT = "S"
        GLASS = "G"

    kind = models.CharField(max_length=1, choices=Kind.choices)
    restricted = models.BooleanField()
    school = models.ForeignKey(School, on_delete=models.CASCADE, related_name="principals")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="principals",
    )

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="A", user__isnull=True) | (~Q(kind="A") & Q(user__isnull=False)),
                name="principal_audience_has_no_user",
            ),
            models.UniqueConstraint(
                fields=["kind", "restricted", "school", "user"],
                condition=Q(user__isnull=False),
                name="principal_person_once",
            ),
            models.UniqueConstraint(
                fields=["kind", "restricted", "school"],
                condition=Q(user__isnull=True),
                name="principal_audience_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind}{'r' if self.restricted else ''}{self.pk}"


class Access(models.Model):
    """One row per principal, case and level; derived from the case, its grants and glass, and rebuilt with them."""

    # On PostgreSQL the key also carries valid_until, so that a check reads the index alone (migration
    # access_indexes). It leads with the principal, which therefore needs no index of its own.
    pk = models.CompositePrimaryKey("principal_id", "case_id", "level")
    principal = models.ForeignKey(
        Principal, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="access_rows")
    level = models.SmallIntegerField()
    is_open = models.BooleanField()
    opened_at = models.DateTimeField()
    valid_until = models.DateTimeField()
    # Whether this is certainly the one row of its principal and case that lists count: most are, and those are
    # counted without being sorted. False is always safe.
    is_only = models.BooleanField(db_default=False)

    class Meta:
        default_permissions = ()
        # In the order of a list and with all that a list asks: a page touches no row of the table.
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["principal", "-opened_at", "-case"],
                include=["level", "is_only", "valid_until"],
                name="access_page",
                condition=Q(is_open=True, level__gte=10),
            ),
            models.Index(
                fields=["principal", "-opened_at", "-case"],
                include=["level", "is_only", "valid_until"],
                name="access_closed",
                condition=Q(is_open=False, level__gte=10),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.principal_id} {self.level} on {self.case_id}"
