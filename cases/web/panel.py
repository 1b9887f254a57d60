"""A list on a step page: rows that are validated together with the questions and saved one by one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, ClassVar

from django import forms
from django.http import QueryDict

from cases.protocol.talk import ListPrompt
from cases.queries.people import CasePeople
from cases.web.fields import needed
from cases.web.sight import Sight
from pestzorg.errors import RuleBroken
from pestzorg.posting.merging import MergingForm
from pestzorg.web.forms import add_rule_errors
from schools.models import User


@dataclass
class Row:
    """One row: its form, the saved object or None; for a measure also what it is, and what to say of it."""

    name: str
    form: Any
    saved: Any
    definition: Any = None
    words: Any = None
    advice: Any = None
    report: Any = None
    label: str = ""
    problem: str = ""

    @property
    def is_touched(self) -> bool:
        """There is something to save."""
        return bool(self.form.is_bound and self.form.has_changed())


@dataclass
class Panel:
    """Base of all panels. `key` is the list's name in the protocol and the prefix of its rows."""

    key: str
    people: CasePeople
    data: QueryDict | None
    user: User
    now: datetime
    sight: Sight
    problems: list[str] = field(default_factory=list)
    # A row without a saved object may be one that everybody fills in: it is compared with what was shown.
    fills_in: ClassVar[bool] = False

    @cached_property
    def rows(self) -> list[Row]:
        """The rows in the order of the page."""
        return self.build()

    @property
    def leads(self) -> bool:
        """The heart of its step: shown before the questions, which look back on it."""
        return self.key in {"measures", "agreements", "talks"}

    @property
    def template(self) -> str:
        """The fragment that shows this panel."""
        return f"cases/conversation/_{self.key}.html"

    @property
    def asked(self) -> ListPrompt | None:
        """How the talk asks for a row; None in the writing up, where everything is asked."""
        return self.sight.rows(self.key) if self.sight.is_talk else None

    def build(self) -> list[Row]:
        """Make the rows."""
        raise NotImplementedError

    def save_row(self, row: Row, actor: User, now: datetime) -> None:
        """Save one touched row through its service."""
        raise NotImplementedError

    def is_valid(self) -> bool:
        """Every touched row is well formed; all rows are looked at, so that all complaints show at once."""
        answers = [row.form.is_valid() for row in self.rows if row.is_touched]
        return all(answers)

    def save(self, actor: User, now: datetime) -> bool:
        """Save the touched rows; a broken rule is put at its row and stops nothing else."""
        saved = [self._save(row, actor, now) for row in self.rows if row.is_touched]
        return all(saved)

    def make_row(self, name: str, saved: Any, form: Callable[..., forms.Form]) -> Row:
        """A row bound to the posted data when the page sent it; a saved one is compared with what is stored."""
        prefix = f"{self.key}-{name}"
        sent = self.data is not None and any(key.startswith(f"{prefix}-") for key in self.data)
        made = form(prefix=prefix, data=self.data if sent else None)
        self._ask_only_what_is_asked(made)
        if isinstance(made, MergingForm) and (saved or self.fills_in):
            made.compare_with(saved)
        return Row(name, made, saved)

    def _ask_only_what_is_asked(self, form: Any) -> None:
        if self.asked is None:
            return
        for name, one in list(form.fields.items()):
            if name in self.asked.fields:
                self.sight.put(needed(one), self.asked.fields[name])
            elif not one.widget.is_hidden:
                form.leave_to_writing_up(name)

    def _save(self, row: Row, actor: User, now: datetime) -> bool:
        try:
            self.save_row(row, actor, now)
        except RuleBroken as error:
            add_rule_errors(row.form, error)
            return False
        return True
