"""A report outside school: police, an app or site, a help line, CLB or Veilig Thuis; and what came of it."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import Q

from cases.models.case import Case
from cases.models.conversation import Conversation
from cases.models.vocabulary_fields import term_field
from cases.protocol import vocabulary
from pestzorg.crypto.fields import EncryptedTextField
from pestzorg.identity import WithUuid
from pestzorg.posting.versions import WithVersion

PENDING, NOT_MADE, PLATFORM = "pending", "not_made", "platform"


class ExternalReport(WithUuid, WithVersion):
    """Somebody promised it, made it, or knows how it ended. It holds words only: no picture is ever uploaded."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="external_reports")
    conversation = models.ForeignKey(
        Conversation,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="external_reports",
    )
    kind = term_field("external_report_kinds")
    where = models.CharField(max_length=120, blank=True)
    reported_by = models.CharField(max_length=120, blank=True)
    # Empty while it is only promised.
    reported_on = models.DateField(null=True, blank=True)
    reference = EncryptedTextField(max_length=120, blank=True)
    outcome = term_field("external_report_outcomes", default=PENDING)
    check_on = models.DateField(null=True, blank=True)
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    closed_on = models.DateField(null=True, blank=True)
    note = EncryptedTextField(max_length=1000, blank=True)
    # The measure of step 6 that it came from; empty for one that was written down by itself.
    source_key = models.CharField(max_length=30, blank=True)
    recorded_at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        ordering = ["recorded_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["conversation", "source_key"],
                condition=~Q(source_key=""),
                name="external_report_once_per_measure",
            )
        ]

    def __str__(self) -> str:
        return f"external report {self.pk}"

    @property
    def kind_label(self) -> str:
        """What it is, in words."""
        return vocabulary.label("external_report_kinds", self.kind)

    @property
    def outcome_label(self) -> str:
        """How it stands, in words."""
        return vocabulary.label("external_report_outcomes", self.outcome)

    @property
    def is_open(self) -> bool:
        """Something is still to be expected."""
        return self.closed_on is None

    @property
    def has_own_words(self) -> bool:
        """Somebody wrote in it by hand, also when it came from a measure."""
        return bool(self.note or self.where or self.reference or self.checked_by_id)

    def is_due(self, today: date) -> bool:
        """Somebody looks today what came of it."""
        return self.is_open and self.check_on is not None and self.check_on <= today
