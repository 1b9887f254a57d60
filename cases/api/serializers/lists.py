"""The lists of the conversation, one serializer each for what is shown and what is sent."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from cases.api.fields import (
    AgreementOfCase,
    Colleague,
    ConversationOfCase,
    IncidentOfCase,
    PersonSerializer,
    RowSerializer,
)
from cases.models import (
    Evidence,
    Incident,
    ParentContact,
    Participant,
    PriorAction,
    SelfProtectionMeasure,
    SeverityAssessment,
    SupportPerson,
)
from cases.queries.judging import INDICATORS

# Who wrote a row last is in the log; when, and how often, stands in each.
WRITTEN = ("version", "changed_at")
LEVEL_ALONE = ("uuid", "level", "assessed_by", "assessed_at")


class IncidentSerializer(RowSerializer[Incident]):
    """Something that happened, as told in step 2. Grounds are as the pupil sees them."""

    class Meta:
        model = Incident
        fields = [
            "uuid",
            "happened_on",
            "date_precision",
            "description",
            "forms",
            "cyber_subforms",
            "channels",
            "place",
            "seen_by",
            "audience",
            "still_online",
            "possible_offence",
            "sender_known",
            "outside_school_hours",
            "perceived_grounds",
            "recorded_at",
            *WRITTEN,
        ]
        read_only_fields = ["uuid", "recorded_at", *WRITTEN]


class EvidenceSerializer(RowSerializer[Evidence]):
    """What shows that something happened (step 2). A description: no file and no picture is ever sent."""

    incident = IncidentOfCase()

    class Meta:
        model = Evidence
        fields = [
            "uuid",
            "incident",
            "kind",
            "described_as",
            "seen_on",
            "source_url",
            "account_name",
            "held_by",
            "contains_intimate_image",
            "recorded_at",
            *WRITTEN,
        ]
        read_only_fields = ["uuid", "recorded_at", *WRITTEN]


class ParticipantRowSerializer(RowSerializer[Participant]):
    """Somebody's part in a case: a working hypothesis about behaviour, never a label. The note follows step 2."""

    pupil = serializers.SlugRelatedField[Any](slug_field="uuid", read_only=True, allow_null=True)

    class Meta:
        model = Participant
        fields = [
            "uuid",
            "pupil",
            "name",
            "role",
            "certainty",
            "note",
            "without_talk",
            "without_talk_note",
            *WRITTEN,
        ]
        read_only_fields = ["uuid", "pupil", *WRITTEN]

    def to_representation(self, instance: Participant) -> dict[str, Any]:
        """The note is told in step 2, and null for who may not read that."""
        shown = super().to_representation(instance)
        return shown if self.context["reads_notes"] else {**shown, "note": None}


class PriorActionSerializer(RowSerializer[PriorAction]):
    """What the pupil tried (step 2), and whether it helped (step 4)."""

    class Meta:
        model = PriorAction
        fields = ["uuid", "action_type", "tried_when", "effect", "keep_doing", "note", *WRITTEN]
        read_only_fields = ["uuid", *WRITTEN]


class ParentContactSerializer(RowSerializer[ParentContact]):
    """A contact with a parent (step 3). Without a conversation it is about every pupil of the case."""

    by = Colleague()
    conversation = ConversationOfCase(allow_null=True, required=False)

    class Meta:
        model = ParentContact
        fields = [
            "uuid",
            "person",
            "held_at",
            "mode",
            "concerns",
            "expectations",
            "by",
            "conversation",
            *WRITTEN,
        ]
        read_only_fields = ["uuid", *WRITTEN]


class MeasureSerializer(RowSerializer[SelfProtectionMeasure]):
    """One of the nine measures (step 6). None is ever compulsory."""

    class Meta:
        model = SelfProtectionMeasure
        fields = [
            "key",
            "status",
            "owner",
            "helper",
            "deadline",
            "to_police",
            "feasibility",
            "note",
            "outcome",
            *WRITTEN,
        ]
        read_only_fields = ["key", *WRITTEN]


class SupportPersonSerializer(RowSerializer[SupportPerson]):
    """Somebody around the pupil who helps (step 10). Being named opens nothing."""

    asked_by = Colleague(required=False, allow_null=True)
    linked_agreements = AgreementOfCase(many=True, required=False)

    class Meta:
        model = SupportPerson
        fields = [
            "uuid",
            "name",
            "relationship",
            "inside_school",
            "chosen_by_pupil",
            "tasks",
            "what_they_do",
            "asked_by",
            "ask_before",
            "answer",
            "answered_on",
            "knows_what",
            "reminders_allowed",
            "until",
            "linked_agreements",
            *WRITTEN,
        ]
        read_only_fields = ["uuid", *WRITTEN]


class AssessmentSerializer(RowSerializer[SeverityAssessment]):
    """How serious it is, from 1 to 4. Who only reads the case sees who, when and which level; the rest is null."""

    assessed_by = PersonSerializer(read_only=True)

    class Meta:
        model = SeverityAssessment
        fields = [
            "uuid",
            *INDICATORS,
            "red_flags",
            "score",
            "level",
            "proposed_level",
            "deviation_reason",
            "weighed",
            "stable",
            "assessed_by",
            "assessed_at",
        ]
        read_only_fields = fields

    def to_representation(self, instance: SeverityAssessment) -> dict[str, Any]:
        """The assessment, without its reasons for who does not work in the case."""
        shown = super().to_representation(instance)
        if self.context["reads_reasons"]:
            return shown
        return dict.fromkeys(shown) | {name: shown[name] for name in LEVEL_ALONE}
