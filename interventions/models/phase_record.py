"""What was planned and noted in one phase of an intervention."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from interventions.models.intervention import Intervention
from interventions.protocol import Phase
from pestzorg.crypto.fields import EncryptedJSONField, EncryptedTextField
from pestzorg.identity import WithUuid
from pestzorg.posting.versions import WithVersion


class PhaseStatus(models.TextChoices):
    """How far a phase is."""

    NOT_STARTED = "not_started", _("not yet")
    IN_PROGRESS = "in_progress", _("complete later")
    DONE = "done", _("held")
    SKIPPED = "skipped", _("left out")


class PhaseRecord(WithUuid, WithVersion):
    """Always savable, also half filled; held only on a day that fits, with everything required."""

    intervention = models.ForeignKey(Intervention, on_delete=models.CASCADE, related_name="phases")
    key = models.CharField(max_length=40)
    round = models.PositiveSmallIntegerField(default=1)
    # The place in the order; a further round comes between and moves what is after it.
    number = models.PositiveSmallIntegerField()
    status = models.CharField(
        max_length=12, choices=PhaseStatus.choices, default=PhaseStatus.NOT_STARTED
    )
    planned_on = models.DateField(null=True, blank=True)
    held_on = models.DateField(null=True, blank=True)
    answers = EncryptedJSONField(max_length=40_000, blank=True)
    skip_reason = EncryptedTextField(max_length=500, blank=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        default_permissions = ()
        ordering = ["number", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["intervention", "key", "round"], name="phase_once_per_round"
            ),
            models.CheckConstraint(
                condition=(Q(status="done") & Q(held_on__isnull=False))
                | (~Q(status="done") & Q(held_on__isnull=True)),
                name="phase_held_on_a_day",
            ),
        ]

    def __str__(self) -> str:
        return f"phase {self.key} {self.round}"

    @property
    def definition(self) -> Phase:
        """The phase as its method defines it."""
        return self.intervention.definition.phase(self.intervention.variant, self.key)

    @property
    def is_settled(self) -> bool:
        """Held, or left out with a reason."""
        return self.status in {PhaseStatus.DONE, PhaseStatus.SKIPPED}

    def answer(self, key: str) -> Any:
        """One answer, None when not given."""
        return self.answers.get(key)
