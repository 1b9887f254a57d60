"""Conversations with their steps and sittings, for other programs."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import QuerySet
from django_filters.rest_framework import DjangoFilterBackend
from drf_spectacular.utils import extend_schema
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.request import Request
from rest_framework.response import Response

from cases.access import (
    conversations_visible_to,
    may_read_handover,
    may_read_step,
    rules_on,
    who,
)
from cases.api.doors import CaseParts, OfConversation
from cases.api.filters import ConversationFilter
from cases.api.serializers import (
    ConversationSerializer,
    ConversationWithStepsSerializer,
    LeadChangeSerializer,
    SittingSerializer,
)
from cases.api.views.steps import STEP_PEOPLE
from cases.models import Conversation, LeadChange, Sitting


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
            "case__school", "target", "lead", "follows"
        )

    @extend_schema(responses=ConversationWithStepsSerializer)
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One conversation with its steps."""
        around = (f"step_records__{name}" for name in STEP_PEOPLE)
        conversation = self.one(self.get_queryset().prefetch_related(*around), kwargs["uuid"])
        steps = conversation.step_records.all()
        me = who(request)
        context = {
            "readable": {record.step for record in steps if may_read_step(me, record)},
            "works_in_it": "R17" in rules_on(me, conversation.case),
        }
        return Response(ConversationWithStepsSerializer(conversation, context=context).data)


class OfReader(OfConversation):
    """What one sitting or one lead leaves for the next is for who goes on with the conversation."""

    rule_of: ClassVar = {"list": "R14"}

    def rows(self) -> QuerySet[Any]:
        """What is listed."""
        raise NotImplementedError

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One page, the latest first."""
        self.note(self.conversation.uuid)
        shown = self.get_serializer(self.paginate_queryset(self.rows().order_by()), many=True)
        return self.get_paginated_response(shown.data)

    def get_serializer_context(self) -> dict[str, Any]:
        """Whether what is left for the next may be read."""
        context = super().get_serializer_context()
        reads = "case" in context and may_read_handover(who(self.request), self.conversation)
        return {**context, "reads_handover": reads}


class SittingViewSet(OfReader):
    """The moments of one conversation."""

    newest_first = ("-number",)
    queryset = Sitting.objects.none()
    serializer_class = SittingSerializer

    def rows(self) -> QuerySet[Sitting]:
        people = ("attendees__staff", "attendees__participant")
        return self.conversation.sittings.prefetch_related(*people)


class LeadChangeViewSet(OfReader):
    """Who led the conversation before, and what they left for who leads it now."""

    newest_first = ("-changed_at", "-id")
    queryset = LeadChange.objects.none()
    serializer_class = LeadChangeSerializer

    def rows(self) -> QuerySet[LeadChange]:
        return self.conversation.lead_changes.select_related("former", "lead")
