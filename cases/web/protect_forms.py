"""Forms about a closed case: whom it can be closed to, how it opens in an emergency, its code."""

from __future__ import annotations

from datetime import datetime

from django import forms
from django.utils.translation import gettext_lazy

from cases.models import BreakGlass, Case
from cases.web.fields import needed
from pestzorg.web.forms import ChipRadio
from schools.models import User
from schools.queries.people import people_around


class EmergencyForm(forms.Form):
    """Why somebody has to read a closed case now; others read it."""

    reason_code = forms.ChoiceField(
        label=gettext_lazy("Why?"), choices=BreakGlass.Reason.choices, widget=ChipRadio
    )
    reason = needed(
        forms.CharField(
            label=gettext_lazy("Why can this not wait?"),
            widget=forms.Textarea(attrs={"rows": 4}),
            max_length=2000,
            required=False,
            help_text=gettext_lazy("At least 30 characters. Who manages this case reads it."),
        )
    )


class CodeForm(forms.Form):
    """The code of a case, as somebody read it out or wrote it down."""

    code = forms.CharField(
        label=gettext_lazy("Case code"),
        max_length=12,
        help_text=gettext_lazy("As in PZ-7K3M-Q2."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )

    def clean_code(self) -> str:
        """As it is stored, however it was typed."""
        return str(self.cleaned_data["code"]).upper()


def people_around_case(case: Case, now: datetime) -> list[User]:
    """Who can still be kept out of this case."""
    # Who watches over cases by their code may be close to one of them, too.
    out = set(case.exclusions.filter(lifted_at=None).values_list("user_id", flat=True))
    return [person for person in people_around(case.school, now) if person.pk not in out]
