"""Somebody else leads the conversation from a moment on, and the pupil knows."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from cases.models.conversation import Conversation
from pestzorg.crypto.fields import EncryptedTextField
from pestzorg.identity import WithUuid


class LeadChange(WithUuid):
    """Made once, never changed; the note is what the former lead leaves for the new one.

    Of somebody who is gone, or away for a while, there is no note, and nobody told the pupil yet. Why they are gone
    stands elsewhere.
    """

    class Reason(models.TextChoices):
        CHOSEN = "chosen", _("Handed over")
        GONE = "gone", _("The former lead no longer works in this case")
        AWAY = "away", _("Somebody leads for a while")
        BACK = "back", _("The lead is back")

    conversation = models.ForeignKey(
        Conversation, on_delete=models.CASCADE, related_name="lead_changes"
    )
    former = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    lead = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=6, choices=Reason.choices, default=Reason.CHOSEN)
    handover_note = EncryptedTextField(max_length=2000, blank=True)
    pupil_knows = models.BooleanField()
    # Empty when a list of staff, and no person, said that somebody is gone.
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    changed_at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        ordering = ["changed_at", "id"]

    def __str__(self) -> str:
        return f"lead change {self.pk}"
