"""Closing a case and its aftercare, to read."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from cases.api.fields import PersonSerializer, RowSerializer
from cases.models import AftercareCheck, Closing

# What who only reads the case does not see of a closing.
REASONS = (
    "pupil_agrees",
    "parents_agree",
    "criteria",
    "note",
    "override_reason",
    "ended_reason",
)


class ClosingSerializer(RowSerializer[Closing]):
    """One round from proposal to decision. Who only reads the case sees no reasons, nor who agreed: these are null."""

    proposed_by = PersonSerializer(read_only=True)
    decided_by = PersonSerializer(read_only=True, allow_null=True)
    signed_by = PersonSerializer(read_only=True, allow_null=True)
    ended_by = PersonSerializer(read_only=True, allow_null=True)
    pupil_agrees = serializers.BooleanField(read_only=True, allow_null=True)
    parents_agree = serializers.ChoiceField(
        choices=Closing.Parents.choices, read_only=True, allow_null=True
    )
    criteria = serializers.DictField(
        child=serializers.BooleanField(), read_only=True, allow_null=True
    )
    note = serializers.CharField(read_only=True, allow_null=True)
    override_reason = serializers.CharField(read_only=True, allow_null=True)
    ended_reason = serializers.CharField(read_only=True, allow_null=True)
    carries_over = serializers.SlugRelatedField[Any](slug_field="uuid", many=True, read_only=True)

    class Meta:
        model = Closing
        fields = [
            "uuid",
            "status",
            "proposed_by",
            "proposed_at",
            "carries_over",
            "decided_by",
            "decided_at",
            "signed_by",
            "signed_at",
            "ended_by",
            "ended_at",
            *REASONS,
        ]
        read_only_fields = fields

    def to_representation(self, instance: Closing) -> dict[str, Any]:
        """The round, without its reasons for who does not work in the case."""
        shown = super().to_representation(instance)
        return shown if self.context["reads_reasons"] else shown | dict.fromkeys(REASONS)


class AftercareCheckSerializer(RowSerializer[AftercareCheck]):
    """A talk of aftercare: planned by its day, or held with what came of it."""

    closing = serializers.SlugRelatedField[Any](slug_field="uuid", read_only=True)
    held_by = PersonSerializer(read_only=True, allow_null=True)
    agreements_reviewed = serializers.SlugRelatedField[Any](
        slug_field="uuid", many=True, read_only=True
    )

    class Meta:
        model = AftercareCheck
        fields = [
            "uuid",
            "closing",
            "weeks",
            "due_on",
            "moved_from",
            "move_reason",
            "status",
            "held_on",
            "held_by",
            "safety_score",
            "new_incident",
            "compared",
            "pupil_words",
            "agreements_reviewed",
            "helpers_active",
            "class_teacher_signal",
            "parents_contacted",
            "parents_reason",
            "verdict",
            "note",
            "version",
            "changed_at",
        ]
        read_only_fields = fields
