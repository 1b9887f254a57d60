"""Cases, conversations and agreements for other programs, through the same door as the pages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

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
    may_read_step,
    may_settle,
    rules_on,
    visible_to,
    who,
)
from cases.access.page import Key
from cases.api.doors import CaseParts
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
from cases.queries.keyed import headers_of, with_content
from cases.services.agreements import settle_agreement
from cases.services.looks import enter_case, note_denied, note_look, note_looks
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


class ConversationViewSet(ListModelMixin, RetrieveModelMixin, CaseParts):
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
        conversation = self.one(
            self.get_queryset().prefetch_related("step_records"), kwargs["uuid"]
        )
        records = conversation.step_records.all()
        readable = {record.pk for record in records if may_read_step(who(request), record)}
        shown = ConversationWithStepsSerializer(conversation, context={"readable": readable})
        return Response(shown.data)


class AgreementViewSet(ListModelMixin, RetrieveModelMixin, CaseParts):
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
        return Response(AgreementSerializer(self.one(self.get_queryset(), kwargs["uuid"])).data)

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
        agreement = self.one(self.get_queryset(), kwargs["uuid"])
        if not may_settle(who(request), agreement):
            note_denied(who(request), self.rule, agreement.case.uuid)
            raise Http404
        wish = SettleSerializer(data=request.data)
        wish.is_valid(raise_exception=True)
        settled = settle_agreement(
            cast(User, request.user), agreement, now=who(request).now, **wish.validated_data
        )
        return Response(AgreementSerializer(settled).data)
