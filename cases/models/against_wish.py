"""A plan that goes against what the pupil does not want carries the reason why it is done all the same."""

from __future__ import annotations

from django.db import models

from pestzorg.crypto.fields import EncryptedTextField


class AgainstWish(models.Model):
    """Mixin. The flag is clear, so that lists can find such plans; the reason is not."""

    against_wish = models.BooleanField(default=False)
    # NULL in rows that are older than this column: nothing can be sealed for a row that is not at hand.
    wish_reason = EncryptedTextField(max_length=500, blank=True, null=True)

    class Meta:
        abstract = True
