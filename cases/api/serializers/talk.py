"""A follow-up talk: with whom, when, how it went, and how a program plans, moves and records one."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from cases.api.fields import (
    AgreementOfCase,
    Colleague,
    PersonOfCase,
    PersonSerializer,
    RowSerializer,
)
from cases.models import FollowUpTalk

RECORDED = (
    FollowUpTalk.Status.HELD,
    FollowUpTalk.Status.NO_SHOW,
    FollowUpTalk.Status.CANCELLED,
)
RECORDED_CHOICES = [(status.value, status.label) for status in RECORDED]
OUTCOME = (
    "new_incident",
    "safety_score",
    "progress",
    "progress_examples",
    "congratulated",
    "congratulation_words",
    "next_talk_at",
    "no_next_talk",
    "support_asked_again",
    "note",
)


class TalkSerializer(RowSerializer[FollowUpTalk]):
    """A talk with one person, planned or over."""

    case = serializers.SlugRelatedField[Any](slug_field="uuid", read_only=True)
    conversation = serializers.SlugRelatedField[Any](
        slug_field="uuid", read_only=True, allow_null=True
    )
    with_participant = serializers.SlugRelatedField[Any](
        slug_field="uuid", read_only=True, allow_null=True
    )
    with_whom = serializers.CharField(read_only=True)
    conductor = PersonSerializer(read_only=True)
    agreements_reviewed = serializers.SlugRelatedField[Any](
        slug_field="uuid", many=True, read_only=True
    )

    class Meta:
        model = FollowUpTalk
        fields = [
            "uuid",
            "case",
            "conversation",
            "with_whom",
            "with_participant",
            "with_role",
            "conductor",
            "planned_at",
            "purposes",
            "status",
            "held_on",
            *OUTCOME,
            "agreements_reviewed",
            "against_wish",
            "wish_reason",
            "version",
            "changed_at",
        ]
        read_only_fields = fields


class MoveTalkSerializer(serializers.Serializer[Any]):
    """Another moment, or somebody else who has the talk. `share_ok` lets that colleague read the case."""

    planned_at = serializers.DateTimeField(required=False)
    conductor = Colleague(required=False)
    share_ok = serializers.BooleanField(required=False)
    wish_reason = serializers.CharField(max_length=500, required=False, allow_blank=True)


class PlanTalkSerializer(RowSerializer[FollowUpTalk]):
    """With a participant of the case, whose role it takes; or with somebody by name, in the role that is given."""

    with_participant = PersonOfCase(required=False, allow_null=True)
    conductor = Colleague()
    share_ok = serializers.BooleanField(required=False)
    wish_reason = serializers.CharField(max_length=500, required=False, allow_blank=True)

    class Meta:
        model = FollowUpTalk
        fields = [
            "with_participant",
            "with_name",
            "with_role",
            "conductor",
            "planned_at",
            "purposes",
            "share_ok",
            "wish_reason",
        ]
        extra_kwargs = {"with_role": {"required": False}}

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """The role of a participant is the one in the case."""
        person = attrs.get("with_participant")
        if person is not None:
            return {**attrs, "with_role": person.role, "with_name": ""}
        if not attrs.get("with_role"):
            raise serializers.ValidationError(
                {"with_role": _("Choose from the list.")}, code="required"
            )
        return attrs


class RecordTalkSerializer(RowSerializer[FollowUpTalk]):
    """How a talk went, and what comes next. Who only reads the case is not asked what comes next, nor heard.

    `share_ok` and `wish_reason` are for the talk that comes next.
    """

    status = serializers.ChoiceField(RECORDED_CHOICES)
    agreements_reviewed = AgreementOfCase(many=True, required=False)
    share_ok = serializers.BooleanField(required=False)
    wish_reason = serializers.CharField(max_length=500, required=False, allow_blank=True)

    class Meta:
        model = FollowUpTalk
        fields = ["status", *OUTCOME, "agreements_reviewed", "share_ok", "wish_reason"]
