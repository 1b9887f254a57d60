"""What was said and noted in one of the ten steps."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cases.models.conversation import Conversation, Sitting
from cases.models.vocabulary_fields import term_field
from cases.protocol import Step
from pestzorg.crypto.fields import EncryptedJSONField, EncryptedTextField
from pestzorg.identity import WithUuid
from pestzorg.posting.versions import WithVersion


class StepStatus(models.TextChoices):
    """Keys of the field; the words are those of the screen."""

    NOT_STARTED = "not_started", _("not yet")
    IN_PROGRESS = "in_progress", _("complete later")
    DONE = "done", _("discussed")
    SKIPPED = "skipped", _("not needed")
    REOPENED = "reopened", _("open again")


class Visibility(models.TextChoices):
    """Who may read the record of a step."""

    HANDLER_ONLY = "handler_only", _("Only the conversation lead and who manages the case")
    CARE_TEAM = "care_team", _("Care team")
    SHAREABLE = "shareable", _("May be shared with parents")


class StepRecord(WithUuid, WithVersion):
    """Always savable, also half filled; `done` only when everything required is there."""

    conversation = models.ForeignKey(
        Conversation, on_delete=models.CASCADE, related_name="step_records"
    )
    step = models.PositiveSmallIntegerField()
    status = models.CharField(
        max_length=12, choices=StepStatus.choices, default=StepStatus.NOT_STARTED
    )
    answers = EncryptedJSONField(max_length=40_000)
    summary = EncryptedTextField(max_length=2000, blank=True)
    # For the conversation lead and who manages the case only: in no report, no API and no other page. NULL in rows
    # that are older than this column.
    private_note = EncryptedTextField(max_length=2000, blank=True, null=True)
    visibility = models.CharField(
        max_length=12, choices=Visibility.choices, default=Visibility.CARE_TEAM
    )
    first_sitting = models.ForeignKey(
        Sitting, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    last_sitting = models.ForeignKey(
        Sitting, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    completed_at = models.DateTimeField(null=True, blank=True)
    completed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    skip_reason = term_field("skip_reasons", blank=True)
    skip_note = EncryptedTextField(max_length=500, blank=True)

    class Meta:
        default_permissions = ()
        ordering = ["step"]
        constraints = [
            models.UniqueConstraint(fields=["conversation", "step"], name="step_record_once"),
            models.CheckConstraint(condition=Q(step__range=(1, 10)), name="step_1_to_10"),
        ]

    def __str__(self) -> str:
        return f"step {self.step}"

    @property
    def definition(self) -> Step:
        """The step as its edition defines it."""
        return self.conversation.edition.step(self.step)

    @property
    def is_settled(self) -> bool:
        """Done, or skipped with a reason."""
        return self.status in {StepStatus.DONE, StepStatus.SKIPPED}

    def answer(self, key: str) -> Any:
        """One answer, None when not given."""
        return self.answers.get(key)
