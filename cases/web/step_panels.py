"""The lists beside the questions of a step: each panel shows saved rows, one empty row, and saves through a service.

All panels of a page post together with the questions in one form, so pressing any button loses nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from cases.models import PriorAction, SelfProtectionMeasure, StepRecord
from cases.queries.people import CasePeople
from cases.queries.step_rules import INVOLVED_ROLES
from cases.services import items
from cases.web.agreement_panels import AgreementsPanel, TalksPanel
from cases.web.panel import Panel, Row
from cases.web.step_rows import (
    IncidentForm,
    MeasureForm,
    ParentContactForm,
    PersonForm,
    PersonWithoutTalkForm,
    PriorActionForm,
    RowForm,
    SupportPersonForm,
)
from schools.models import User

# list -> heading, and what the button for an empty row says
TITLES = {
    "incidents": (_("What happened"), _("Write down something that happened")),
    "people": (_("Who plays which part?"), _("Add somebody")),
    "prior_actions": (_("What the pupil already tried"), _("Add an attempt")),
    "parent_contacts": (_("Contact with the parents"), _("Add a contact")),
    "support_persons": (_("People who help"), _("Add somebody")),
}


@dataclass
class ItemsPanel(Panel):
    """A panel whose rows are saved with one `put_…` service."""

    form: type[RowForm] = RowForm
    saved: Iterable[Any] = ()
    put: Callable[..., Any] = items.put_incident
    owner: Any = None
    extra: dict[str, Any] = field(default_factory=dict)
    adds: bool = True

    @property
    def template(self) -> str:
        """All these lists look alike."""
        return "cases/conversation/_items.html"

    @property
    def title(self) -> str:
        """The heading of the list; where nobody is added, it is about talking with those who are there."""
        return str(TITLES[self.key][0] if self.adds else _("Talks with the others"))

    @property
    def add_label(self) -> str:
        """What opens the empty row."""
        return str(TITLES[self.key][1])

    def build(self) -> list[Row]:
        """Saved rows, then the empty one."""
        rows = [self._row(str(saved.uuid), saved) for saved in self.saved]
        return [*rows, self._row("new", None)] if self.adds else rows

    def save_row(self, row: Row, actor: User, now: datetime) -> None:
        self.put(actor, self.owner, row.saved, now=now, **row.form.values())

    def _row(self, name: str, saved: Any) -> Row:
        return self.make_row(
            name, saved, lambda **kw: self.form(row=saved, people=self.people, **self.extra, **kw)
        )


@dataclass
class MeasuresPanel(Panel):
    """The nine measures: always nine rows, each with its own advice."""

    record: StepRecord = field(kw_only=True)
    fills_in: ClassVar[bool] = True

    def build(self) -> list[Row]:
        conversation = self.record.conversation
        saved = {m.key: m for m in conversation.measures.all()}
        tried = {a.action_type: a for a in conversation.prior_actions.all()}
        return [
            self._measure(definition, saved.get(definition.key), tried.get(definition.key))
            for definition in conversation.edition.measures
        ]

    def save_row(self, row: Row, actor: User, now: datetime) -> None:
        seen = row.saved.version if row.saved else 0
        items.put_measure(
            actor, self.record.conversation, row.name, now=now, seen=seen, **row.form.values()
        )

    def _measure(
        self, definition: Any, saved: SelfProtectionMeasure | None, tried: PriorAction | None
    ) -> Row:
        initial = {"owner": self.record.conversation.target.name}
        if tried and tried.keep_doing and tried.effect in {"worked", "partly"}:
            initial["status"] = SelfProtectionMeasure.Status.ALREADY_DONE
        row = self.make_row(
            definition.key,
            saved,
            lambda **kw: MeasureForm(row=saved, initial={} if saved else initial, **kw),
        )
        row.definition = definition
        row.warning = (
            _("This made it worse before.")
            if tried and tried.effect == "made_worse"
            else definition.warning
        )
        return row


def panels_of(
    record: StepRecord, people: CasePeople, user: User, now: datetime, data: QueryDict | None
) -> list[Panel]:
    """The panels of a step in the order of the protocol, bound to `data` when something was posted."""
    base: dict[str, Any] = {"people": people, "data": data, "user": user, "now": now}
    return [PANELS[key](record, {"key": key, **base}) for key in record.definition.lists]


def _people(record: StepRecord, base: dict[str, Any]) -> Panel:
    case = record.conversation.case
    others = case.participants.exclude(role="target").order_by("id")
    if record.step == 2:
        return ItemsPanel(
            **base, form=PersonForm, saved=others, put=items.put_participant, owner=case
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


PANELS: dict[str, Callable[[StepRecord, dict[str, Any]], Panel]] = {
    "incidents": lambda r, base: ItemsPanel(
        **base,
        form=IncidentForm,
        saved=r.conversation.case.incidents.all(),
        put=items.put_incident,
        owner=r.conversation.case,
    ),
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
        saved=r.conversation.case.parent_contacts.all(),
        put=items.put_parent_contact,
        owner=r.conversation.case,
        extra={"user": base["user"]},
    ),
    "measures": lambda r, base: MeasuresPanel(**base, record=r),
    "agreements": lambda r, base: AgreementsPanel(**base, record=r),
    "talks": lambda r, base: TalksPanel(**base, record=r),
    "support_persons": lambda r, base: ItemsPanel(
        **base,
        form=SupportPersonForm,
        saved=r.conversation.support_persons.all(),
        put=items.put_support_person,
        owner=r.conversation,
    ),
}
