"""The nine things a pupil can do to protect themselves; none is ever compulsory."""

from __future__ import annotations

from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from cases.models.conversation import Conversation
from cases.models.external_report import PLATFORM
from cases.models.vocabulary_fields import term_field
from cases.protocol import Measure
from pestzorg.crypto.fields import EncryptedTextField
from pestzorg.identity import WithUuid
from pestzorg.posting.versions import WithVersion


class SelfProtectionMeasure(WithUuid, WithVersion):
    """One of the nine, as discussed in step 6."""

    class Status(models.TextChoices):
        AGREED = "agreed", _("Will do")
        ALREADY_DONE = "already_done", _("Already did")
        NOT_NOW = "not_now", _("Not now")
        DECLINED = "declined", _("Does not want to")
        NOT_APPLICABLE = "not_applicable", _("Does not apply")

    conversation = models.ForeignKey(
        Conversation, on_delete=models.CASCADE, related_name="measures"
    )
    key = models.CharField(max_length=30)
    status = models.CharField(max_length=15, choices=Status.choices, blank=True)
    owner = models.CharField(max_length=120, blank=True)
    helper = models.CharField(max_length=120, blank=True)
    deadline = models.DateField(null=True, blank=True)
    feasibility = models.PositiveSmallIntegerField(
        null=True, blank=True, validators=[MaxValueValidator(10)]
    )
    # A complaint may go to the school or to the police; the latter opens a report outside school.
    to_police = models.BooleanField(default=False)
    note = EncryptedTextField(max_length=1000, blank=True)
    outcome = term_field("measure_outcomes", blank=True)

    class Meta:
        default_permissions = ()
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["conversation", "key"], name="measure_once")]

    def __str__(self) -> str:
        return self.key

    @property
    def is_reported(self) -> bool:
        """Chosen or done already, and it goes outside school."""
        kind = self.definition.external_report
        goes_out = kind is not None and (self.to_police or kind == PLATFORM)
        return goes_out and self.status in {self.Status.AGREED, self.Status.ALREADY_DONE}

    @property
    def definition(self) -> Measure:
        """The measure as its edition defines it."""
        return self.conversation.edition.measure(self.key)
