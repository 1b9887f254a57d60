"""What a class agreed with each other. Not an agreement of a case: it belongs to the class, and has a day to look again."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from interventions.models.intervention import Intervention
from pestzorg.crypto.fields import EncryptedTextField
from pestzorg.identity import WithUuid
from pestzorg.posting.versions import WithVersion
from schools.models import School, SchoolClass

LONGEST_RULE = 200
LONGEST_END = 500


class ClassRule(WithUuid, WithVersion):
    """One wording of one rule. Another wording is another row, and this one then names it as its successor.

    It may have come out of an intervention, and outlives it. What shows rules never shows which one.
    """

    class ProposedBy(models.TextChoices):
        PUPILS = "pupils", _("The pupils")
        TEACHER = "teacher", _("The teacher")
        TOGETHER = "together", _("Together")

    class Status(models.TextChoices):
        ACTIVE = "active", _("In force")
        CHANGED = "changed", _("Changed")
        ENDED = "ended", _("Ended")

    school = models.ForeignKey(School, on_delete=models.CASCADE, related_name="class_rules")
    school_class = models.ForeignKey(SchoolClass, on_delete=models.PROTECT, related_name="rules")
    intervention = models.ForeignKey(
        Intervention, on_delete=models.SET_NULL, null=True, blank=True, related_name="class_rules"
    )
    text = EncryptedTextField(max_length=LONGEST_RULE)
    proposed_by = models.CharField(max_length=8, choices=ProposedBy.choices)
    adopted_on = models.DateField()
    # Both or none: a class may agree without counting hands.
    vote_for = models.PositiveSmallIntegerField(null=True, blank=True)
    vote_total = models.PositiveSmallIntegerField(null=True, blank=True)
    review_on = models.DateField()
    reviewed_on = models.DateField(null=True, blank=True)
    status = models.CharField(max_length=7, choices=Status.choices, default=Status.ACTIVE)
    successor = models.OneToOneField(
        "self", on_delete=models.RESTRICT, null=True, blank=True, related_name="former"
    )
    ended_on = models.DateField(null=True, blank=True)
    end_reason = EncryptedTextField(max_length=LONGEST_END, blank=True)

    class Meta:
        default_permissions = ()
        ordering = ["adopted_on", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(vote_for=None, vote_total=None)
                | Q(vote_for__isnull=False, vote_total__isnull=False)
                & Q(vote_for__lte=F("vote_total")),
                name="class_rule_votes",
            ),
            models.CheckConstraint(
                condition=Q(status="active", successor=None, ended_on=None)
                | Q(status="changed", successor__isnull=False, ended_on__isnull=False)
                | Q(status="ended", successor=None, ended_on__isnull=False),
                name="class_rule_ends_once",
            ),
        ]

    def __str__(self) -> str:
        return f"class rule {self.pk}"

    @property
    def is_active(self) -> bool:
        """The class keeps to it now."""
        return self.status == self.Status.ACTIVE
