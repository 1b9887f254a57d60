"""Reports outside school: read them, write one down, correct it, and tell what came of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar, cast

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from cases.access import who
from cases.api.serializers import ExternalReportSerializer, OutcomeSerializer
from cases.api.views.rows import GrowingList
from cases.models import ExternalReport
from cases.services.external_reports import (
    change_external_report,
    record_external_report,
    record_outcome,
)
from schools.models import User


class ExternalReportViewSet(GrowingList):
    """Reports to police, an app or site, a help line, CLB or Veilig Thuis. No step hides them."""

    rule_of: ClassVar = {
        "list": "R14",
        "retrieve": "R14",
        "create": "R24",
        "partial_update": "R24",
        "outcome": "R24",
    }
    list_name = "external_reports"
    lookup_url_kwarg = "external_uuid"
    queryset = ExternalReport.objects.none()
    serializer_class = ExternalReportSerializer

    def rows(self) -> QuerySet[ExternalReport]:
        related = ("case__school", "case__handler", "conversation", "checked_by")
        return self.case.external_reports.select_related(*related)

    def write_row(
        self, actor: User, row: Any, now: datetime, values: dict[str, Any]
    ) -> ExternalReport:
        if row is None:
            return record_external_report(actor, self.case, now=now, **values)
        return change_external_report(actor, row, now=now, **values)

    @extend_schema(request=OutcomeSerializer, responses=ExternalReportSerializer)
    @action(detail=True, methods=["post"])
    def outcome(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """What came of it: the end, or a new day to look."""
        row = self.row()
        wish = OutcomeSerializer(data=request.data)
        wish.is_valid(raise_exception=True)
        with self.acting():
            actor, now = cast(User, request.user), who(request).now
            told = record_outcome(actor, row, now=now, **wish.validated_data)
        return self.show(told)
