"""The case: one file about one situation, seen only through cases/access/."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from pestzorg.identity import WithUuid
from schools.models import School, SchoolClass

if TYPE_CHECKING:
    from cases.models.participant import Participant

# Without 0 O 1 I L and U: nobody misreads a code over the phone, and no code spells a word by accident.
REFERENCE_SIGNS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"


class CaseStatus(models.TextChoices):
    """The life of a case."""

    REPORTED = "reported", _("Reported")
    ASSESSING = "assessing", _("Being assessed")
    ACTIVE = "active", _("In progress")
    ON_HOLD = "on_hold", _("On hold")
    AFTERCARE = "aftercare", _("Closed, in aftercare")
    CLOSED = "closed", _("Closed for good")
    DISMISSED = "dismissed", _("Not bullying, other route")
    TRANSFERRED = "transferred", _("Handed over")
    ANONYMISED = "anonymised", _("Anonymised")


OPEN_STATUSES = (
    CaseStatus.REPORTED,
    CaseStatus.ASSESSING,
    CaseStatus.ACTIVE,
    CaseStatus.ON_HOLD,
    CaseStatus.AFTERCARE,
)
# While a case is in one of these its severity is looked at again and again.
GOING_ON = (CaseStatus.ACTIVE, CaseStatus.ON_HOLD, CaseStatus.AFTERCARE)
REVIEWED = (CaseStatus.ACTIVE, CaseStatus.ON_HOLD)


def new_reference() -> str:
    """A random code such as PZ-7K3M-Q2: never counting up, so there are no gaps to read."""
    signs = "".join(secrets.choice(REFERENCE_SIGNS) for _position in range(6))
    return f"PZ-{signs[:4]}-{signs[4:]}"


class Case(WithUuid):
    """Belongs to exactly one school. Narrative text lives on its parts, encrypted."""

    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="cases")
    reference = models.CharField(max_length=12, unique=True, default=new_reference, editable=False)
    status = models.CharField(
        max_length=12, choices=CaseStatus.choices, default=CaseStatus.REPORTED
    )
    restricted = models.BooleanField(default=False)
    school_class = models.ForeignKey(
        SchoolClass, on_delete=models.PROTECT, null=True, blank=True, related_name="cases"
    )
    handler = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="handled_cases",
    )
    severity = models.PositiveSmallIntegerField(null=True, blank=True)
    opened_at = models.DateTimeField()
    active_at = models.DateTimeField(null=True, blank=True)
    first_talk_due_on = models.DateField(null=True, blank=True)
    # What the level asks for; every assessment writes both anew.
    parents_due_on = models.DateField(null=True, blank=True)
    next_review_on = models.DateField(null=True, blank=True)
    # When aftercare began, and when it was over; both empty again once the case is opened again.
    aftercare_on = models.DateField(null=True, blank=True)
    closed_on = models.DateField(null=True, blank=True)
    # Opened again: how serious it is now is assessed before anything else.
    reopened_at = models.DateTimeField(null=True, blank=True)
    # Since when the conversation holds signals that no assessment has weighed yet.
    alarm_at = models.DateTimeField(null=True, blank=True)
    # Each alarm is told by itself, also the second of a day.
    alarm_uuid = models.UUIDField(null=True, editable=False, unique=True)
    is_open = models.GeneratedField(
        expression=models.ExpressionWrapper(
            Q(status__in=OPEN_STATUSES), output_field=models.BooleanField()
        ),
        output_field=models.BooleanField(),
        db_persist=True,
    )

    class Meta:
        # view < contribute < manage, and two extras; guardian stores who has which (model access.py)
        default_permissions = ()
        permissions = [
            ("view_case", "Can view the case"),
            ("contribute_case", "Can contribute to the case"),
            ("manage_case", "Can manage the case"),
            ("view_reporter", "Can see who reported"),
            ("export_case", "Can export the case"),
        ]
        indexes = [
            models.Index(
                fields=["-opened_at", "-id"], condition=Q(is_open=True), name="case_open_newest"
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(severity__isnull=True) | Q(severity__range=(1, 4)),
                name="case_severity_1_to_4",
            )
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def target(self) -> Participant | None:
        """The bullied pupil this case is about, when already known."""
        targets = (person for person in self.participants.all() if person.role == "target")
        return min(targets, key=lambda person: person.pk, default=None)

    @property
    def may_be_assessed(self) -> bool:
        """In progress, or in aftercare while a red flag waits."""
        in_aftercare = self.status == CaseStatus.AFTERCARE and self.alarm_at is not None
        return self.status in REVIEWED or in_aftercare

    @property
    def is_serious(self) -> bool:
        """Severity 3 or 4: shorter terms, deadlines shift backward."""
        return (self.severity or 0) >= 3

    @property
    def is_critical(self) -> bool:
        """Severity 4: mails leave at any hour, and whoever decides is told at once."""
        return self.severity == 4
