"""Closing a case, proposed by one and decided by another; from then on aftercare runs until it is over."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cases.models.agreement import Agreement
from cases.models.case import Case
from pestzorg.crypto.fields import EncryptedTextField
from pestzorg.identity import WithUuid


def _person() -> Any:
    return models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )


class Closing(WithUuid):
    """One round: what was proposed, who decided and signed, and how it ended when it did."""

    class Status(models.TextChoices):
        PROPOSED = "proposed", _("Proposed")
        TO_SIGN = "to_sign", _("Waits for the signature of the school leader")
        IN_FORCE = "in_force", _("Decided")
        TURNED_DOWN = "turned_down", _("Not now")
        REOPENED = "reopened", _("Opened again")

    class Parents(models.TextChoices):
        YES = "yes", _("Yes")
        NO = "no", _("No")
        NOT_INVOLVED = "not_involved", _("They are not involved")

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="closings")
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.PROPOSED)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    proposed_at = models.DateTimeField()
    pupil_agrees = models.BooleanField()
    parents_agree = models.CharField(max_length=12, choices=Parents.choices)
    # What goes on after the closing, as it was named in the proposal.
    carries_over = models.ManyToManyField(Agreement, blank=True, related_name="+")
    note = EncryptedTextField(max_length=1000, blank=True)
    # Which criteria were met when it was last looked at: what somebody signs who may not read the case.
    criteria = models.JSONField(default=dict)
    decided_by = _person()
    decided_at = models.DateTimeField(null=True, blank=True)
    override_reason = EncryptedTextField(max_length=1000, blank=True)
    signed_by = _person()
    signed_at = models.DateTimeField(null=True, blank=True)
    ended_by = _person()
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_reason = EncryptedTextField(max_length=1000, blank=True)

    class Meta:
        default_permissions = ()
        ordering = ["proposed_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["case"],
                condition=Q(status__in=["proposed", "to_sign"]),
                name="closing_one_open",
            )
        ]

    def __str__(self) -> str:
        return f"closing {self.pk}"

    @property
    def is_waiting(self) -> bool:
        """Somebody still has to decide or sign."""
        return self.status in OPEN_CLOSINGS


OPEN_CLOSINGS = (Closing.Status.PROPOSED, Closing.Status.TO_SIGN)
