"""Emergency access: somebody opened one case that was closed to them, with a reason, for four hours."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from cases.models.case import Case
from pestzorg.crypto.fields import EncryptedTextField
from pestzorg.identity import WithUuid
from schools.roles import Role


class BreakGlass(WithUuid):
    """One opening. The row stays after it ran out: it is the log that others review."""

    class Reason(models.TextChoices):
        DANGER = "danger", _("A pupil may be in danger now")
        ABSENT = "absent", _("Nobody who handles the case can be reached")
        AUTHORITY = "authority", _("Police, court or inspectorate ask for it")
        OTHER = "other", _("Something else that cannot wait")

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="break_glass")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="break_glass"
    )
    role_used = models.CharField(max_length=20, choices=Role.choices)
    reason_code = models.CharField(max_length=10, choices=Reason.choices)
    reason = EncryptedTextField(max_length=2000)
    started_at = models.DateTimeField()
    valid_until = models.DateTimeField()
    # The row is the log and stays; what it opened is cleared away some time after it ran out.
    tidied = models.BooleanField(default=False)

    class Meta:
        default_permissions = ()
        indexes = [models.Index(fields=["user", "started_at"], name="break_glass_often")]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_until__gt=F("started_at")), name="break_glass_runs_forward"
            )
        ]

    def __str__(self) -> str:
        return f"{self.user_id} into case {self.case_id}"
