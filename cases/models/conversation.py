"""The ten-step conversation with one pupil, held in one or more sittings."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cases.models.case import Case
from cases.models.participant import Participant
from cases.models.stood_in import StoodIn
from cases.models.vocabulary_fields import term_field
from cases.protocol import Edition, edition
from pestzorg.crypto.fields import EncryptedTextField
from pestzorg.identity import WithUuid
from pestzorg.posting.versions import WithVersion

SCORE = [MaxValueValidator(10)]


class Conversation(WithUuid, WithVersion, StoodIn):
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
    language = term_field("talk_languages", default="nl")
    interpreter = models.BooleanField(default=False)
    started_at = models.DateTimeField(null=True, blank=True)
    completed_at = models.DateTimeField(null=True, blank=True)
    discontinued_at = models.DateTimeField(null=True, blank=True)
    # NULL in rows that are older than this column, as below.
    discontinued_reason = EncryptedTextField(max_length=500, blank=True, null=True)
    # After a relapse: the earlier conversation with the same pupil.
    follows = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, blank=True, related_name="followed_by"
    )
    paused_reason = term_field("sitting_endings", blank=True)
    resume_by = models.DateField(null=True, blank=True)
    # Of a serious case: why it waits longer than one school day.
    later_reason = EncryptedTextField(max_length=500, blank=True, null=True)

    # Whether addresses of its pages name it; else they lead to the latest conversation of the case.
    named = False

    class Meta:
        default_permissions = ()
        ordering = ["id"]
        indexes = [
            models.Index(
                fields=["resume_by", "id"],
                condition=Q(status="paused"),
                name="conversation_to_resume",
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(status="paused") | (Q(resume_by__isnull=False) & ~Q(paused_reason="")),
                name="conversation_pause_has_an_end",
            )
        ]

    def __str__(self) -> str:
        return f"conversation {self.pk}"

    @property
    def edition(self) -> Edition:
        """The steps as they were when this conversation began."""
        return edition(self.edition_key)

    @property
    def is_paused(self) -> bool:
        """Stopped for a while; `resume_by` says until when."""
        return self.status == self.Status.PAUSED

    @property
    def over_at(self) -> datetime | None:
        """When it was completed or stopped."""
        return self.completed_at or self.discontinued_at

    @property
    def is_over(self) -> bool:
        """No sitting follows any more."""
        return self.status in {self.Status.COMPLETED, self.Status.DISCONTINUED}


class Sitting(WithUuid, WithVersion):
    """One moment of talking. Every later sitting begins with the resume check.

    Its version counts corrections of where it was and who was there.
    """

    conversation = models.ForeignKey(
        Conversation, on_delete=models.CASCADE, related_name="sittings"
    )
    number = models.PositiveSmallIntegerField()
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    location_type = term_field("location_types", blank=True)
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
    # Something new, or a clear drop: how serious it is gets assessed before anything is called done.
    review_asked = models.BooleanField(default=False)

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


class Attendee(WithUuid):
    """Somebody who was there: a colleague by account, a pupil by their part in the case, anybody else by name."""

    sitting = models.ForeignKey(Sitting, on_delete=models.CASCADE, related_name="attendees")
    kind = term_field("attendee_kinds")
    staff = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    participant = models.ForeignKey(
        Participant, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    name = models.CharField(max_length=120, blank=True)

    class Meta:
        default_permissions = ()
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(staff__isnull=True) | Q(participant__isnull=True, name=""),
                name="attendee_one_identity",
            ),
            models.CheckConstraint(
                condition=Q(participant__isnull=True) | Q(name=""), name="attendee_part_or_name"
            ),
        ]

    def __str__(self) -> str:
        if self.staff:
            return self.staff.full_name
        return self.participant.name if self.participant else self.name
