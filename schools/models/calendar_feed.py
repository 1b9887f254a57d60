"""The private address under which a calendar program reads what somebody has to do."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from pestzorg.identity import WithUuid


class CalendarFeed(WithUuid):
    """At most one per person works at a time. The secret in its address is shown once and stored as a hash.

    A row stays when it ended, so that the old address can say that it is gone.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="calendar_feeds"
    )
    secret_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    last_used_on = models.DateField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["user"], condition=Q(revoked_at=None), name="feed_one_living_per_person"
            )
        ]

    def __str__(self) -> str:
        return f"feed {self.pk}"
