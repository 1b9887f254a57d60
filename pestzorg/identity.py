"""The outward identity of a row: a random uuid for URLs, API and encryption; database keys stay inside."""

from __future__ import annotations

import uuid

from django.db import models


class WithUuid(models.Model):
    """A row known to the outside by a uuid set in Python, so that it exists before the row is saved."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)

    class Meta:
        abstract = True
