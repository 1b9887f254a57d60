"""A support person: somebody around the pupil, chosen by the pupil, who helps. Gets no access by being named."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from cases.models.agreement import Agreement
from cases.models.conversation import Conversation
from cases.models.vocabulary_fields import term_field, terms_field
from pestzorg.crypto.fields import EncryptedTextField
from pestzorg.identity import WithUuid
from pestzorg.posting.versions import WithVersion


class SupportPerson(WithUuid, WithVersion):
    """Named in step 10, asked by somebody before a day, and told only what the pupil agreed to."""

    class Answer(models.TextChoices):
        NOT_ASKED = "not_asked", _("Not asked yet")
        ACCEPTED = "accepted", _("Yes")
        DECLINED = "declined", _("No")

    conversation = models.ForeignKey(
        Conversation, on_delete=models.CASCADE, related_name="support_persons"
    )
    name = models.CharField(max_length=120)
    relationship = term_field("support_relationships")
    inside_school = models.BooleanField(default=False)
    chosen_by_pupil = models.BooleanField(default=True)
    tasks = terms_field("support_tasks")
    what_they_do = EncryptedTextField(max_length=500, blank=True)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    ask_before = models.DateField(null=True, blank=True)
    answer = models.CharField(max_length=10, choices=Answer.choices, default=Answer.NOT_ASKED)
    answered_on = models.DateField(null=True, blank=True)
    linked_agreements = models.ManyToManyField(Agreement, blank=True, related_name="supporters")
    knows_what = term_field("knows_what", default="only_role")
    reminders_allowed = models.BooleanField(default=False)
    until = models.DateField(null=True, blank=True)

    class Meta:
        default_permissions = ()
        ordering = ["id"]

    def __str__(self) -> str:
        return self.name
