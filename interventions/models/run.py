"""One measurement of a class with the thermometer. Holds no answer: see AnswerBox."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from cases.models import Case
from interventions.thermometer.publish import MEANS_FROM, SPREAD_FROM
from interventions.thermometer.questionnaire import FULL, JUNIOR
from pestzorg.identity import WithUuid
from schools.models import School, SchoolClass


class Run(WithUuid):
    """Prepared, open for a while, closed for good. Days only: a time could tell who answered when.

    A later run of the same class points to the one before; a new school year has a new class, and so a new series.
    """

    class Version(models.TextChoices):
        FULL = FULL, _("About 9 years and older")
        JUNIOR = JUNIOR, _("About 6 to 9 years, read aloud, with faces")

    class State(models.TextChoices):
        PREPARED = "prepared", _("Prepared")
        OPEN = "open", _("Open")
        CLOSED = "closed", _("Closed")

    school = models.ForeignKey(School, on_delete=models.CASCADE, related_name="runs")
    school_class = models.ForeignKey(SchoolClass, on_delete=models.PROTECT, related_name="runs")
    # A run may belong to a case, or to nothing but the class.
    case = models.ForeignKey(
        Case, on_delete=models.SET_NULL, null=True, blank=True, related_name="runs"
    )
    previous = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="next"
    )
    version = models.CharField(max_length=6, choices=Version.choices, default=Version.FULL)
    state = models.CharField(max_length=8, choices=State.choices, default=State.PREPARED)
    # Once closed it keeps at least what the school asked then, so that lowering that later opens nothing.
    minimum = models.PositiveSmallIntegerField(default=MEANS_FROM)
    spread_minimum = models.PositiveSmallIntegerField(default=SPREAD_FROM)
    planned_on = models.DateField()
    prepared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    opened_on = models.DateField(null=True, blank=True)
    closed_on = models.DateField(null=True, blank=True)
    # How many pupils the class had when it was opened.
    class_size = models.PositiveSmallIntegerField(null=True, blank=True)
    # The six digits that a class types; empty unless the run is open.
    code = models.CharField(max_length=6, blank=True)

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=Q(minimum__gte=MEANS_FROM, spread_minimum__gte=SPREAD_FROM),
                name="run_minimum",
            ),
            models.CheckConstraint(
                condition=Q(state="prepared", opened_on=None, closed_on=None, class_size=None)
                | Q(state="open", opened_on__isnull=False, closed_on=None)
                & Q(class_size__gte=F("minimum"))
                | Q(state="closed", opened_on__isnull=False, closed_on__isnull=False)
                & Q(class_size__gte=MEANS_FROM),
                name="run_days_fit_state",
            ),
            models.CheckConstraint(
                condition=Q(state="open") | Q(code=""), name="run_code_while_open"
            ),
            models.UniqueConstraint(fields=["code"], condition=~Q(code=""), name="run_code_once"),
            # Two runs beside each other, with one pupil more in one of them, would tell that pupil's answers.
            models.UniqueConstraint(
                fields=["school_class"], condition=~Q(state="closed"), name="run_one_at_a_time"
            ),
        ]

    def __str__(self) -> str:
        return f"run {self.pk} of class {self.school_class_id}"

    @property
    def is_open(self) -> bool:
        """Pupils may answer now."""
        return self.state == self.State.OPEN

    @property
    def is_closed(self) -> bool:
        """The results may be looked at, and nobody answers any more."""
        return self.state == self.State.CLOSED
