"""An agreement: who does what by when, and who follows up. Not an appointment and not a class rule."""

from __future__ import annotations

from datetime import date
from typing import ClassVar, cast

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cases.models.against_wish import AgainstWish
from cases.models.case import Case
from cases.models.conversation import Conversation
from cases.models.participant import Participant
from cases.models.stood_in import StoodIn
from cases.models.vocabulary_fields import terms_field
from pestzorg.crypto.fields import EncryptedTextField
from pestzorg.identity import WithUuid
from pestzorg.posting.versions import WithVersion

LONGEST_NOTE = 1000


def default_visibility() -> list[str]:
    """The care team, and the pupil it is about."""
    return ["care_team", "pupil"]


class Agreement(WithUuid, WithVersion, AgainstWish, StoodIn):
    """Exactly one owner; a deadline, or standing with a review date; one member of staff who follows up."""

    class OwnerType(models.TextChoices):
        TARGET = "target", _("Pupil")
        PARENT = "parent", _("Parent")
        STAFF = "staff", _("Somebody at school")
        PUPIL_OTHER = "pupil_other", _("Another pupil")
        SUPPORT_PERSON = "support_person", _("Support person")
        CLASS = "class", _("The class")
        EXTERNAL = "external", _("Somebody outside school")

    class Source(models.TextChoices):
        STEP = "step", _("Conversation")
        MEASURE = "measure", _("Step 6")
        INTERVENTION = "intervention", _("Class approach")
        CLASS_RULE = "class_rule", _("Class rule")
        FOLLOW_UP = "follow_up", _("Follow-up talk")
        SUPPORT_PERSON = "support_person", _("Support person")
        AFTERCARE = "aftercare", _("Aftercare")

    class Status(models.TextChoices):
        OPEN = "open", _("Open")
        DONE = "done", _("Done")
        PARTLY = "partly", _("Partly done")
        NOT_DONE = "not_done", _("Not done")
        CANCELLED = "cancelled", _("No longer needed")
        CARRIED_OVER = "carried_over", _("Carried over to aftercare")

    class Helped(models.TextChoices):
        """What the pupil says; done is another question."""

        YES = "yes", _("Yes, it helped")
        A_BIT = "a_bit", _("A bit")
        NO = "no", _("No, not really")

    # Still to be done: in a case in progress, or carried over into its aftercare.
    LIVING: ClassVar = (Status.OPEN, Status.CARRIED_OVER)

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="agreements")
    conversation = models.ForeignKey(
        Conversation, on_delete=models.SET_NULL, null=True, blank=True, related_name="agreements"
    )
    what = EncryptedTextField(max_length=200)
    owner_type = models.CharField(max_length=15, choices=OwnerType.choices)
    owner_staff = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="owned_agreements",
    )
    owner_participant = models.ForeignKey(
        Participant,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="owned_agreements",
    )
    owner_name = models.CharField(max_length=120, blank=True)
    helper = models.CharField(max_length=120, blank=True)
    responsible_staff = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="followed_agreements"
    )
    # What people said, and the school day it became; they differ when the first is not a school day.
    deadline_asked = models.DateField(null=True, blank=True)
    deadline = models.DateField(null=True, blank=True)
    # Every earlier day, oldest first: something that moves again and again is worth a talk.
    postponed_from = models.JSONField(default=list, blank=True)
    all_days = models.BooleanField(default=False)
    standing = models.BooleanField(default=False)
    review_on = models.DateField(null=True, blank=True)
    # Of a standing one: the day on which it begins, when that is not at once.
    starts_on = models.DateField(null=True, blank=True)
    check_how = EncryptedTextField(max_length=200, blank=True)
    source = models.CharField(max_length=15, choices=Source.choices, default=Source.STEP)
    source_key = models.CharField(max_length=40, blank=True)
    visibility = terms_field("visibilities", default=default_visibility)
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.OPEN)
    done_on = models.DateField(null=True, blank=True)
    done_note = EncryptedTextField(max_length=LONGEST_NOTE, blank=True)
    helped = models.CharField(max_length=5, choices=Helped.choices, blank=True)
    # NULL in rows that are older than this column.
    helped_words = EncryptedTextField(max_length=500, blank=True, null=True)
    agreed_at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        ordering = ["deadline", "id"]
        indexes = [
            models.Index(
                fields=["deadline", "id"],
                condition=Q(status__in=["open", "carried_over"]),
                name="agreement_open_due",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=(Q(standing=False) & Q(deadline__isnull=False))
                | (Q(standing=True) & Q(review_on__isnull=False)),
                name="agreement_has_a_date",
            ),
            models.CheckConstraint(
                condition=(Q(owner_type="staff") & Q(owner_staff__isnull=False))
                | (~Q(owner_type="staff") & Q(owner_staff__isnull=True)),
                name="agreement_staff_owner_has_account",
            ),
            models.CheckConstraint(
                condition=Q(starts_on__isnull=True) | Q(standing=True),
                name="agreement_begins_when_standing",
            ),
            models.UniqueConstraint(
                fields=["conversation", "source_key"],
                condition=Q(source="measure") & ~Q(source_key="") & ~Q(status="cancelled"),
                name="agreement_once_per_measure",
            ),
        ]

    def __str__(self) -> str:
        return f"agreement {self.pk}"

    @property
    def owner(self) -> str:
        """The name of the one who does it."""
        if self.owner_staff:
            return self.owner_staff.full_name
        return self.owner_participant.name if self.owner_participant else self.owner_name

    @property
    def due_on(self) -> date:
        """The deadline, or for a standing agreement the day to look back."""
        # One of the two is there: the database constraint agreement_has_a_date says so.
        return cast(date, self.review_on if self.standing else self.deadline)

    @property
    def is_open(self) -> bool:
        """Still to be done, also when it was carried over into aftercare."""
        return self.status in self.LIVING

    @property
    def may_have_helped(self) -> bool:
        """It was done, wholly or partly: the pupil can say whether it helped."""
        return self.status in {self.Status.DONE, self.Status.PARTLY}

    @property
    def was_moved(self) -> bool:
        """The deadline people named was not a school day."""
        return self.deadline_asked is not None and self.deadline_asked != self.deadline

    @property
    def postponed_days(self) -> list[date]:
        """The days on which it should have been done before."""
        return [date.fromisoformat(day) for day in self.postponed_from]

    def is_late(self, today: date) -> bool:
        """Open after its deadline; a standing agreement is never late."""
        return self.is_open and not self.standing and self.due_on < today
