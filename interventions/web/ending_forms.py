"""How an intervention ends. What is refused beyond their shape, the services say."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.web.fields import text_field
from cases.web.questions import question_field, stored_answer
from interventions.models import Intervention
from pestzorg.web.forms import DateInput


class StopForm(forms.Form):
    """Why it stops before its end."""

    reason = text_field(_("Why does it stop?"), required=True, rows=3, limit=1000)


class FinishForm(forms.Form):
    """What came of it, as its method asks, and when somebody looks again."""

    review_on = forms.DateField(
        label=_("When do you look again whether it lasts?"), required=False, widget=DateInput
    )

    def __init__(
        self, *args: Any, intervention: Intervention, now: datetime, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.school, self.asked = intervention.school, intervention.definition.finish
        for field in self.asked:
            self.fields[field.key] = question_field(field, self.asked, self.school, now)
        self.order_fields([*(field.key for field in self.asked), "review_on"])

    def service_values(self) -> dict[str, Any]:
        """What finish_intervention needs beside actor, intervention and moment."""
        given, zone = self.cleaned_data, self.school.zone
        keys = [field.key for field in self.asked]
        outcome = {key: stored_answer(self.fields[key], given[key], zone) for key in keys}
        return {"outcome": outcome, "review_on": given["review_on"]}
