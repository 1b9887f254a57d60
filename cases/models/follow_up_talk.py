"""A follow-up talk with one person: planned at once, held, and progress congratulated."""

from __future__ import annotations

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cases.models.against_wish import AgainstWish
from cases.models.agreement import Agreement
from cases.models.case import Case
from cases.models.conversation import Conversation
from cases.models.participant import Participant
from cases.models.stood_in import StoodIn
from cases.models.vocabulary_fields import term_field, terms_field
from pestzorg.crypto.fields import EncryptedTextField
from pestzorg.identity import WithUuid
from pestzorg.posting.versions import WithVersion


class FollowUpTalk(WithUuid, WithVersion, AgainstWish, StoodIn):
    """Separate talks: never the target and an alleged bully together."""

    class Status(models.TextChoices):
        PLANNED = "planned", _("Planned")
        HELD = "held", _("Held")
        MOVED = "moved", _("Moved")
        NO_SHOW = "no_show", _("Did not come")
        CANCELLED = "cancelled", _("Cancelled")

    class AskedAgain(models.TextChoices):
        """A pupil who wanted nobody to help is asked once more, at the first talk afterwards (step 10)."""

        YES = "yes", _("Yes")
        STILL_NOT = "still_not", _("Not now either")

    class Progress(models.TextChoices):
        MUCH_BETTER = "much_better", _("Much better")
        BETTER = "better", _("Better")
        SAME = "same", _("The same")
        WORSE = "worse", _("Worse")

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="talks")
    conversation = models.ForeignKey(
        Conversation, on_delete=models.SET_NULL, null=True, blank=True, related_name="talks"
    )
    with_participant = models.ForeignKey(
        Participant, on_delete=models.PROTECT, null=True, blank=True, related_name="talks"
    )
    with_name = models.CharField(max_length=120, blank=True)
    with_role = term_field("talk_roles")
    conductor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="conducted_talks"
    )
    planned_at = models.DateTimeField()
    purposes = terms_field("talk_purposes")
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.PLANNED)
    held_on = models.DateField(null=True, blank=True)
    new_incident = models.BooleanField(null=True, blank=True)
    safety_score = models.PositiveSmallIntegerField(
        null=True, blank=True, validators=[MaxValueValidator(10)]
    )
    progress = models.CharField(max_length=12, choices=Progress.choices, blank=True)
    progress_examples = EncryptedTextField(max_length=1000, blank=True)
    congratulated = models.BooleanField(null=True, blank=True)
    congratulation_words = EncryptedTextField(max_length=500, blank=True)
    note = EncryptedTextField(max_length=2000, blank=True)
    agreements_reviewed = models.ManyToManyField(Agreement, blank=True, related_name="reviewed_in")
    # What comes next is said before people part: another talk, or that none is needed.
    next_talk_at = models.DateTimeField(null=True, blank=True)
    no_next_talk = models.BooleanField(default=False)
    support_asked_again = models.CharField(max_length=10, choices=AskedAgain.choices, blank=True)

    class Meta:
        default_permissions = ()
        ordering = ["planned_at", "id"]
        indexes = [
            models.Index(
                fields=["planned_at", "id"], condition=Q(status="planned"), name="talk_planned_next"
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(with_participant__isnull=False) | ~Q(with_name=""),
                name="talk_with_somebody",
            )
        ]

    def __str__(self) -> str:
        return f"talk {self.pk}"

    @property
    def with_whom(self) -> str:
        """The name of the person the talk is with."""
        return self.with_participant.name if self.with_participant else self.with_name

    @property
    def is_better(self) -> bool:
        """There is progress to congratulate on."""
        return self.progress in {self.Progress.BETTER, self.Progress.MUCH_BETTER}
