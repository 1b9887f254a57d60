"""Who may not see one case, whatever else would open it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from cases.models.case import Case
from schools.models.exclusion import Exclusion


class CaseExclusion(Exclusion):
    """A conflict of interest: beats roles, grants and emergency access."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="exclusions")

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["case", "user"],
                condition=Q(lifted_at__isnull=True),
                name="case_exclusion_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.user_id} out of case {self.case_id}"
