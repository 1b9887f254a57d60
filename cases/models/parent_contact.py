"""A contact with a parent: when, how, and what the parent worries about and expects."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from cases.models.case import Case
from cases.models.conversation import Conversation
from cases.models.vocabulary_fields import term_field
from pestzorg.crypto.fields import EncryptedTextField
from pestzorg.identity import WithUuid
from pestzorg.posting.versions import WithVersion


class ParentContact(WithUuid, WithVersion):
    """Part of step 3; also later contacts with the same parent. Without a conversation it is about every pupil of the case."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="parent_contacts")
    conversation = models.ForeignKey(
        Conversation,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="parent_contacts",
    )
    person = models.CharField(max_length=120)
    held_at = models.DateTimeField()
    mode = term_field("parent_contact_modes")
    concerns = EncryptedTextField(max_length=2000, blank=True)
    expectations = EncryptedTextField(max_length=2000, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        default_permissions = ()
        ordering = ["held_at", "id"]

    def __str__(self) -> str:
        return f"contact {self.pk}"
