"""Agreements for other programs: read, make, change, settle and reopen."""

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

from cases.access import agreements_visible_to, may_settle, who
from cases.api import examples
from cases.api.doors import CaseParts, OfCase
from cases.api.filters import AgreementFilter
from cases.api.serializers import (
    AgreementSerializer,
    HelpedSerializer,
    PutAgreementSerializer,
    SettleSerializer,
)
from cases.models import Agreement
from cases.services.agreements import (
    change_agreement,
    record_agreement,
    reopen_agreement,
    settle_agreement,
)
from cases.services.helping import note_help
from cases.services.looks import acting_in, note_denied
from pestzorg.api.versions import IF_MATCH, etag, expect_version
from schools.models import User

PEOPLE = ("owner_staff", "owner_participant", "responsible_staff", "conversation")
OWNERS: dict[str, Any] = {"owner_staff": None, "owner_participant": None, "owner_name": ""}


class AgreementViewSet(ListModelMixin, RetrieveModelMixin, CaseParts):
    """Agreements of the cases whose content the caller sees."""

    rule_of = {
        "list": "R14",
        "retrieve": "R14",
        "partial_update": "R24",
        "settle": "R25",
        "reopen": "R25",
        "helped": "R25",
    }
    newest_first = ("-agreed_at", "-id")
    queryset = Agreement.objects.none()
    serializer_class = AgreementSerializer
    filter_backends = (DjangoFilterBackend,)
    filterset_class = AgreementFilter

    def get_queryset(self) -> QuerySet[Agreement]:
        """Seen through the case."""
        return agreements_visible_to(who(self.request)).select_related("case__school", *PEOPLE)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One agreement."""
        return _show(self.one(self.get_queryset(), kwargs["uuid"]))

    @extend_schema(
        request=PutAgreementSerializer,
        responses=AgreementSerializer,
        parameters=[IF_MATCH],
        examples=[examples.CHANGE_AGREEMENT],
    )
    def partial_update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Change an open agreement. Another owner takes the place of the one before."""
        agreement = self.one(self.get_queryset(), kwargs["uuid"])
        expect_version(request, agreement)
        me = who(request)
        context = {"case": agreement.case, "now": me.now}
        wish = PutAgreementSerializer(agreement, data=request.data, partial=True, context=context)
        wish.is_valid(raise_exception=True)
        given = wish.validated_data
        changes = {**OWNERS, **given} if OWNERS.keys() & given.keys() else given
        with acting_in(me, agreement.case):
            change_agreement(cast(User, request.user), agreement, now=me.now, **changes)
        return _show(agreement)

    @extend_schema(
        operation_id="agreements_settle",
        request=SettleSerializer,
        responses=AgreementSerializer,
        filters=False,
        examples=[examples.SETTLE],
    )
    @action(detail=True, methods=["post"])
    def settle(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Say how it went. Needs the session of the person; a token reads only."""
        agreement = self._mine()
        wish = SettleSerializer(data=request.data)
        wish.is_valid(raise_exception=True)
        me, actor = who(request), cast(User, request.user)
        with acting_in(me, agreement.case):
            settled = settle_agreement(actor, agreement, now=me.now, **wish.validated_data)
        return _show(settled)

    @extend_schema(request=None, responses=AgreementSerializer, filters=False)
    @action(detail=True, methods=["post"])
    def reopen(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Not done after all; reminders that are still to come are planned again."""
        agreement, me = self._mine(), who(request)
        with acting_in(me, agreement.case):
            opened = reopen_agreement(cast(User, request.user), agreement, now=me.now)
        return _show(opened)

    @extend_schema(
        operation_id="agreements_helped",
        request=HelpedSerializer,
        responses=AgreementSerializer,
        filters=False,
        examples=[examples.HELPED],
    )
    @action(detail=True, methods=["post"])
    def helped(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Say whether it helped, answered by or with the pupil, once it is done."""
        agreement, me = self._mine(), who(request)
        wish = HelpedSerializer(data=request.data)
        wish.is_valid(raise_exception=True)
        with acting_in(me, agreement.case):
            told = note_help(cast(User, request.user), agreement, now=me.now, **wish.validated_data)
        return _show(told)

    def _mine(self) -> Agreement:
        agreement: Agreement = self.one(self.get_queryset(), self.kwargs["uuid"])
        if not may_settle(who(self.request), agreement):
            note_denied(who(self.request), self.rule, agreement.case.uuid)
            raise Http404
        return agreement


class NewAgreementViewSet(OfCase):
    """Agreements of one case."""

    rule_of = {"create": "R24"}
    queryset = Agreement.objects.none()
    serializer_class = PutAgreementSerializer

    @extend_schema(responses={201: AgreementSerializer}, examples=[examples.NEW_AGREEMENT])
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Make an agreement of the latest conversation; plans its reminders."""
        wish = self.get_serializer(data=request.data)
        wish.is_valid(raise_exception=True)
        with self.acting():
            made = record_agreement(
                cast(User, request.user),
                self.case,
                now=who(request).now,
                conversation=self.case.conversations.last(),
                **wish.validated_data,
            )
        return _show(made, status=201)


def _show(agreement: Agreement, status: int = 200) -> Response:
    shown = AgreementSerializer(agreement).data
    return Response(shown, status=status, headers=etag(agreement))
