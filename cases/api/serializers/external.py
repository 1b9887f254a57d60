"""A report outside school, and what came of it."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from cases.api.fields import Colleague, RowSerializer, Term
from cases.models import ExternalReport

KEPT = ("uuid", "outcome", "closed_on", "source_key", "recorded_at", "version", "changed_at")


class ExternalReportSerializer(RowSerializer[ExternalReport]):
    """Police, an app or site, a help line. It holds words only: no picture is ever uploaded."""

    conversation = serializers.SlugRelatedField[Any](
        slug_field="uuid", read_only=True, allow_null=True
    )
    checked_by = Colleague(required=False, allow_null=True)

    class Meta:
        model = ExternalReport
        fields = [
            *KEPT,
            "conversation",
            "kind",
            "where",
            "reported_by",
            "reported_on",
            "reference",
            "check_on",
            "checked_by",
            "note",
        ]
        read_only_fields = KEPT


class OutcomeSerializer(serializers.Serializer[Any]):
    """What came of it; without an end, the day to look again."""

    outcome = Term(vocabulary="external_report_outcomes")
    check_on = serializers.DateField(required=False, allow_null=True)
    note = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")
