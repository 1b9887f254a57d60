"""Something that happened, as told in the conversation."""

from __future__ import annotations

from django.db import models

from cases.models.case import Case
from cases.models.vocabulary_fields import term_field, terms_field
from pestzorg.crypto.fields import EncryptedTextField
from pestzorg.identity import WithUuid
from pestzorg.posting.versions import WithVersion


class Incident(WithUuid, WithVersion):
    """Grounds are kept as perceived, here and never on the pupil."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="incidents")
    happened_on = models.DateField(null=True, blank=True)
    date_precision = term_field("date_precisions", default="exact")
    description = EncryptedTextField(max_length=2000)
    forms = terms_field("bullying_forms")
    cyber_subforms = terms_field("cyber_subforms")
    channels = terms_field("channels")
    place = term_field("places", blank=True)
    seen_by = EncryptedTextField(max_length=500, blank=True)
    audience = term_field("audiences", blank=True)
    still_online = models.BooleanField(default=False)
    sender_known = term_field("sender_known", blank=True)
    # School does not judge that; it makes somebody ask the police.
    possible_offence = models.BooleanField(default=False)
    outside_school_hours = models.BooleanField(default=False)
    perceived_grounds = terms_field("grounds")
    recorded_at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        ordering = ["happened_on", "id"]

    def __str__(self) -> str:
        return f"incident {self.pk}"
