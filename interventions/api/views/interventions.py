"""Interventions for other programs: read, and begin what step 8 decided or one in an ordinary class."""

from __future__ import annotations

from typing import Any, cast

from django.db.models import QuerySet
from django.http import Http404
from django_filters.rest_framework import DjangoFilterBackend
from drf_spectacular.utils import extend_schema
from rest_framework.mixins import ListModelMixin
from rest_framework.request import Request
from rest_framework.response import Response

from cases.access import Who, who
from cases.api.doors import OfCase
from cases.services.looks import note_looks
from interventions.access.classes import classes_of_this_year
from interventions.access.interventions import interventions_visible_to
from interventions.api import examples
from interventions.api.doors import enter_intervention
from interventions.api.filters import InterventionFilter
from interventions.api.serializers import (
    BeginAloneSerializer,
    BeginSerializer,
    InterventionSerializer,
    WholeInterventionSerializer,
)
from interventions.models import Intervention
from interventions.queries.chosen import chosen_method
from interventions.queries.listed import listed, with_all
from interventions.services.looks import note_look
from interventions.services.starting import start_intervention, start_preventive
from pestzorg.api.views import RuledViewSet
from schools.models import SchoolClass, User


class InterventionViewSet(ListModelMixin, RuledViewSet):
    """Interventions of the cases whose content the caller sees, and those without a case (R56) of the own classes."""

    rule_of = {"list": "R14", "retrieve": "R14", "create": "R57"}
    newest_first = ("-started_at", "-id")
    queryset = Intervention.objects.none()
    serializer_class = InterventionSerializer
    filter_backends = (DjangoFilterBackend,)
    filterset_class = InterventionFilter

    def get_queryset(self) -> QuerySet[Intervention]:
        """Seen through the case, or through the class."""
        return listed(interventions_visible_to(who(self.request)))

    def paginate_queryset(self, queryset: Any) -> Any:
        """One page of rows, after noting whose cases they are of."""
        rows = super().paginate_queryset(queryset) or []
        note_looks(who(self.request), (row.case for row in rows if row.case), self.rule)
        return rows

    @extend_schema(responses=WholeInterventionSerializer)
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One intervention with its phases, its group, and what the pupil asked for."""
        found = enter_intervention(who(request), kwargs["uuid"], self.rule)
        note_look(who(request), found, self.rule)
        return Response(WholeInterventionSerializer(with_all(found)).data)

    @extend_schema(
        request=BeginAloneSerializer,
        responses={201: WholeInterventionSerializer},
        filters=False,
        examples=[examples.BEGIN_ALONE],
    )
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Begin one without a case, in a class where the caller may (R57); plans its first phase."""
        me = who(request)
        classes = _classes(me)
        if not classes.exists():
            raise Http404
        wish = BeginAloneSerializer(data=request.data, context={"classes": classes, "now": me.now})
        wish.is_valid(raise_exception=True)
        made = start_preventive(cast(User, request.user), now=me.now, **wish.validated_data)
        return Response(WholeInterventionSerializer(made).data, status=201)


class NewInterventionViewSet(OfCase):
    """Interventions of one case."""

    rule_of = {"create": "R24"}
    queryset = Intervention.objects.none()
    serializer_class = BeginSerializer

    @extend_schema(responses={201: WholeInterventionSerializer}, examples=[examples.BEGIN])
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Begin what step 8 of the latest conversation decided, on the pupil's conditions; plans its first phase."""
        wish = self.get_serializer(data=request.data)
        wish.is_valid(raise_exception=True)
        given = wish.validated_data
        conversation, method = chosen_method(self.case, given.pop("method", ""))
        with self.acting():
            made = start_intervention(
                cast(User, request.user), conversation, method=method, now=who(request).now, **given
            )
        return Response(WholeInterventionSerializer(made).data, status=201)


def _classes(me: Who) -> QuerySet[SchoolClass]:
    if not isinstance(me.user, User) or me.token is not None:
        return SchoolClass.objects.none()
    return classes_of_this_year(me.user, "R57", me.now)
