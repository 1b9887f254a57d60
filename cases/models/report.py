"""A report by a member of staff: what was noticed, about whom, how soon it is needed."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from cases.models.case import Case
from cases.models.vocabulary_fields import terms_field
from pestzorg.crypto.fields import EncryptedTextField
from pestzorg.identity import WithUuid
from schools.models import Pupil, School, SchoolClass


class Report(WithUuid):
    """Starts a case. The reporter sees only its status (and may take it on as class teacher)."""

    class Urgency(models.TextChoices):
        THIS_WEEK = "this_week", _("This week")
        TODAY = "today", _("Today")
        NOW = "now", _("Not safe right now")

    case = models.OneToOneField(Case, on_delete=models.CASCADE, related_name="report")
    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="reports")
    reporter = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="reports"
    )
    reported_at = models.DateTimeField()
    # Names stay searchable, so they are not encrypted; everything told about the child is.
    about = models.CharField(max_length=120)
    pupil = models.ForeignKey(
        Pupil, on_delete=models.PROTECT, null=True, blank=True, related_name="reports"
    )
    school_class = models.ForeignKey(
        SchoolClass, on_delete=models.PROTECT, null=True, blank=True, related_name="reports"
    )
    signs = terms_field("report_signs")
    description = EncryptedTextField(max_length=2000, blank=True)
    urgency = models.CharField(max_length=10, choices=Urgency.choices, default=Urgency.THIS_WEEK)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"report of {self.case_id}"
