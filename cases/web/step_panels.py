"""The lists beside the questions of a step: each panel shows saved rows, one empty row, and saves through a service.

All panels of a page post together with the questions in one form, so pressing any button loses nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from cases.models import Case, Evidence, ParentContact, SelfProtectionMeasure, StepRecord
from cases.protocol.step_numbers import STORY
from cases.queries.belonging import told_about
from cases.queries.conversations import without_conversation
from cases.queries.step_rules import INVOLVED_ROLES
from cases.services import items
from cases.web.agreement_panels import AgreementsPanel, TalksPanel
from cases.web.evidence_form import EvidenceForm
from cases.web.items_panel import ItemsPanel
from cases.web.measure_panel import MeasuresPanel
from cases.web.panel import Panel
from cases.web.people_panel import PeoplePanel
from cases.web.sight import Sight
from cases.web.step_rows import (
    IncidentForm,
    ParentContactForm,
    PersonForm,
    PersonWithoutTalkForm,
    PriorActionForm,
)
from cases.web.support_form import SupportPersonForm
from schools.models import User

MEASURES = "measures"
SOUGHT = (SelfProtectionMeasure.Status.AGREED, SelfProtectionMeasure.Status.ALREADY_DONE)


def panels_of(record: StepRecord, lists: Iterable[str], base: dict[str, Any]) -> list[Panel]:
    """The panels of a step for these lists; `base` is what all of them begin with."""
    panels = [PANELS[key](record, {"key": key, **base}) for key in lists]
    sight: Sight = base["sight"]
    return [panel for panel in panels if not sight.is_talk or panel.asked or panel.key == MEASURES]


def _people(record: StepRecord, base: dict[str, Any]) -> Panel:
    case = record.conversation.case
    others = without_conversation(case)
    if record.step == STORY:
        return PeoplePanel(
            **base,
            form=PersonForm,
            saved=others,
            put=items.put_participant,
            owner=case,
        )
    involved = others.filter(role__in=INVOLVED_ROLES)
    return ItemsPanel(
        **base,
        form=PersonWithoutTalkForm,
        saved=involved,
        put=items.put_participant,
        owner=case,
        adds=False,
    )


def _support_persons(record: StepRecord, base: dict[str, Any]) -> Panel:
    conversation = record.conversation
    saved = list(conversation.support_persons.prefetch_related("linked_agreements"))
    # Whoever was named in step 6 is offered here, once.
    sought = conversation.measures.filter(key="seek_support", status__in=SOUGHT).first()
    helper = sought.helper if sought else ""
    is_new = helper.lower() not in {person.name.lower() for person in saved}
    return ItemsPanel(
        **base,
        form=SupportPersonForm,
        saved=saved,
        put=items.put_support_person,
        owner=conversation,
        begins={"name": helper} if helper and is_new else {},
    )


def _evidence(record: StepRecord, base: dict[str, Any]) -> Panel:
    case = record.conversation.case
    incidents = base["people"].incidents
    # What shows it hangs on what happened, so that comes first.
    return ItemsPanel(
        **base,
        form=EvidenceForm,
        saved=Evidence.objects.filter(incident__case=case).select_related("incident"),
        put=items.put_evidence,
        owner=case,
        extra={"incidents": incidents},
        adds=bool(incidents),
    )


def _put_contact(
    record: StepRecord, actor: User, case: Case, row: ParentContact | None, **values: Any
) -> ParentContact:
    # An older row without a conversation stays about all pupils of the case.
    about: dict[str, Any] = {} if row else {"conversation": record.conversation}
    return items.put_parent_contact(actor, case, row, **values, **about)


PANELS: dict[str, Callable[[StepRecord, dict[str, Any]], Panel]] = {
    "incidents": lambda r, base: ItemsPanel(
        **base,
        form=IncidentForm,
        saved=base["people"].incidents,
        put=items.put_incident,
        owner=r.conversation.case,
    ),
    "evidence": _evidence,
    "people": _people,
    "prior_actions": lambda r, base: ItemsPanel(
        **base,
        form=PriorActionForm,
        saved=r.conversation.prior_actions.all(),
        put=items.put_prior_action,
        owner=r.conversation,
    ),
    "parent_contacts": lambda r, base: ItemsPanel(
        **base,
        form=ParentContactForm,
        saved=told_about(r.conversation),
        put=partial(_put_contact, r),
        owner=r.conversation.case,
        extra={"user": base["user"]},
    ),
    "measures": lambda r, base: MeasuresPanel(**base, record=r),
    "agreements": lambda r, base: AgreementsPanel(**base, record=r),
    "talks": lambda r, base: TalksPanel(**base, record=r),
    "support_persons": _support_persons,
}
