"""An intervention as the API shows it: in a list what is done and when, of one also what was written down."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from cases.api.fields import PersonSerializer, RowSerializer
from interventions.models import Intervention, Member, PhaseRecord
from schools.models import SchoolClass


class ClassGroupSerializer(serializers.ModelSerializer[SchoolClass]):
    """A class."""

    class Meta:
        model = SchoolClass
        fields = ["uuid", "name"]


class PhaseLineSerializer(serializers.ModelSerializer[PhaseRecord]):
    """How far one phase is."""

    class Meta:
        model = PhaseRecord
        fields = ["uuid", "key", "round", "status", "planned_on", "held_on"]
        read_only_fields = fields


class InterventionSerializer(RowSerializer[Intervention]):
    """What is done with which class, by whom and when. Without a case `case` and `case_reference` are null."""

    case = serializers.SlugRelatedField[Any](slug_field="uuid", read_only=True, allow_null=True)
    case_reference = serializers.CharField(
        source="case.reference", default=None, read_only=True, allow_null=True
    )
    conversation = serializers.SlugRelatedField[Any](
        slug_field="uuid", read_only=True, allow_null=True
    )
    school = serializers.SlugRelatedField[Any](slug_field="code", read_only=True)
    class_group = ClassGroupSerializer(read_only=True)
    facilitator = PersonSerializer(read_only=True, allow_null=True)
    phases = PhaseLineSerializer(many=True, read_only=True)

    class Meta:
        model = Intervention
        fields = [
            "uuid",
            "case",
            "case_reference",
            "conversation",
            "school",
            "class_group",
            "method",
            "edition",
            "variant",
            "facilitator",
            "facilitator_name",
            "status",
            "planned_start",
            "started_at",
            "ended_at",
            "phases",
        ]
        read_only_fields = fields


class MemberSerializer(serializers.ModelSerializer[Member]):
    """Somebody who was asked into the group. The part is a word of the method, never a label of a child."""

    name = serializers.CharField(read_only=True)

    class Meta:
        model = Member
        fields = ["uuid", "name", "function", "declined"]
        read_only_fields = fields


class WholePhaseLineSerializer(PhaseLineSerializer):
    """How far one phase is, and why it was left out."""

    skip_reason = serializers.CharField(read_only=True)

    class Meta(PhaseLineSerializer.Meta):
        fields = [*PhaseLineSerializer.Meta.fields, "skip_reason"]
        read_only_fields = fields


class WholeInterventionSerializer(InterventionSerializer):
    """With what the pupil asked for, the group, and what came of it."""

    phases = WholePhaseLineSerializer(many=True, read_only=True)
    members = MemberSerializer(many=True, read_only=True)
    outcome = serializers.DictField(read_only=True)

    class Meta(InterventionSerializer.Meta):
        fields = [
            *InterventionSerializer.Meta.fields,
            "consent",
            "conditions",
            "may_be_told",
            "must_not_be_told",
            "protection_note",
            "members",
            "stop_reason",
            "outcome",
            "review_on",
        ]
        read_only_fields = fields
