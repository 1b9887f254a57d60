"""What is sent to begin an intervention, in a case or in an ordinary class."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from cases.api.fields import Named
from interventions.protocol import methods
from schools.models import SchoolClass, User
from schools.queries.people import staff_of

METHOD = {"type": "string", "description": "Methods may be added.", "x-extensible-enum": methods()}


@extend_schema_field(METHOD)
class MethodField(serializers.CharField):
    """The key of a method."""

    def to_internal_value(self, data: Any) -> str:
        """The key, when there is such a method."""
        key: str = super().to_internal_value(data)
        if key not in methods():
            raise serializers.ValidationError(_("Choose from the list."), code="unknown")
        return key


class OneClass(Named):
    """A class in which the caller may begin something."""

    def here(self) -> QuerySet[SchoolClass]:
        """The classes of this school year."""
        found: QuerySet[SchoolClass] = self.context.get("classes", SchoolClass.objects.none())
        return found


class BeginSerializer(serializers.Serializer[Any]):
    """How the decision of step 8 is carried out. `method` only where step 8 chose one of the school itself.

    `advice_reason` only where the check does not advise the method.
    """

    method = MethodField(required=False)
    variant = serializers.CharField(max_length=40)
    share_ok = serializers.BooleanField(required=False, default=False)
    advice_reason = serializers.CharField(required=False, allow_blank=True, max_length=1000)


class BeginAloneSerializer(serializers.Serializer[Any]):
    """An approach in an ordinary class, run by the caller unless a colleague of that school is named."""

    class_group = OneClass()
    method = MethodField()
    variant = serializers.CharField(max_length=40)
    facilitator = serializers.UUIDField(required=False)
    planned_start = serializers.DateField()

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """The colleague by uuid becomes the colleague."""
        if "facilitator" not in attrs:
            return attrs
        staff = staff_of(attrs["class_group"].school, self.context["now"])
        found: User | None = staff.filter(uuid=attrs["facilitator"]).first()
        if found is None:
            wrong = serializers.ErrorDetail(_("Choose from the list."), code="unknown")
            raise serializers.ValidationError({"facilitator": [wrong]})
        return {**attrs, "facilitator": found}
