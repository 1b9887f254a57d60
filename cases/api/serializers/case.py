"""A case in two shapes: the header, and the content for who sees it. Pupils by name only in the second."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from cases.api.fields import PersonSerializer
from cases.models import Case, Participant


class ParticipantSerializer(serializers.ModelSerializer[Participant]):
    """Somebody's part in a case: a working hypothesis about behaviour, never a label."""

    class Meta:
        model = Participant
        fields = ["uuid", "name", "role", "certainty"]


class CaseHeaderSerializer(serializers.ModelSerializer[Case]):
    """All that may be known without access to the content."""

    school = serializers.SlugRelatedField[Any](slug_field="code", read_only=True)

    class Meta:
        model = Case
        fields = ["uuid", "reference", "status", "opened_at", "school"]
        read_only_fields = fields


class CaseSerializer(CaseHeaderSerializer):
    """The case itself, for who sees its content."""

    school_class = serializers.CharField(
        source="school_class.name", default=None, read_only=True, allow_null=True
    )
    handler = PersonSerializer(read_only=True, allow_null=True)
    participants = ParticipantSerializer(many=True, read_only=True)

    class Meta(CaseHeaderSerializer.Meta):
        fields = [
            *CaseHeaderSerializer.Meta.fields,
            "severity",
            "school_class",
            "handler",
            "active_at",
            "first_talk_due_on",
            "parents_due_on",
            "next_review_on",
            "aftercare_on",
            "closed_on",
            "participants",
        ]
        read_only_fields = fields
