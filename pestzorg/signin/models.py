"""What the server remembers of sign-ins: sessions, tries, known browsers. Only hashes of what a browser holds."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models


class Session(AbstractBaseSession):
    """One signed-in browser. The key is a hash and the data is sealed: a copy of this table opens nothing."""

    session_key = models.CharField(max_length=64, primary_key=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        null=True,
        related_name="+",
        db_constraint=False,  # the row is gone within hours, and every page writes or reads one
    )
    started_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(null=True)
    client = models.CharField(max_length=40, blank=True)
    must_renew = models.BooleanField(default=False)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"session of {self.user_id}"

    @classmethod
    def get_session_store_class(cls) -> Any:
        """Django asks the model for its store."""
        from pestzorg.signin.store import SessionStore

        return SessionStore


class Tries(models.Model):
    """When somebody tried something that is limited; the key is a hash of what and whose."""

    key = models.CharField(max_length=64, primary_key=True)
    moments = models.JSONField(default=list)
    tried_at = models.DateTimeField(null=True, db_index=True)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{len(self.moments)} tries"


class Bucket(models.Model):
    """How much a program may still ask: `level` as it was at `filled_at` (seconds since 1970)."""

    key = models.CharField(max_length=64, primary_key=True)
    level = models.FloatField()
    filled_at = models.FloatField()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.level:.0f} left"


class KnownDevice(models.Model):
    """A browser in which somebody signed in before; its cookie holds the secret, this row only hashes."""

    account = models.CharField(max_length=64)
    secret_hash = models.CharField(max_length=64)
    used_at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["account", "secret_hash"], name="signin_device_once")
        ]

    def __str__(self) -> str:
        return f"used on {self.used_at:%Y-%m-%d}"
