"""The questions of the suitability check."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.web.fields import needed, text_field
from interventions.models import SuitabilityCheck
from interventions.suitability import Edition
from pestzorg.posting.merging import MergingForm
from pestzorg.web.forms import ChipCheckbox, ChipRadio


class CheckForm(MergingForm):
    """Every question of the edition except what step 8 answers already; nothing is needed to save."""

    circumstances = forms.MultipleChoiceField(
        label=_("Is there anything of this?"), widget=ChipCheckbox, required=False
    )
    note = text_field(_("What else did you weigh?"), rows=3)

    def __init__(
        self,
        *args: Any,
        asked: Edition,
        known: dict[str, str],
        row: SuitabilityCheck | None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.asked = [one for one in asked.indicators if one.key not in known]
        for one in self.asked:
            self.fields[one.key] = needed(
                forms.ChoiceField(
                    label=str(one.question),
                    help_text=str(one.help or ""),
                    choices=[(choice.key, choice.label) for choice in one.choices],
                    widget=ChipRadio,
                    required=False,
                )
            )
        self.order_fields([*(one.key for one in self.asked), "circumstances", "note"])
        ticks: Any = self.fields["circumstances"]
        ticks.choices = [(one.key, one.text) for one in asked.asked]
        if row is not None:
            said = {"circumstances": row.ticked, "note": row.note}
            self.initial = {**row.answers, **said}
        self.compare_with(row)

    def service_values(self) -> dict[str, Any]:
        """What check_suitability needs beside actor, conversation and moment."""
        given = self.cleaned_data
        answers = {one.key: given[one.key] for one in self.asked if given[one.key]}
        said = {"circumstances": given["circumstances"], "note": given["note"]}
        return {"answers": answers, **said, "saved": self.stored_row}
