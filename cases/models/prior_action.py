"""What the pupil already tried; step 2 collects it, step 4 asks whether it helped."""

from __future__ import annotations

from django.db import models

from cases.models.conversation import Conversation
from cases.models.vocabulary_fields import term_field
from pestzorg.crypto.fields import EncryptedTextField
from pestzorg.identity import WithUuid
from pestzorg.posting.versions import WithVersion


class PriorAction(WithUuid, WithVersion):
    """One list for both steps, so nobody asks a child the same thing twice."""

    conversation = models.ForeignKey(
        Conversation, on_delete=models.CASCADE, related_name="prior_actions"
    )
    action_type = term_field("prior_action_types")
    tried_when = models.CharField(max_length=80, blank=True)
    note = EncryptedTextField(max_length=1000, blank=True)
    effect = term_field("prior_action_effects", blank=True)
    keep_doing = models.BooleanField(default=False)

    class Meta:
        default_permissions = ()
        ordering = ["id"]

    def __str__(self) -> str:
        return self.action_type
