"""The class thermometer for other programs, to read: what it is opened and closed with is done on the pages."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django_filters.rest_framework import DjangoFilterBackend
from drf_spectacular.utils import extend_schema
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.request import Request
from rest_framework.response import Response

from cases.access import who
from interventions.access.thermometer import runs_visible_to
from interventions.api.filters import RunFilter
from interventions.api.serializers import RunSerializer, RunWithResultsSerializer
from interventions.models import Run
from pestzorg.api.views import RuledViewSet


class RunViewSet(ListModelMixin, RetrieveModelMixin, RuledViewSet):
    """Runs of the classes whose totals the caller may see."""

    rule_of = {"list": "R05", "retrieve": "R05"}
    newest_first = ("-planned_on", "-id")
    queryset = Run.objects.none()
    serializer_class = RunSerializer
    filter_backends = (DjangoFilterBackend,)
    filterset_class = RunFilter

    def get_queryset(self) -> QuerySet[Run]:
        """Seen through the class."""
        around = ("school", "school_class", "previous")
        return runs_visible_to(who(self.request)).select_related(*around)

    @extend_schema(responses=RunWithResultsSerializer)
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One run, with what it published once it is closed and enough pupils answered."""
        return Response(RunWithResultsSerializer(self.get_object()).data)
