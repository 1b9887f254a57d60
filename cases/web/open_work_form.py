"""Handing over open work: what, to whom, and whether it comes back."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.queries.open_work import OpenTask, takers
from pestzorg.web.forms import DateInput
from schools.models import User
from schools.web.fields import staff_field


class HandOverForm(forms.Form):
    """`service_values` fits hand_over_work."""

    tasks = forms.MultipleChoiceField(
        label=gettext_lazy("What goes along?"),
        error_messages={"required": gettext_lazy("Choose at least one.")},
        widget=forms.CheckboxSelectMultiple,
    )
    until = forms.DateField(
        label=gettext_lazy("Until and including"),
        help_text=gettext_lazy(
            "Then it comes back by itself. Without a day it is handed over for good."
        ),
        required=False,
        widget=DateInput,
    )

    def __init__(
        self, *args: Any, lines: list[OpenTask], person: User, now: datetime, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.lines = lines
        field: Any = self.fields["tasks"]
        field.choices = [(str(line.task.uuid), line.title) for line in lines]
        self.initial["tasks"] = [key for key, _title in field.choices]
        self.fields["taker"] = staff_field(
            _("Who takes over?"),
            takers(lines, person, now),
            error_messages={"required": _("Choose the colleague.")},
        )

    @property
    def rows(self) -> list[tuple[Any, OpenTask]]:
        """Each box with the line it belongs to."""
        return list(zip(self["tasks"], self.lines, strict=True))

    def service_values(self) -> dict[str, Any]:
        """What hand_over_work needs beside actor, person and moment."""
        given = self.cleaned_data
        chosen = [line.task for line in self.lines if str(line.task.uuid) in given["tasks"]]
        return {"tasks": chosen, "taker": given["taker"], "until": given["until"]}
