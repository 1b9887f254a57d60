"""Who plays which part in a case. A part is a working hypothesis about behaviour, never a label of a child."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cases.models.case import Case
from cases.models.vocabulary_fields import term_field
from pestzorg.crypto.fields import EncryptedTextField
from pestzorg.identity import WithUuid
from pestzorg.posting.versions import WithVersion
from schools.models import Pupil


class Participant(WithUuid, WithVersion):
    """A pupil (or somebody without a known name) in one case."""

    class WithoutTalk(models.TextChoices):
        UNKNOWN = "unknown", _("We do not know who it is")
        IN_GROUP = "in_group", _("Is seen within the class approach")
        ELSEWHERE = "elsewhere", _("Somebody else talks with this pupil")
        OTHER = "other", _("Other reason")

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="participants")
    pupil = models.ForeignKey(
        Pupil, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    name = models.CharField(max_length=120)
    role = term_field("participant_roles")
    certainty = term_field("certainties", default="suspected")
    note = EncryptedTextField(max_length=2000, blank=True)
    # Step 9: a talk is planned for everybody who bullied or joined in, or this says why not.
    without_talk = models.CharField(max_length=10, choices=WithoutTalk.choices, blank=True)
    # NULL in rows that are older than this column.
    without_talk_note = EncryptedTextField(max_length=500, blank=True, null=True)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["case", "pupil"], condition=Q(pupil__isnull=False), name="participant_once"
            )
        ]

    def __str__(self) -> str:
        return self.name
