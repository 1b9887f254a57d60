"""The lists of a case and of a conversation. What a list does is in `rows`."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import Http404
from rest_framework.request import Request
from rest_framework.response import Response

from cases.access import who
from cases.api.doors import OfConversation, WithReasons
from cases.api.serializers import (
    AssessmentSerializer,
    EvidenceSerializer,
    IncidentSerializer,
    MeasureSerializer,
    ParentContactSerializer,
    ParticipantRowSerializer,
    PriorActionSerializer,
    SupportPersonSerializer,
)
from cases.api.views.rows import GrowingList, ListOfSteps
from cases.models import (
    Evidence,
    Incident,
    ParentContact,
    Participant,
    PriorAction,
    SelfProtectionMeasure,
    SeverityAssessment,
    SupportPerson,
)
from cases.queries.closed_steps import may_read_notes_on_people
from cases.queries.conversations import without_conversation
from cases.services import items
from schools.models import User


class IncidentViewSet(GrowingList):
    """What happened, as told in step 2."""

    list_name = "incidents"
    lookup_url_kwarg = "incident_uuid"
    queryset = Incident.objects.none()
    serializer_class = IncidentSerializer

    def rows(self) -> QuerySet[Incident]:
        return self.case.incidents.all()

    def write_row(self, actor: User, row: Any, now: datetime, values: dict[str, Any]) -> Incident:
        return items.put_incident(actor, self.case, row, now=now, **values)


class EvidenceViewSet(GrowingList):
    """What shows that something happened (step 2), described in words."""

    list_name = "evidence"
    lookup_url_kwarg = "evidence_uuid"
    queryset = Evidence.objects.none()
    serializer_class = EvidenceSerializer

    def rows(self) -> QuerySet[Evidence]:
        return Evidence.objects.filter(incident__case=self.case).select_related("incident")

    def write_row(self, actor: User, row: Any, now: datetime, values: dict[str, Any]) -> Evidence:
        return items.put_evidence(actor, self.case, row, now=now, **values)


class ParticipantViewSet(GrowingList):
    """Who plays which part. The pupil the case is about is shown, and changed elsewhere."""

    list_name = "people"
    lookup_url_kwarg = "participant_uuid"
    queryset = Participant.objects.none()
    serializer_class = ParticipantRowSerializer

    def admit(self) -> None:
        """Their parts are known to all who read the case; writing needs the step in which they are noted."""
        self.reads_notes = may_read_notes_on_people(who(self.request), self.case)
        if self.rule == "R17" and not self.reads_notes:
            self.close()

    def rows(self) -> QuerySet[Participant]:
        named = self.case.participants if self.rule == "R14" else without_conversation(self.case)
        return named.select_related("pupil")

    def write_row(
        self, actor: User, row: Any, now: datetime, values: dict[str, Any]
    ) -> Participant:
        return items.put_participant(actor, self.case, row, now=now, **values)

    def get_serializer_context(self) -> dict[str, Any]:
        """Whether the notes may be read."""
        reads = getattr(self, "reads_notes", False)
        return {**super().get_serializer_context(), "reads_notes": reads}


class ParentContactViewSet(GrowingList):
    """Contacts with parents (step 3)."""

    list_name = "parent_contacts"
    lookup_url_kwarg = "contact_uuid"
    queryset = ParentContact.objects.none()
    serializer_class = ParentContactSerializer

    def rows(self) -> QuerySet[ParentContact]:
        return self.case.parent_contacts.select_related("by", "conversation")

    def write_row(
        self, actor: User, row: Any, now: datetime, values: dict[str, Any]
    ) -> ParentContact:
        return items.put_parent_contact(actor, self.case, row, now=now, **values)


class PriorActionViewSet(GrowingList, OfConversation):
    """What the pupil tried, and whether it helped (steps 2 and 4)."""

    list_name = "prior_actions"
    lookup_url_kwarg = "action_uuid"
    queryset = PriorAction.objects.none()
    serializer_class = PriorActionSerializer

    def rows(self) -> QuerySet[PriorAction]:
        return self.conversation.prior_actions.all()

    def write_row(
        self, actor: User, row: Any, now: datetime, values: dict[str, Any]
    ) -> PriorAction:
        return items.put_prior_action(actor, self.conversation, row, now=now, **values)


class SupportPersonViewSet(GrowingList, OfConversation):
    """Who helps (step 10)."""

    list_name = "support_persons"
    lookup_url_kwarg = "helper_uuid"
    queryset = SupportPerson.objects.none()
    serializer_class = SupportPersonSerializer

    def rows(self) -> QuerySet[SupportPerson]:
        return self.conversation.support_persons.select_related("asked_by").prefetch_related(
            "linked_agreements"
        )

    def write_row(
        self, actor: User, row: Any, now: datetime, values: dict[str, Any]
    ) -> SupportPerson:
        return items.put_support_person(actor, self.conversation, row, now=now, **values)


class MeasureViewSet(ListOfSteps, OfConversation):
    """The nine measures (step 6), each by its key; one that nobody spoke of yet is absent from the list."""

    rule_of: ClassVar = {"list": "R14", "retrieve": "R14", "partial_update": "R17"}
    list_name = "measures"
    lookup_field = "key"
    lookup_value_converter = "slug"
    queryset = SelfProtectionMeasure.objects.none()
    serializer_class = MeasureSerializer

    def rows(self) -> QuerySet[SelfProtectionMeasure]:
        return self.conversation.measures.all()

    def row(self) -> SelfProtectionMeasure:
        """What is known of this measure, possibly nothing yet: then its version is 0."""
        key = self.kwargs["key"]
        if key not in {measure.key for measure in self.conversation.edition.measures}:
            raise Http404
        nothing = SelfProtectionMeasure(conversation=self.conversation, key=key, version=0)
        return self.rows().filter(key=key).first() or nothing

    def write_row(
        self, actor: User, row: Any, now: datetime, values: dict[str, Any]
    ) -> SelfProtectionMeasure:
        return items.put_measure(
            actor, self.conversation, row.key, now=now, seen=row.version, **values
        )


class AssessmentViewSet(WithReasons):
    """How serious the case is, as assessed each time, the latest first."""

    rule_of: ClassVar = {"list": "R14"}
    newest_first = ("-assessed_at", "-id")
    queryset = SeverityAssessment.objects.none()
    serializer_class = AssessmentSerializer

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One page of assessments."""
        self.note()
        rows = self.case.assessments.select_related("assessed_by").order_by()
        shown = self.get_serializer(self.paginate_queryset(rows), many=True)
        return self.get_paginated_response(shown.data)
