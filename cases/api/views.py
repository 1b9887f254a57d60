"""Cases, conversations and agreements for other programs, through the same door as the pages."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, cast
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404
from django_filters.rest_framework import DjangoFilterBackend
from drf_spectacular.utils import PolymorphicProxySerializer, extend_schema, extend_schema_view
from rest_framework.decorators import action
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.request import Request
from rest_framework.response import Response

from cases.access import (
    agreements_visible_to,
    conversations_visible_to,
    get_case,
    may_read_step,
    may_settle,
    rules_on,
    visible_to,
    who,
)
from cases.access.page import Key
from cases.api.filters import AgreementFilter, CaseFilter, ConversationFilter
from cases.api.pages import NewestCases
from cases.api.serializers import (
    AgreementSerializer,
    CaseHeaderSerializer,
    CaseSerializer,
    ConversationSerializer,
    ConversationWithStepsSerializer,
    SettleSerializer,
)
from cases.ceilings import Level
from cases.models import Agreement, Case, Conversation
from cases.services.agreements import settle_agreement
from pestzorg.api.views import RuledViewSet
from schools.models import User

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
        keys = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        return self.get_paginated_response(_shown(cast(list[Key], keys)))

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One case."""
        case = get_case(who(request), kwargs["uuid"], self.rule)
        level = Level.VIEW if "R14" in rules_on(who(request), case) else Level.HEADER
        return Response(_shown([Key(case.pk, case.opened_at, level)])[0])


def _shown(keys: Sequence[Key]) -> list[Any]:
    content = _with_content(key.case_id for key in keys if key.level >= Level.VIEW)
    headers = _headers(key.case_id for key in keys if key.level < Level.VIEW)
    shown = {case.pk: CaseSerializer(case).data for case in content}
    shown |= {case.pk: CaseHeaderSerializer(case).data for case in headers}
    return [shown[key.case_id] for key in keys]


def _headers(cases: Iterable[int]) -> QuerySet[Case]:
    # No join to pupil or class: a header needs none.
    return Case.objects.filter(pk__in=list(cases)).select_related("school")


def _with_content(cases: Iterable[int]) -> QuerySet[Case]:
    found = Case.objects.filter(pk__in=list(cases))
    return found.select_related("school", "school_class", "handler").prefetch_related(
        "participants"
    )


class ConversationViewSet(ListModelMixin, RetrieveModelMixin, RuledViewSet):
    """Conversations of the cases whose content the caller sees."""

    rule_of = {"list": "R14", "retrieve": "R14"}
    newest_first = ("-id",)
    queryset = Conversation.objects.none()
    serializer_class = ConversationSerializer
    filter_backends = (DjangoFilterBackend,)
    filterset_class = ConversationFilter

    def get_queryset(self) -> QuerySet[Conversation]:
        """Seen through the case."""
        return conversations_visible_to(who(self.request)).select_related(
            "case__school", "target", "lead"
        )

    @extend_schema(responses=ConversationWithStepsSerializer)
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One conversation with its steps."""
        conversation = _one(self.get_queryset().prefetch_related("step_records"), kwargs["uuid"])
        records = conversation.step_records.all()
        readable = {record.pk for record in records if may_read_step(who(request), record)}
        shown = ConversationWithStepsSerializer(conversation, context={"readable": readable})
        return Response(shown.data)


class AgreementViewSet(ListModelMixin, RetrieveModelMixin, RuledViewSet):
    """Agreements of the cases whose content the caller sees."""

    rule_of = {"list": "R14", "retrieve": "R14", "settle": "R25"}
    newest_first = ("-agreed_at", "-id")
    queryset = Agreement.objects.none()
    serializer_class = AgreementSerializer
    filter_backends = (DjangoFilterBackend,)
    filterset_class = AgreementFilter

    def get_queryset(self) -> QuerySet[Agreement]:
        """Seen through the case."""
        return agreements_visible_to(who(self.request)).select_related(
            "case__school", "owner_staff", "owner_participant", "responsible_staff"
        )

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One agreement."""
        return Response(AgreementSerializer(_one(self.get_queryset(), kwargs["uuid"])).data)

    @extend_schema(
        operation_id="agreements_settle",
        request=SettleSerializer,
        responses=AgreementSerializer,
        filters=False,
        auth=[{"session": []}],  # type: ignore[list-item]
    )
    @action(detail=True, methods=["post"])
    def settle(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Say how it went. Needs the session of the person; a token reads only."""
        agreement = _one(self.get_queryset(), kwargs["uuid"])
        if not may_settle(who(request), agreement):
            raise Http404
        wish = SettleSerializer(data=request.data)
        wish.is_valid(raise_exception=True)
        settled = settle_agreement(
            cast(User, request.user), agreement, now=who(request).now, **wish.validated_data
        )
        return Response(AgreementSerializer(settled).data)


def _one(rows: QuerySet[Any], uuid: UUID) -> Any:
    """The row, or a 404 that says nothing about why."""
    found = rows.filter(uuid=uuid).first()
    if found is None:
        raise Http404
    return found
