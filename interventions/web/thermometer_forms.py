"""The form with which a measurement is prepared."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from interventions.models import Run
from interventions.thermometer.publish import MEANS_FROM
from pestzorg.web.forms import ChipRadio, DateInput


class PrepareForm(forms.Form):
    """For whom, when, and from how many answers on results are shown."""

    kind = forms.ChoiceField(
        label=_("Which questions?"), choices=Run.Version.choices, widget=ChipRadio
    )
    planned_on = forms.DateField(label=_("On which day?"), widget=DateInput)
    minimum = forms.IntegerField(
        label=_("Show results from how many answers?"),
        help_text=_("At least 8. A higher number protects a small class better."),
        min_value=MEANS_FROM,
        max_value=100,
    )

    def __init__(self, *args: Any, today: date, last: Run | None, **kwargs: Any) -> None:
        kwargs["initial"] = {
            "kind": last.version if last else Run.Version.FULL,
            "planned_on": today,
            "minimum": last.minimum if last else MEANS_FROM,
        }
        super().__init__(*args, **kwargs)
