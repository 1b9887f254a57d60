"""The form with which a measurement is prepared."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.dateparse import parse_date
from django.utils.translation import gettext_lazy as _

from cases.models import Case
from cases.queries.worklist import case_title
from interventions.models import Run
from pestzorg.web.forms import ChipRadio, DateInput


class PrepareForm(forms.Form):
    """For whom, when, and from how many answers on results are shown."""

    kind = forms.ChoiceField(
        label=_("Which questions?"), choices=Run.Version.choices, widget=ChipRadio
    )
    planned_on = forms.DateField(label=_("On which day?"), widget=DateInput)
    minimum = forms.IntegerField()
    case = forms.ModelChoiceField(
        label=_("Does it belong to a case?"),
        queryset=Case.objects.none(),
        to_field_name="uuid",
        required=False,
        empty_label=_("No"),
    )

    def __init__(
        self,
        *args: Any,
        today: date,
        last: Run | None,
        least: int,
        offered: int,
        cases: QuerySet[Case],
        asked: Mapping[str, str] | None = None,
        **kwargs: Any,
    ) -> None:
        kwargs["initial"] = {
            "kind": last.version if last else Run.Version.FULL,
            "planned_on": max(today, _day_of(asked) or today),
            "minimum": offered,
            # Where the page of an approach led here; a case that is not offered is none.
            "case": (asked or {}).get("case"),
        }
        super().__init__(*args, **kwargs)
        self.fields["minimum"] = _minimum_from(least)
        if cases:
            self.fields["case"].queryset = cases  # type: ignore[attr-defined] # a ModelChoiceField
            self.fields["case"].label_from_instance = case_title  # type: ignore[attr-defined]
        else:
            del self.fields["case"]


def _minimum_from(least: int) -> forms.IntegerField:
    told = _("At least %(least)s. A higher number protects a small class better.")
    return forms.IntegerField(
        label=_("Show results from how many answers?"),
        help_text=told % {"least": least},
        min_value=least,
        max_value=100,
    )


def _day_of(asked: Mapping[str, str] | None) -> date | None:
    try:
        return parse_date((asked or {}).get("day", ""))
    except ValueError:
        return None
