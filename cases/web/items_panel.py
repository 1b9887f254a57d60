"""A list on a step page whose rows are saved with one `put_…` service each. Which list is where: `step_panels`."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from cases.services import items
from cases.web.panel import Panel, Row
from cases.web.step_rows import RowForm
from schools.models import User

# list -> heading, and what the button for an empty row says
TITLES = {
    "incidents": (_("What happened"), _("Write down something that happened")),
    "evidence": (_("What shows it"), _("Describe something that shows it")),
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
    begins: dict[str, Any] = field(default_factory=dict)  # what the empty row suggests

    @property
    def template(self) -> str:
        """All these lists look alike."""
        return "cases/conversation/_items.html"

    @property
    def title(self) -> str:
        """The heading of the list; where nobody is added, it is about talking with those who are there."""
        if self.asked:
            return self.sight.voice.say(self.asked.ask)
        with_others = self.key == "people" and not self.adds
        return str(_("Talks with the others") if with_others else TITLES[self.key][0])

    @property
    def add_label(self) -> str:
        """What opens the empty row."""
        return str(_("Write something down") if self.asked else TITLES[self.key][1])

    def build(self) -> list[Row]:
        """Saved rows, then the empty one."""
        rows = [self._row(str(saved.uuid), saved) for saved in self.saved]
        return [*rows, self._row("new", None, self.begins)] if self.adds else rows

    def save_row(self, row: Row, actor: User, now: datetime) -> None:
        self.put(actor, self.owner, row.saved, now=now, **row.form.values())

    def _row(self, name: str, saved: Any, begins: dict[str, Any] | None = None) -> Row:
        return self.make_row(
            name,
            saved,
            lambda **kw: self.form(
                row=saved, people=self.people, initial=begins, **self.extra, **kw
            ),
        )
