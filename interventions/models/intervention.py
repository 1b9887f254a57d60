"""An intervention: one method, run with one class or group, mostly because of a case."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from cases.models import Case, Conversation, Participant
from interventions.models.method_copy import MethodCopy
from interventions.models.run import Run
from interventions.protocol import Method, Variant, method
from interventions.suitability import Verdict
from pestzorg.crypto.fields import EncryptedJSONField, EncryptedTextField
from pestzorg.identity import WithUuid
from pestzorg.posting.versions import WithVersion
from schools.models import School, SchoolClass


class InterventionStatus(models.TextChoices):
    """Where it stands."""

    PLANNED = "planned", _("Planned")
    RUNNING = "running", _("Running")
    FINISHED = "finished", _("Finished")
    STOPPED = "stopped", _("Stopped")


class Consent(models.TextChoices):
    """What the pupil says about it, as step 8 knows it."""

    GIVEN = "given", _("Yes")
    CONDITIONAL = "conditional", _("On conditions")
    WITHHELD = "withheld", _("No")


class Intervention(WithUuid, WithVersion):
    """Keeps the version of the method it began with, and what the pupil wants and does not want told."""

    OPEN: ClassVar = (InterventionStatus.PLANNED, InterventionStatus.RUNNING)

    school = models.ForeignKey(School, on_delete=models.CASCADE, related_name="interventions")
    # Without a case nothing happened: a circle or a thermometer in an ordinary class.
    case = models.ForeignKey(
        Case, on_delete=models.CASCADE, null=True, blank=True, related_name="interventions"
    )
    conversation = models.ForeignKey(
        Conversation, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    class_group = models.ForeignKey(
        SchoolClass, on_delete=models.PROTECT, related_name="interventions"
    )
    method = models.CharField(max_length=40)
    edition = models.CharField(max_length=20)
    # In the words of the school, when it had its own as this began.
    method_copy = models.ForeignKey(
        MethodCopy, on_delete=models.PROTECT, null=True, blank=True, related_name="interventions"
    )
    variant = models.CharField(max_length=40)
    facilitator = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    facilitator_name = models.CharField(max_length=120, blank=True)
    status = models.CharField(
        max_length=10, choices=InterventionStatus.choices, default=InterventionStatus.PLANNED
    )
    planned_start = models.DateField()
    consent = models.CharField(max_length=12, choices=Consent.choices, blank=True)
    conditions = EncryptedTextField(max_length=2000, blank=True)
    may_be_told = EncryptedTextField(max_length=2000, blank=True)
    must_not_be_told = EncryptedTextField(max_length=2000, blank=True)
    protection_note = EncryptedTextField(max_length=2000, blank=True)
    # What the check said when it began, and why it began against that. Empty without a case; NULL in rows that are
    # older than this column.
    advice = models.CharField(max_length=12, choices=Verdict.choices, blank=True)
    advice_reason = EncryptedTextField(max_length=1000, blank=True, null=True)
    stop_reason = EncryptedTextField(max_length=1000, blank=True)
    outcome = EncryptedJSONField(max_length=10_000, blank=True)
    review_on = models.DateField(null=True, blank=True)
    # How warm the class was before, and after: measurements of the class, not of the pupil it is about.
    baseline_run = models.ForeignKey(
        Run, on_delete=models.SET_NULL, null=True, blank=True, related_name="baseline_of"
    )
    after_run = models.ForeignKey(
        Run, on_delete=models.SET_NULL, null=True, blank=True, related_name="after_of"
    )
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    started_at = models.DateTimeField()
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        default_permissions = ()
        ordering = ["started_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=(Q(facilitator__isnull=False) & Q(facilitator_name=""))
                | (Q(facilitator__isnull=True) & ~Q(facilitator_name="")),
                name="intervention_one_facilitator",
            ),
            models.CheckConstraint(
                condition=(Q(status__in=["finished", "stopped"]) & Q(ended_at__isnull=False))
                | (Q(status__in=["planned", "running"]) & Q(ended_at__isnull=True)),
                name="intervention_ends_at_a_moment",
            ),
            models.CheckConstraint(
                condition=(Q(case__isnull=True) & Q(consent=""))
                | (Q(case__isnull=False) & ~Q(consent="")),
                name="intervention_consent_of_a_case",
            ),
            models.CheckConstraint(
                condition=~Q(baseline_run=F("after_run")), name="intervention_two_measurements"
            ),
            models.UniqueConstraint(
                fields=["conversation", "method"],
                condition=Q(status__in=["planned", "running"]),
                name="intervention_once_open",
            ),
        ]

    def __str__(self) -> str:
        return f"intervention {self.pk}"

    @property
    def definition(self) -> Method:
        """The method as it was worded when this began."""
        if self.method_copy is not None:
            return self.method_copy.definition
        return method(self.method, self.edition)

    @property
    def way(self) -> Variant:
        """The way in which the method is run."""
        return self.definition.variant(self.variant)

    @property
    def title(self) -> str:
        """What people call it: its method; a circle in peacetime by its own name, since nothing happened there."""
        found = self.definition
        own_name = self.way.without_case and len(found.variants) > 1
        return str(self.way.label if own_name else found.label)

    @property
    def is_open(self) -> bool:
        """Neither finished nor stopped."""
        return self.status in self.OPEN

    @property
    def facilitated_by(self) -> str:
        """The name of whoever runs it."""
        return self.facilitator.full_name if self.facilitator else self.facilitator_name

    @property
    def target(self) -> Participant | None:
        """The pupil it is about; None without a case."""
        if self.conversation:
            return self.conversation.target
        return self.case.target if self.case else None
