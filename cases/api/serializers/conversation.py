"""A conversation with its sittings: who speaks with whom, how far it is, and not what was said."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from cases.api.fields import PersonSerializer, RowSerializer
from cases.api.serializers.step import StepSerializer
from cases.models import Attendee, Conversation, LeadChange, Sitting

FOR_THE_NEXT_TIME = ("handover_note", "what_changed")
# Why it waits, why it stopped: null for who does not work in it.
REASONS = ("later_reason", "discontinued_reason")


class ConversationSerializer(RowSerializer[Conversation]):
    """A conversation without what was said in it."""

    case = serializers.SlugRelatedField[Any](slug_field="uuid", read_only=True)
    target = serializers.SlugRelatedField[Any](slug_field="uuid", read_only=True)
    lead = PersonSerializer(read_only=True)
    # After a relapse: the earlier conversation with the same pupil.
    follows = serializers.SlugRelatedField[Any](slug_field="uuid", read_only=True, allow_null=True)
    edition = serializers.CharField(source="edition_key", read_only=True)

    class Meta:
        model = Conversation
        fields = [
            "uuid",
            "case",
            "target",
            "lead",
            "follows",
            "status",
            "edition",
            "language",
            "interpreter",
            "paused_reason",
            "resume_by",
            "started_at",
            "completed_at",
            "discontinued_at",
        ]
        read_only_fields = fields


class ConversationWithStepsSerializer(ConversationSerializer):
    """A conversation with its steps; a step that nobody opened yet is absent."""

    later_reason = serializers.CharField(read_only=True, allow_null=True)
    discontinued_reason = serializers.CharField(read_only=True, allow_null=True)
    steps = StepSerializer(source="step_records", many=True, read_only=True)

    class Meta(ConversationSerializer.Meta):
        fields = [*ConversationSerializer.Meta.fields, *REASONS, "steps"]
        read_only_fields = fields

    def to_representation(self, instance: Conversation) -> dict[str, Any]:
        """The conversation, for this reader."""
        shown = super().to_representation(instance)
        works_in_it = self.context["works_in_it"]
        return shown | {key: shown[key] or "" if works_in_it else None for key in REASONS}


class AttendeeSerializer(RowSerializer[Attendee]):
    """Somebody who was there."""

    name = serializers.CharField(source="__str__", read_only=True)
    staff = serializers.SlugRelatedField[Any](slug_field="uuid", read_only=True, allow_null=True)
    participant = serializers.SlugRelatedField[Any](
        slug_field="uuid", read_only=True, allow_null=True
    )

    class Meta:
        model = Attendee
        fields = ["kind", "name", "staff", "participant"]
        read_only_fields = fields


class LeadChangeSerializer(RowSerializer[LeadChange]):
    """Somebody else leads from then on. The note is null for who does not go on with the conversation."""

    former = PersonSerializer(read_only=True)
    lead = PersonSerializer(read_only=True)
    handover_note = serializers.CharField(read_only=True, allow_null=True)

    class Meta:
        model = LeadChange
        fields = ["uuid", "former", "lead", "reason", "handover_note", "pupil_knows", "changed_at"]
        read_only_fields = fields

    def to_representation(self, instance: LeadChange) -> dict[str, Any]:
        """The change, for this reader."""
        shown = super().to_representation(instance)
        return shown if self.context["reads_handover"] else shown | {"handover_note": None}


class SittingSerializer(RowSerializer[Sitting]):
    """One moment of talking. What it leaves for the next is null for who does not go on with it."""

    attendees = AttendeeSerializer(many=True, read_only=True)
    handover_note = serializers.CharField(read_only=True, allow_null=True)
    what_changed = serializers.CharField(read_only=True, allow_null=True)

    class Meta:
        model = Sitting
        fields = [
            "uuid",
            "number",
            "started_at",
            "ended_at",
            "location_type",
            "attendees",
            "steps_touched",
            "safety_score_start",
            "safety_score_end",
            "ended_because",
            "handover_note",
            "recap_read_aloud",
            "next_contact_at",
            "what_changed",
            "new_incident",
            "still_agrees",
            "review_asked",
        ]
        read_only_fields = fields

    def to_representation(self, instance: Sitting) -> dict[str, Any]:
        """The sitting, for this reader."""
        shown = super().to_representation(instance)
        return shown if self.context["reads_handover"] else shown | dict.fromkeys(FOR_THE_NEXT_TIME)
