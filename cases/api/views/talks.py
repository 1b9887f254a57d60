"""Follow-up talks for other programs: read, plan, move and record."""

from __future__ import annotations

from typing import Any, cast

from django.db.models import QuerySet
from django.http import Http404
from django_filters.rest_framework import DjangoFilterBackend
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.request import Request
from rest_framework.response import Response

from cases.access import may_record_talk, rules_on, talks_visible_to, who
from cases.api import examples
from cases.api.doors import CaseParts, OfCase
from cases.api.filters import TalkFilter
from cases.api.serializers import (
    MoveTalkSerializer,
    PlanTalkSerializer,
    RecordTalkSerializer,
    TalkSerializer,
)
from cases.models import FollowUpTalk
from cases.services.looks import acting_in, note_denied
from cases.services.talks import change_talk, plan_follow_up, record_talk
from pestzorg.api.versions import IF_MATCH, etag, expect_version
from schools.models import User


class TalkViewSet(ListModelMixin, RetrieveModelMixin, CaseParts):
    """Follow-up talks of the cases whose content the caller sees."""

    rule_of = {"list": "R14", "retrieve": "R14", "partial_update": "R24", "record": "R25"}
    newest_first = ("-planned_at", "-id")
    queryset = FollowUpTalk.objects.none()
    serializer_class = TalkSerializer
    filter_backends = (DjangoFilterBackend,)
    filterset_class = TalkFilter

    def get_queryset(self) -> QuerySet[FollowUpTalk]:
        """Seen through the case."""
        people = ("with_participant", "conductor", "conversation")
        talks = talks_visible_to(who(self.request)).select_related("case__school", *people)
        return talks.prefetch_related("agreements_reviewed")

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One talk."""
        return _show(self.one(self.get_queryset(), kwargs["uuid"]))

    @extend_schema(
        request=MoveTalkSerializer,
        responses=TalkSerializer,
        parameters=[IF_MATCH],
        examples=[examples.MOVE_TALK],
    )
    def partial_update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Move a planned talk, or give it to somebody else. A talk is never dropped silently."""
        talk, me = self.one(self.get_queryset(), kwargs["uuid"]), who(request)
        expect_version(request, talk)
        context = {"case": talk.case, "now": me.now}
        wish = MoveTalkSerializer(data=request.data, context=context)
        wish.is_valid(raise_exception=True)
        with acting_in(me, talk.case):
            change_talk(cast(User, request.user), talk, now=me.now, **wish.validated_data)
        return _show(talk)

    @extend_schema(
        request=RecordTalkSerializer,
        responses=TalkSerializer,
        filters=False,
        examples=[examples.RECORD_TALK],
    )
    @action(detail=True, methods=["post"])
    def record(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Write down how a planned talk went. Who only reads the case records the talks they hold."""
        talk, me = self.one(self.get_queryset(), kwargs["uuid"]), who(request)
        if not may_record_talk(me, talk):
            note_denied(me, self.rule, talk.case.uuid)
            raise Http404
        wish = RecordTalkSerializer(data=request.data, context={"case": talk.case})
        wish.is_valid(raise_exception=True)
        ahead = "R24" in rules_on(me, talk.case)
        with acting_in(me, talk.case):
            recorded = record_talk(
                cast(User, request.user), talk, now=me.now, looks_ahead=ahead, **wish.validated_data
            )
        # Not looked up anew: access that was given for this talk ended with it.
        return _show(recorded)


class NewTalkViewSet(OfCase):
    """Follow-up talks of one case."""

    rule_of = {"create": "R24"}
    queryset = FollowUpTalk.objects.none()
    serializer_class = PlanTalkSerializer

    @extend_schema(responses={201: TalkSerializer}, examples=[examples.PLAN_TALK])
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Plan a talk with one person on a school day; plans its reminder."""
        wish = self.get_serializer(data=request.data)
        wish.is_valid(raise_exception=True)
        with self.acting():
            planned = plan_follow_up(
                cast(User, request.user),
                self.case,
                now=who(request).now,
                conversation=self.case.conversations.last(),
                **wish.validated_data,
            )
        return _show(planned, status=201)


def _show(talk: FollowUpTalk, status: int = 200) -> Response:
    return Response(TalkSerializer(talk).data, status=status, headers=etag(talk))
