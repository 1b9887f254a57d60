"""The way the API enters an intervention: with a case through that case, else by itself. Absent and closed are alike."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Any
from uuid import UUID

from django.http import Http404
from rest_framework.request import Request

from cases.access import Who, rules_on, who
from interventions.access.interventions import interventions_visible_to, may_run
from interventions.models import Intervention, PhaseRecord
from interventions.queries.listed import AROUND
from interventions.services.looks import acting_in, note_denied, note_look
from pestzorg.api.views import RuledViewSet

READ, RUN = "R14", "R25"


def enter_intervention(me: Who, uuid: UUID, rule: str) -> Intervention:
    """The intervention when it may be read, or with R25 be run; else a row in the log, and Http404."""
    rows = interventions_visible_to(me).select_related(*AROUND)
    found = rows.filter(uuid=uuid).first()
    if found is None or not _is_open(me, found, rule):
        note_denied(me, uuid, rule)
        raise Http404
    return found


def _is_open(me: Who, intervention: Intervention, rule: str) -> bool:
    if rule == RUN:
        return may_run(me, intervention)
    return intervention.case is None or rule in rules_on(me, intervention.case)


class OfPhase(RuledViewSet):
    """One phase of an intervention; the address names both."""

    intervention: Intervention
    record: PhaseRecord

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Enter before anything else is looked at."""
        super().initial(request, *args, **kwargs)
        if self.action in self.rule_of:
            self.enter()

    def enter(self) -> None:
        """Find the phase, or refuse as if there were none."""
        uuid = self.kwargs["intervention_uuid"]
        self.intervention = enter_intervention(who(self.request), uuid, self.rule)
        found = self.intervention.phases.filter(uuid=self.kwargs["phase_uuid"]).first()
        if found is None:
            raise Http404
        found.intervention, self.record = self.intervention, found

    def is_there(self) -> bool:
        """Whether the caller sees the phase, or runs it where nothing but that is done here."""
        found = interventions_visible_to(who(self.request)).filter(
            uuid=self.kwargs["intervention_uuid"], phases__uuid=self.kwargs["phase_uuid"]
        )
        intervention = found.select_related("case").first()
        asked = {self.rule_of[action] for action in self.action_map.values()}
        rule = READ if READ in asked else RUN
        return intervention is not None and _is_open(who(self.request), intervention, rule)

    def note(self) -> None:
        """Write down that the phase is about to be seen."""
        note_look(who(self.request), self.intervention, self.rule, self.record.uuid)

    def acting(self) -> AbstractContextManager[None]:
        """What is done within this `with` is logged with the way by which the caller came."""
        return acting_in(who(self.request), self.intervention)
