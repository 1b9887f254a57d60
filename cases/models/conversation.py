"""The ten-step conversation with one pupil, held in one or more sittings."""

from __future__ import annotations

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cases.models.case import Case
from cases.models.participant import Participant
from cases.models.vocabulary_fields import term_field
from cases.protocol import Edition, edition
from pestzorg.crypto.fields import EncryptedTextField
from pestzorg.identity import WithUuid

SCORE = [MaxValueValidator(10)]


class Conversation(WithUuid):
    """Keeps the edition of the protocol it began with, also when the school moves on to a newer one."""

    class Status(models.TextChoices):
        NOT_STARTED = "not_started", _("Not started yet")
        IN_PROGRESS = "in_progress", _("In conversation")
        PAUSED = "paused", _("Paused")
        COMPLETED = "completed", _("Completed")
        DISCONTINUED = "discontinued", _("Stopped")

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="conversations")
    target = models.ForeignKey(Participant, on_delete=models.PROTECT, related_name="conversations")
    lead = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="led_conversations"
    )
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.NOT_STARTED)
    edition_key = models.CharField(max_length=20)
    started_at = models.DateTimeField(null=True, blank=True)
    completed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        default_permissions = ()
        ordering = ["id"]

    def __str__(self) -> str:
        return f"conversation {self.pk}"

    @property
    def edition(self) -> Edition:
        """The steps as they were when this conversation began."""
        return edition(self.edition_key)


class Sitting(WithUuid):
    """One moment of talking. Every later sitting begins with the resume check."""

    conversation = models.ForeignKey(
        Conversation, on_delete=models.CASCADE, related_name="sittings"
    )
    number = models.PositiveSmallIntegerField()
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    steps_touched = models.JSONField(default=list, blank=True)
    safety_score_start = models.PositiveSmallIntegerField(null=True, blank=True, validators=SCORE)
    safety_score_end = models.PositiveSmallIntegerField(null=True, blank=True, validators=SCORE)
    ended_because = term_field("sitting_endings", blank=True)
    handover_note = EncryptedTextField(max_length=2000, blank=True)
    # Mini step 7 closes every sitting, also an interrupted one.
    recap_read_aloud = models.BooleanField(default=False)
    next_contact_at = models.DateTimeField(null=True, blank=True)
    # The resume check: what happened since last time, and does the pupil still agree?
    what_changed = EncryptedTextField(max_length=2000, blank=True)
    new_incident = models.BooleanField(null=True, blank=True)
    still_agrees = models.BooleanField(null=True, blank=True)

    class Meta:
        default_permissions = ()
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["conversation", "number"], name="sitting_number_once"),
            models.UniqueConstraint(
                fields=["conversation"], condition=Q(ended_at__isnull=True), name="sitting_one_open"
            ),
        ]

    def __str__(self) -> str:
        return f"sitting {self.number}"
