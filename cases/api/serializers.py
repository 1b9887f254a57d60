"""What the API shows. Two shapes of a case: the header, and the content for who sees it. Pupils by name only here."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from cases.models import Agreement, Case, Conversation, Participant, StepRecord
from cases.services.agreements import SETTLED
from schools.models import User

SETTLED_CHOICES = [(status.value, status.label) for status in SETTLED]


class PersonSerializer(serializers.ModelSerializer[User]):
    """A colleague."""

    name = serializers.CharField(source="full_name", read_only=True)

    class Meta:
        model = User
        fields = ["uuid", "name"]


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
            "participants",
        ]
        read_only_fields = fields


class StepSerializer(serializers.ModelSerializer[StepRecord]):
    """One of the ten steps. What was said is null for who may not read this step."""

    number = serializers.IntegerField(source="step", read_only=True)
    key = serializers.CharField(source="definition.key", read_only=True)
    is_readable = serializers.SerializerMethodField()
    answers = serializers.SerializerMethodField()
    summary = serializers.SerializerMethodField()

    class Meta:
        model = StepRecord
        fields = ["number", "key", "status", "is_readable", "answers", "summary"]
        read_only_fields = fields

    def get_is_readable(self, record: StepRecord) -> bool:
        """Whether the caller may read this step."""
        return record.pk in self.context["readable"]

    @extend_schema_field({"type": "object", "additionalProperties": {}, "nullable": True})
    def get_answers(self, record: StepRecord) -> dict[str, Any] | None:
        """The answers by key of the edition's field."""
        return record.answers if self.get_is_readable(record) else None

    def get_summary(self, record: StepRecord) -> str | None:
        """The summary in the words of the one who wrote it."""
        return record.summary if self.get_is_readable(record) else None


class ConversationSerializer(serializers.ModelSerializer[Conversation]):
    """A conversation without what was said in it."""

    case = serializers.SlugRelatedField[Any](slug_field="uuid", read_only=True)
    target = serializers.SlugRelatedField[Any](slug_field="uuid", read_only=True)
    lead = PersonSerializer(read_only=True)
    edition = serializers.CharField(source="edition_key", read_only=True)

    class Meta:
        model = Conversation
        fields = [
            "uuid",
            "case",
            "target",
            "lead",
            "status",
            "edition",
            "started_at",
            "completed_at",
        ]
        read_only_fields = fields


class ConversationWithStepsSerializer(ConversationSerializer):
    """A conversation with its steps; a step that nobody opened yet is absent."""

    steps = StepSerializer(source="step_records", many=True, read_only=True)

    class Meta(ConversationSerializer.Meta):
        fields = [*ConversationSerializer.Meta.fields, "steps"]
        read_only_fields = fields


class AgreementSerializer(serializers.ModelSerializer[Agreement]):
    """Who does what by when, and who follows up."""

    case = serializers.SlugRelatedField[Any](slug_field="uuid", read_only=True)
    # Encrypted columns are bytes to the framework, which would encode them.
    what = serializers.CharField(read_only=True)
    check_how = serializers.CharField(read_only=True)
    done_note = serializers.CharField(read_only=True)
    wish_reason = serializers.CharField(read_only=True, allow_null=True)
    owner = serializers.CharField(read_only=True)
    responsible_staff = PersonSerializer(read_only=True)
    due_on = serializers.DateField(read_only=True)

    class Meta:
        model = Agreement
        fields = [
            "uuid",
            "case",
            "what",
            "owner_type",
            "owner",
            "helper",
            "responsible_staff",
            "deadline_asked",
            "deadline",
            "standing",
            "review_on",
            "due_on",
            "check_how",
            "source",
            "status",
            "done_on",
            "done_note",
            "agreed_at",
            "against_wish",
            "wish_reason",
        ]
        read_only_fields = fields


class SettleSerializer(serializers.Serializer[Any]):
    """How an agreement ended."""

    status = serializers.ChoiceField(choices=SETTLED_CHOICES)
    note = serializers.CharField(max_length=1000, required=False, allow_blank=True, default="")
