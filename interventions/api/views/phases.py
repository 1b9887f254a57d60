"""One phase of an intervention: read it, plan it, save what is known so far, and mark it held or left out."""

from __future__ import annotations

from typing import Any, cast

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer

from cases.access import who
from interventions.api import examples
from interventions.api.doors import OfPhase
from interventions.api.serializers import (
    HoldPhaseSerializer,
    PhaseSerializer,
    PlanPhaseSerializer,
    SavePhaseSerializer,
    SkipPhaseSerializer,
)
from interventions.models import PhaseRecord
from interventions.queries.phase_content import written_about
from interventions.services.phases import Note, hold_phase, plan_phase, save_phase, skip_phase
from pestzorg.api.versions import IF_MATCH, etag, expect_version
from pestzorg.errors import broken
from schools.models import User


class PhaseViewSet(OfPhase):
    """A phase by its uuid. The group, ideas, another round and the end are decided on the pages."""

    rule_of = {
        "retrieve": "R14",
        "partial_update": "R25",
        "plan": "R25",
        "hold": "R25",
        "skip": "R25",
    }
    queryset = PhaseRecord.objects.none()
    serializer_class = PhaseSerializer
    lookup_url_kwarg = "phase_uuid"

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The phase with what was written down in it."""
        self.note()
        return self._show()

    @extend_schema(
        request=SavePhaseSerializer,
        responses=PhaseSerializer,
        parameters=[IF_MATCH],
        examples=[examples.SAVE_PHASE],
    )
    def partial_update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Save answers about the phase and about each person, also half of them and after it was held."""
        expect_version(request, self.record)
        given = self._sent(SavePhaseSerializer)
        answers = {**self.record.answers, **given.get("answers", {})}
        notes = _notes(self.record, given.get("persons", []))
        why = given.get("reason", "")
        with self.acting():
            save_phase(self._actor, self.record, answers, now=self._now, notes=notes, reason=why)
        return self._show()

    @extend_schema(
        request=PlanPhaseSerializer, responses=PhaseSerializer, examples=[examples.PLAN_PHASE]
    )
    @action(detail=True, methods=["post"])
    def plan(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Choose the day of a phase and of the meeting it belongs to; plans the reminders."""
        given = self._sent(PlanPhaseSerializer)
        with self.acting():
            plan_phase(self._actor, self.record, given["planned_on"], now=self._now)
        return self._show()

    @extend_schema(
        request=HoldPhaseSerializer, responses=PhaseSerializer, examples=[examples.HOLD_PHASE]
    )
    @action(detail=True, methods=["post"])
    def hold(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Mark a phase held; refused with everything that the method still asks. The next phase gets its day."""
        given = self._sent(HoldPhaseSerializer)
        with self.acting():
            hold_phase(self._actor, self.record, given["held_on"], now=self._now)
        return self._show()

    @extend_schema(request=SkipPhaseSerializer, responses=PhaseSerializer)
    @action(detail=True, methods=["post"])
    def skip(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Leave a phase out with a reason, where its method allows that."""
        given = self._sent(SkipPhaseSerializer)
        with self.acting():
            skip_phase(self._actor, self.record, given["skip_reason"], now=self._now)
        return self._show()

    def _sent(self, kind: type[BaseSerializer[Any]]) -> dict[str, Any]:
        wish = kind(data=self.request.data)
        wish.is_valid(raise_exception=True)
        given: dict[str, Any] = wish.validated_data
        return given

    def _show(self) -> Response:
        return Response(PhaseSerializer(self.record).data, headers=etag(self.record))

    @property
    def _actor(self) -> User:
        return cast(User, self.request.user)

    @property
    def _now(self) -> Any:
        return who(self.request).now


def _notes(record: PhaseRecord, persons: list[dict[str, Any]]) -> list[Note]:
    known = {one.member: one for one in written_about(record)}
    if any(one["member"] not in known for one in persons):
        raise broken("persons", _("This phase does not ask about this person."), "unknown")
    return [
        Note(found.asked.member, {**found.answers, **one["answers"]}, found.row)
        for one in persons
        for found in [known[one["member"]]]
    ]
