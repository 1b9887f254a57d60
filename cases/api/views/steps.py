"""One step of a conversation: read it, save what is known so far, finish it or leave it out."""

from __future__ import annotations

from typing import Any, cast

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from cases.access import may_read_step, who
from cases.api import examples
from cases.api.doors import OfConversation
from cases.api.serializers import (
    SaveStepSerializer,
    SkipStepSerializer,
    StepSerializer,
    StepVersionSerializer,
)
from cases.models import StepRecord
from cases.queries.step_versions import readable_versions
from cases.services.conversations import step_records
from cases.services.steps import complete_step, save_step, skip_step
from pestzorg.api.versions import IF_MATCH, etag, expect_version
from schools.models import User

STEPS = range(1, 11)
STEP_PEOPLE = ("completed_by", "first_sitting", "last_sitting")


class StepViewSet(OfConversation):
    """A step by its number, 1 to 10. A step that is closed to the caller is not there."""

    rule_of = {
        "retrieve": "R14",
        "versions": "R14",
        "partial_update": "R17",
        "complete": "R17",
        "skip": "R17",
    }
    queryset = StepRecord.objects.none()
    serializer_class = StepSerializer
    lookup_field = "step"
    lookup_url_kwarg = "number"
    lookup_value_converter = "int"
    record: StepRecord

    def admit(self) -> None:
        """The step, when there is one with this number and the caller may read it."""
        number = self.kwargs["number"]
        if number not in STEPS:
            raise Http404
        self.record = self._stored(number)
        if not may_read_step(who(self.request), self.record):
            self.close()

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The step; one that nobody opened yet is shown as such."""
        self.note(self.conversation.uuid)
        return self._show()

    @extend_schema(
        request=SaveStepSerializer,
        responses=StepSerializer,
        parameters=[IF_MATCH],
        examples=[examples.SAVE_STEP],
    )
    def partial_update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Save answers, also half of them. A finished step that lost something is open again."""
        expect_version(request, self.record)
        wish = SaveStepSerializer(data=request.data)
        wish.is_valid(raise_exception=True)
        given = wish.validated_data
        answers = {**self.record.answers, **given.pop("answers", {})}
        with self.acting():
            save_step(self._actor, self.record, answers, now=self._now, **given)
        return self._show()

    @extend_schema(request=None, responses=StepSerializer)
    @action(detail=True, methods=["post"])
    def complete(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Mark the step discussed; refused with everything that is still missing."""
        with self.acting():
            complete_step(self._actor, self.record, now=self._now)
        return self._show()

    @extend_schema(request=SkipStepSerializer, responses=StepSerializer)
    @action(detail=True, methods=["post"])
    def skip(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Leave the step out with a reason, where the protocol allows it."""
        wish = SkipStepSerializer(data=request.data)
        wish.is_valid(raise_exception=True)
        with self.acting():
            skip_step(self._actor, self.record, now=self._now, **wish.validated_data)
        return self._show()

    @extend_schema(responses=StepVersionSerializer(many=True), filters=False)
    @action(detail=True, pagination_class=None)
    def versions(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """What the step said each time before it was changed, the newest first."""
        self.note(self.conversation.uuid)
        earlier = readable_versions(who(request), self.record) if self.record.pk else []
        return Response(StepVersionSerializer(earlier, many=True).data)

    def _stored(self, number: int) -> StepRecord:
        # Reading changes nothing: a step that nobody opened yet is made when it is first written.
        if self.rule == "R17":
            record = step_records(self.conversation)[number - 1]
        else:
            kept = self.conversation.step_records.select_related(*STEP_PEOPLE)
            record = kept.filter(step=number).first() or StepRecord(step=number)
        record.conversation = self.conversation
        return record

    def _show(self) -> Response:
        shown = StepSerializer(self.record, context={"readable": {self.record.step}})
        return Response(shown.data, headers=etag(self.record))

    @property
    def _actor(self) -> User:
        return cast(User, self.request.user)

    @property
    def _now(self) -> Any:
        return who(self.request).now
