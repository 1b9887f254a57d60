"""One phase: what was written down in it, and how a program plans, writes, holds and leaves it out."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from interventions.models import PhaseRecord, Proposal
from interventions.models.phase_version import LONGEST_CORRECTION
from interventions.queries.phase_content import earliest_day, written_about

ANSWERS = {
    "type": "object",
    "description": "By key of the question, as the method of this intervention asks them.",
    "additionalProperties": {},
}


@extend_schema_field(ANSWERS)
class PhaseAnswers(serializers.DictField):
    """Answers by key of the question; null takes one away, and a question that is not named stays as it is."""


class ProposalSerializer(serializers.ModelSerializer[Proposal]):
    """What somebody of the group says they will do. In a case it is an agreement, which knows its day."""

    member = serializers.SlugRelatedField[Any](slug_field="uuid", read_only=True, allow_null=True)
    text = serializers.CharField(read_only=True)
    agreement = serializers.SlugRelatedField[Any](
        slug_field="uuid", read_only=True, allow_null=True
    )

    class Meta:
        model = Proposal
        fields = ["uuid", "member", "text", "realistic", "agreement", "review_on"]
        read_only_fields = fields


class AboutPersonSerializer(serializers.Serializer[Any]):
    """What was asked about one person; `member` is null for the pupil of the case."""

    member = serializers.UUIDField(allow_null=True)
    answers = PhaseAnswers()


class ShownAboutPersonSerializer(AboutPersonSerializer):
    """The same with the name."""

    name = serializers.CharField(read_only=True)


class PhaseSerializer(serializers.ModelSerializer[PhaseRecord]):
    """One phase of an intervention with what was written down in it."""

    intervention = serializers.SlugRelatedField[Any](slug_field="uuid", read_only=True)
    earliest_on = serializers.SerializerMethodField()
    answers = PhaseAnswers(read_only=True)
    persons = serializers.SerializerMethodField()
    proposals = ProposalSerializer(many=True, read_only=True)
    skip_reason = serializers.CharField(read_only=True)

    class Meta:
        model = PhaseRecord
        fields = [
            "uuid",
            "intervention",
            "key",
            "round",
            "status",
            "planned_on",
            "earliest_on",
            "held_on",
            "answers",
            "persons",
            "proposals",
            "skip_reason",
            "version",
        ]
        read_only_fields = fields

    @extend_schema_field({"type": "string", "format": "date", "nullable": True})
    def get_earliest_on(self, record: PhaseRecord) -> Any:
        """The first day on which it may be held."""
        return earliest_day(record)

    @extend_schema_field(ShownAboutPersonSerializer(many=True))
    def get_persons(self, record: PhaseRecord) -> Any:
        """Everybody who is asked about in this phase."""
        return ShownAboutPersonSerializer(written_about(record), many=True).data


class SavePhaseSerializer(serializers.Serializer[Any]):
    """What is known so far, also half of it. After the phase was held `reason` says why it is corrected."""

    answers = PhaseAnswers(required=False)
    reason = serializers.CharField(required=False, allow_blank=True, max_length=LONGEST_CORRECTION)
    persons = AboutPersonSerializer(many=True, required=False)

    def validate_persons(self, persons: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Everybody once."""
        if len({one["member"] for one in persons}) < len(persons):
            raise serializers.ValidationError(_("Name everybody once."), code="twice")
        return persons


class PlanPhaseSerializer(serializers.Serializer[Any]):
    """On which day a phase is to be held."""

    planned_on = serializers.DateField()


class HoldPhaseSerializer(serializers.Serializer[Any]):
    """On which day a phase was held."""

    held_on = serializers.DateField()


class SkipPhaseSerializer(serializers.Serializer[Any]):
    """Why a phase is left out, where its method allows that."""

    skip_reason = serializers.CharField(max_length=500)
