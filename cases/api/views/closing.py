"""Closing and aftercare of one case, to read: what is decided is decided by people, on the pages."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import QuerySet
from rest_framework.request import Request
from rest_framework.response import Response

from cases.api.doors import OfCase, WithReasons
from cases.api.serializers import AftercareCheckSerializer, ClosingSerializer
from cases.models import AftercareCheck, Closing


class ReadList(OfCase):
    """Rows of the case that the API shows and never writes."""

    rule_of: ClassVar = {"list": "R14"}

    def rows(self) -> QuerySet[Any]:
        """What is listed."""
        raise NotImplementedError

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One page, the latest first."""
        self.note()
        shown = self.get_serializer(self.paginate_queryset(self.rows().order_by()), many=True)
        return self.get_paginated_response(shown.data)


class ClosingViewSet(WithReasons, ReadList):
    """Every proposal to close the case, and what came of it."""

    newest_first = ("-proposed_at", "-id")
    queryset = Closing.objects.none()
    serializer_class = ClosingSerializer

    def rows(self) -> QuerySet[Closing]:
        people = ("proposed_by", "decided_by", "signed_by", "ended_by")
        return self.case.closings.select_related(*people).prefetch_related("carries_over")


class AftercareCheckViewSet(ReadList):
    """The talks of aftercare, those to come first."""

    newest_first = ("-due_on", "-id")
    queryset = AftercareCheck.objects.none()
    serializer_class = AftercareCheckSerializer

    def rows(self) -> QuerySet[AftercareCheck]:
        related = self.case.aftercare_checks.select_related("closing", "held_by")
        return related.prefetch_related("agreements_reviewed")
