"""Who may see no case of a school for as long as something is looked into. Beats every role and every grant."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from pestzorg.identity import WithUuid
from schools.models.school import School


class ExclusionReason(models.TextChoices):
    """Why somebody stays out, as a code: the story itself belongs elsewhere."""

    INVOLVED = "involved", _("Involved in what happened")
    FAMILY = "family", _("Family or close to somebody involved")
    CONCERN = "concern", _("A concern about this colleague is being looked into")
    OTHER = "other", _("Another conflict of interest")


class Exclusion(WithUuid):
    """Set by one person, lifted by two. A lifted row stays, so that it can be told afterwards."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="%(class)ss"
    )
    reason_code = models.CharField(max_length=10, choices=ExclusionReason.choices)
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField()
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    lifted_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True

    @property
    def is_live(self) -> bool:
        """Whether it still holds."""
        return self.lifted_at is None


class SchoolExclusion(Exclusion):
    """Takes away every role with pupils at one school, and every case of that school."""

    school = models.ForeignKey(School, on_delete=models.CASCADE, related_name="exclusions")

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["school", "user"],
                condition=Q(lifted_at__isnull=True),
                name="school_exclusion_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.user_id} out of school {self.school_id}"
