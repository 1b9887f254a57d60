"""Cases for other programs, through the same door as the pages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from django.db.models import QuerySet
from django_filters.rest_framework import DjangoFilterBackend
from drf_spectacular.utils import PolymorphicProxySerializer, extend_schema, extend_schema_view
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.request import Request
from rest_framework.response import Response

from cases.access import rules_on, visible_to, who
from cases.access.page import Key
from cases.api.filters import CaseFilter
from cases.api.pages import NewestCases
from cases.api.serializers import CaseHeaderSerializer, CaseSerializer
from cases.ceilings import Level
from cases.models import Case
from cases.queries.keyed import headers_of, with_content
from cases.services.looks import enter_case, note_look, note_looks
from pestzorg.api.views import RuledViewSet

CASE = PolymorphicProxySerializer(
    component_name="CaseOrHeader",
    serializers=[CaseSerializer, CaseHeaderSerializer],
    resource_type_field_name=None,
)


@extend_schema_view(list=extend_schema(responses=CASE), retrieve=extend_schema(responses=CASE))
class CaseViewSet(ListModelMixin, RetrieveModelMixin, RuledViewSet):
    """Every case the caller knows of: with content where that is open, otherwise the header alone."""

    rule_of = {"list": "R12", "retrieve": "R13"}
    queryset = Case.objects.none()
    serializer_class = CaseHeaderSerializer
    filter_backends = (DjangoFilterBackend,)
    filterset_class = CaseFilter
    pagination_class = NewestCases

    def get_queryset(self) -> QuerySet[Case]:
        """What filters narrow; the page itself comes from the read model."""
        return visible_to(who(self.request))

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One page of cases, newest first."""
        found = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        keys = cast(list[Key], found)
        content = list(with_content(key.case_id for key in keys if key.level >= Level.VIEW))
        note_looks(who(request), content, self.rule)
        return self.get_paginated_response(_shown(keys, content))

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One case."""
        case = enter_case(who(request), kwargs["uuid"], self.rule)
        note_look(who(request), case, self.rule)
        if "R14" not in rules_on(who(request), case):
            return Response(CaseHeaderSerializer(case).data)
        return Response(CaseSerializer(case).data)


def _shown(keys: Sequence[Key], content: Sequence[Case]) -> list[Any]:
    headers = headers_of(key.case_id for key in keys if key.level < Level.VIEW)
    shown = {case.pk: CaseSerializer(case).data for case in content}
    shown |= {case.pk: CaseHeaderSerializer(case).data for case in headers}
    return [shown[key.case_id] for key in keys]
