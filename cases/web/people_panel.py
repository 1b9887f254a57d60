"""Step 2: who plays which part, with an offer for every classmate who is named as having seen it.

An offer that somebody else took up meanwhile is compared with what they wrote, like any row that two people change.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, ClassVar

from django.utils.translation import gettext as _

from cases.models import Participant
from cases.queries.step_hints import bystanders_named
from cases.web.items_panel import ItemsPanel
from cases.web.panel import Row
from schools.models import Pupil, User
from schools.queries.classes import pupils_of

OFFER = "offer-"


@dataclass
class PeoplePanel(ItemsPanel):
    """An offer becomes a participant once somebody chooses a part for it."""

    fills_in: ClassVar[bool] = True

    @cached_property
    def named(self) -> dict[str, Pupil]:
        """Who is named, by the name of the row. Nobody while the pupil reads along."""
        people = self.people
        if self.sight.is_talk or not any(incident.seen_by for incident in people.incidents):
            return {}
        found = bystanders_named(people.case, people.incidents, people.participants, self.now)
        return {f"{OFFER}{pupil.uuid}": pupil for pupil in found}

    def build(self) -> list[Row]:
        """Saved rows, the offers, the empty one."""
        *saved, empty = super().build()
        older = [self._offer(name, pupil) for name, pupil in self._named_before.items()]
        late = [row for row in older if row.form.was_typed_in]
        doubled = {row.saved.pk for row in late if row.saved}
        offers = [self._offer(name, pupil) for name, pupil in self.named.items()]
        return [*(row for row in saved if row.saved.pk not in doubled), *late, *offers, empty]

    def save_row(self, row: Row, actor: User, now: datetime) -> None:
        pupil = {**self.named, **self._named_before}.get(row.name)
        named: dict[str, Any] = {"pupil": pupil} if pupil and not row.saved else {}
        self.put(actor, self.owner, row.saved, now=now, **row.form.values(), **named)

    @cached_property
    def _named_before(self) -> dict[str, Pupil]:
        """Offers of a page that was opened before somebody took them up, or before the name was taken out."""
        if self.data is None or self.sight.is_talk:
            return {}
        sent = {key.removeprefix(f"{self.key}-").rpartition("-")[0] for key in self.data}
        offered = {name: name.removeprefix(OFFER) for name in sent if name.startswith(OFFER)}
        classmates = {str(pupil.uuid): pupil for pupil in self._classmates() if offered}
        return {
            name: classmates[uuid]
            for name, uuid in offered.items()
            if uuid in classmates and name not in self.named
        }

    def _classmates(self) -> Iterable[Pupil]:
        case = self.people.case
        today = self.people.calendar.local_date(self.now)
        return pupils_of(case.school_class, today) if case.school_class else ()

    def _taken_up(self, pupil: Pupil) -> Participant | None:
        names = {pupil.first_name.casefold(), str(pupil).casefold()}
        known = (p for p in self.saved if p.pupil_id == pupil.pk or p.name.casefold() in names)
        return next(known, None)

    def _offer(self, name: str, pupil: Pupil) -> Row:
        taken = self._taken_up(pupil)
        row = self._row(name, taken, {} if taken else {"name": pupil.first_name})
        row.label = _("%(name)s saw it: which part?") % {"name": pupil.first_name}
        return row
