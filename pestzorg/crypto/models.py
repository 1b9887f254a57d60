"""When each key of the keyset came into use. The keys themselves never stand in the database."""

from __future__ import annotations

from django.db import models


class FieldKey(models.Model):
    """One key that `manage.py keys` added: the moments that decide which step may come next."""

    key_id = models.BigIntegerField(unique=True)
    added_at = models.DateTimeField()
    promoted_at = models.DateTimeField(null=True)
    rotated_at = models.DateTimeField(null=True)  # everything older was sealed anew with this key
    pruned_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.key_id)
