"""Aftercare: on fixed days after the closing somebody asks the pupil how it goes. Moved at most, never skipped."""

from __future__ import annotations

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cases.models.agreement import Agreement
from cases.models.case import Case
from cases.models.closing import Closing
from pestzorg.crypto.fields import EncryptedTextField
from pestzorg.identity import WithUuid
from pestzorg.posting.versions import WithVersion


class AftercareCheck(WithUuid, WithVersion):
    """One short talk with the pupil. `weeks` is empty for one that was added because something asked for attention."""

    class Status(models.TextChoices):
        PLANNED = "planned", _("Planned")
        HELD = "held", _("Held")
        ENDED = "ended", _("Ended: the case was opened again")

    class Compared(models.TextChoices):
        """The answer of the pupil, compared with last time."""

        BETTER = "better", _("Better")
        SAME = "same", _("The same")
        WORSE = "worse", _("Worse")

    class Helpers(models.TextChoices):
        YES = "yes", _("Yes")
        NO = "no", _("No longer")
        NOBODY = "nobody", _("There is nobody")

    class Verdict(models.TextChoices):
        OK = "ok", _("Good")
        ATTENTION = "attention", _("Needs attention")
        RELAPSE = "relapse", _("Relapse")

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="aftercare_checks")
    closing = models.ForeignKey(Closing, on_delete=models.CASCADE, related_name="checks")
    weeks = models.PositiveSmallIntegerField(null=True, blank=True)
    due_on = models.DateField()
    # Every earlier day, oldest first, and why it moved last.
    moved_from = models.JSONField(default=list, blank=True)
    move_reason = EncryptedTextField(max_length=500, blank=True)
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.PLANNED)
    held_on = models.DateField(null=True, blank=True)
    held_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    safety_score = models.PositiveSmallIntegerField(
        null=True, blank=True, validators=[MaxValueValidator(10)]
    )
    new_incident = models.BooleanField(null=True, blank=True)
    compared = models.CharField(max_length=8, choices=Compared.choices, blank=True)
    pupil_words = EncryptedTextField(max_length=1000, blank=True)
    agreements_reviewed = models.ManyToManyField(Agreement, blank=True, related_name="+")
    helpers_active = models.CharField(max_length=8, choices=Helpers.choices, blank=True)
    class_teacher_signal = EncryptedTextField(max_length=500, blank=True)
    parents_contacted = models.BooleanField(null=True, blank=True)
    parents_reason = EncryptedTextField(max_length=500, blank=True)
    verdict = models.CharField(max_length=10, choices=Verdict.choices, blank=True)
    note = EncryptedTextField(max_length=1000, blank=True)

    class Meta:
        default_permissions = ()
        ordering = ["due_on", "id"]
        indexes = [
            models.Index(
                fields=["due_on", "id"],
                condition=Q(status="planned"),
                name="aftercare_planned_next",
            )
        ]
        constraints = [
            models.UniqueConstraint(fields=["closing", "weeks"], name="aftercare_weeks_once")
        ]

    def __str__(self) -> str:
        return f"aftercare check {self.pk}"

    @property
    def is_planned(self) -> bool:
        """Still to be held."""
        return self.status == self.Status.PLANNED
