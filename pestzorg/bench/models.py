"""What stock guardian needs beside our grants, and the product does not have: grants to groups."""

from __future__ import annotations

from django.db import models
from guardian.models import GroupObjectPermissionBase

from cases.models import Case


class CaseGroupObjectPermission(GroupObjectPermissionBase):
    """One group's permission on one case, with a real foreign key: guardian's faster storage."""

    content_object = models.ForeignKey(Case, on_delete=models.CASCADE)
