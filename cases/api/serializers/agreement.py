"""An agreement: who does what by when, who follows up, and how a program makes, changes and settles one."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from cases.api.fields import Colleague, PersonOfCase, PersonSerializer, RowSerializer
from cases.models import Agreement
from cases.services.agreements import SETTLED

SETTLED_CHOICES = [(status.value, status.label) for status in SETTLED]


class AgreementSerializer(RowSerializer[Agreement]):
    """Who does what by when, and who follows up."""

    case = serializers.SlugRelatedField[Any](slug_field="uuid", read_only=True)
    conversation = serializers.SlugRelatedField[Any](
        slug_field="uuid", read_only=True, allow_null=True
    )
    owner = serializers.CharField(read_only=True)
    owner_staff = PersonSerializer(read_only=True, allow_null=True)
    owner_participant = serializers.SlugRelatedField[Any](
        slug_field="uuid", read_only=True, allow_null=True
    )
    responsible_staff = PersonSerializer(read_only=True)
    due_on = serializers.DateField(read_only=True)

    class Meta:
        model = Agreement
        fields = [
            "uuid",
            "case",
            "conversation",
            "what",
            "owner_type",
            "owner",
            "owner_staff",
            "owner_participant",
            "owner_name",
            "helper",
            "responsible_staff",
            "deadline_asked",
            "deadline",
            "all_days",
            "standing",
            "review_on",
            "starts_on",
            "due_on",
            "postponed_from",
            "check_how",
            "source",
            "source_key",
            "visibility",
            "status",
            "done_on",
            "done_note",
            "helped",
            "helped_words",
            "agreed_at",
            "against_wish",
            "wish_reason",
            "version",
            "changed_at",
        ]
        read_only_fields = fields


class PutAgreementSerializer(RowSerializer[Agreement]):
    """Exactly one owner, and a deadline or a day to look back. `share_ok` lets a named colleague read the case."""

    owner_staff = Colleague(required=False, allow_null=True)
    owner_participant = PersonOfCase(required=False, allow_null=True)
    responsible_staff = Colleague()
    deadline = serializers.DateField(required=False, allow_null=True)
    share_ok = serializers.BooleanField(required=False)
    wish_reason = serializers.CharField(max_length=500, required=False, allow_blank=True)

    class Meta:
        model = Agreement
        fields = [
            "what",
            "owner_type",
            "owner_staff",
            "owner_participant",
            "owner_name",
            "helper",
            "responsible_staff",
            "deadline",
            "review_on",
            "starts_on",
            "all_days",
            "check_how",
            "visibility",
            "share_ok",
            "wish_reason",
        ]


class SettleSerializer(serializers.Serializer[Any]):
    """How an agreement ended."""

    status = serializers.ChoiceField(choices=SETTLED_CHOICES)
    note = serializers.CharField(max_length=1000, required=False, allow_blank=True, default="")


class HelpedSerializer(serializers.Serializer[Any]):
    """What the pupil says about an agreement that was done."""

    helped = serializers.ChoiceField(choices=Agreement.Helped.choices)
    helped_words = serializers.CharField(
        max_length=500, required=False, allow_blank=True, default=""
    )
