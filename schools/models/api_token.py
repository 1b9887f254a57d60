"""Personal tokens for the API: hashed, bound to schools, limited in scope and time."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from pestzorg.identity import WithUuid
from schools.models.school import School


class ApiToken(WithUuid):
    """Never opens more than its owner may see. The secret is shown once and stored as a hash."""

    class Scope(models.TextChoices):
        CASES_READ = "cases:read", _("Read cases")

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="api_tokens"
    )
    name = models.CharField(max_length=60)
    prefix = models.CharField(max_length=8)
    secret_hash = models.CharField(max_length=64, unique=True)
    scopes = models.JSONField(default=list)
    schools = models.ManyToManyField(School, related_name="api_tokens")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    last_used_on = models.DateField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("created_at")), name="token_expires_later"
            )
        ]

    def __str__(self) -> str:
        return f"{self.prefix}…"
