"""One of the ten steps: what was answered for who may read it, and how a program writes it."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from cases.api.answers import ANSWERS
from cases.api.fields import PersonSerializer, Term
from cases.models import StepRecord, StepVersion
from cases.models.step_record import Visibility

# What anybody with content may know of a step that is closed to them: the page shows its state too.
ALWAYS = ("number", "key", "status", "is_readable")


class StepSerializer(serializers.ModelSerializer[StepRecord]):
    """One of the ten steps. What was said is null for who may not read this step."""

    number = serializers.IntegerField(source="step", read_only=True)
    key = serializers.CharField(source="definition.key", read_only=True)
    is_readable = serializers.SerializerMethodField()
    answers = serializers.SerializerMethodField()
    summary = serializers.CharField(read_only=True, allow_null=True)
    visibility = serializers.ChoiceField(Visibility.choices, read_only=True, allow_null=True)
    skip_reason = serializers.CharField(read_only=True, allow_null=True)
    skip_note = serializers.CharField(read_only=True, allow_null=True)
    first_sitting = serializers.SlugRelatedField[Any](
        slug_field="uuid", read_only=True, allow_null=True
    )
    last_sitting = serializers.SlugRelatedField[Any](
        slug_field="uuid", read_only=True, allow_null=True
    )
    completed_by = PersonSerializer(read_only=True, allow_null=True)
    version = serializers.IntegerField(read_only=True, allow_null=True)

    class Meta:
        model = StepRecord
        fields = [
            *ALWAYS,
            "answers",
            "summary",
            "visibility",
            "skip_reason",
            "skip_note",
            "first_sitting",
            "last_sitting",
            "completed_at",
            "completed_by",
            "version",
            "changed_at",
        ]
        read_only_fields = fields

    def get_is_readable(self, record: StepRecord) -> bool:
        """Whether the caller may read this step."""
        return record.step in self.context["readable"]

    @extend_schema_field({"allOf": [ANSWERS], "nullable": True})
    def get_answers(self, record: StepRecord) -> dict[str, Any]:
        """The answers by key of the edition's question."""
        given: dict[str, Any] = record.answers
        return given

    def to_representation(self, record: StepRecord) -> dict[str, Any]:
        """The step, or of a closed one only how far it is."""
        if self.get_is_readable(record):
            return super().to_representation(record)
        shown = {name: self.fields[name] for name in ALWAYS}
        known = {
            name: field.to_representation(field.get_attribute(record))
            for name, field in shown.items()
        }
        return dict.fromkeys(self.fields) | known


class StepVersionSerializer(serializers.ModelSerializer[StepVersion]):
    """What a finished step said before it was changed."""

    answers = serializers.SerializerMethodField()
    summary = serializers.CharField(read_only=True)
    skip_note = serializers.CharField(read_only=True)
    sitting = serializers.SlugRelatedField[Any](slug_field="uuid", read_only=True, allow_null=True)
    settled_by = PersonSerializer(read_only=True, allow_null=True)
    replaced_by = PersonSerializer(read_only=True)

    class Meta:
        model = StepVersion
        fields = [
            "number",
            "status",
            "answers",
            "summary",
            "skip_reason",
            "skip_note",
            "visibility",
            "sitting",
            "settled_at",
            "settled_by",
            "replaced_at",
            "replaced_by",
        ]
        read_only_fields = fields

    @extend_schema_field(ANSWERS)
    def get_answers(self, version: StepVersion) -> dict[str, Any]:
        """The answers of then, by key of the edition's question."""
        given: dict[str, Any] = version.answers
        return given


@extend_schema_field(ANSWERS)
class Answers(serializers.DictField):
    """Answers by key of the question; null takes an answer away, and a question that is not named stays as it is."""


class SaveStepSerializer(serializers.Serializer[Any]):
    """What is known so far, also half of it."""

    answers = Answers(required=False)
    summary = serializers.CharField(max_length=2000, required=False, allow_blank=True)
    visibility = serializers.ChoiceField(Visibility.choices, required=False)


class SkipStepSerializer(serializers.Serializer[Any]):
    """Why the step is left out; `other` needs a note."""

    reason = Term(vocabulary="skip_reasons")
    note = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")
