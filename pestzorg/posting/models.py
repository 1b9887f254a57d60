"""What was typed and is not saved yet, and which forms were sent."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from pestzorg.crypto.fields import EncryptedJSONField
from pestzorg.identity import WithUuid


class Draft(WithUuid):
    """What one person typed on one page. Nobody else ever reads it; it ends when the page is saved."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="drafts"
    )
    # The address of the page; it holds uuids and numbers, never a name.
    place = models.CharField(max_length=200)
    # The page as it was rendered once, so that two tabs, or an older text, do not overwrite each other.
    key = models.CharField(max_length=64, blank=True)
    case_uuid = models.UUIDField(null=True, blank=True, db_index=True)
    data = EncryptedJSONField(max_length=400_000)
    saved_at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        ordering = ["-saved_at", "-id"]
        indexes = [models.Index(fields=["place", "saved_at"], name="draft_of_place")]
        constraints = [
            models.UniqueConstraint(fields=["user", "place", "key"], name="draft_once_per_page")
        ]

    def __str__(self) -> str:
        return f"draft {self.pk}"


class Sending(models.Model):
    """A form that was sent and led somewhere: the same page with the same words leads there again."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    place = models.CharField(max_length=200)
    # A keyed digest of everything posted, with the random word of the page in it.
    key = models.CharField(max_length=64)
    result_url = models.CharField(max_length=400, blank=True)
    at = models.DateTimeField(db_index=True)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["user", "place", "key"], name="sending_once")
        ]

    def __str__(self) -> str:
        return f"sending {self.pk}"
