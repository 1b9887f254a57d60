"""Forms that close a case: to one person, to everybody by role; and the one that opens it in an emergency."""

from __future__ import annotations

from datetime import datetime
from itertools import chain
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.models import BreakGlass, Case
from cases.web.fields import needed, staff_field
from pestzorg.web.forms import ChipRadio
from schools.models import User
from schools.models.exclusion import ExclusionReason
from schools.queries.people import officers_of, staff_of
from schools.roles import Role


class ExcludeForm(forms.Form):
    """Who may not see this case, and why, as a word."""

    reason = forms.ChoiceField(
        label=gettext_lazy("Why?"),
        choices=ExclusionReason.choices,
        widget=ChipRadio,
        help_text=gettext_lazy("One word is enough. What is behind it belongs elsewhere."),
    )

    def __init__(self, *args: Any, case: Case, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"] = staff_field(
            _("Who?"),
            _people_around(case, now),
            error_messages={"required": _("Choose the colleague.")},
        )
        self.order_fields(["person", "reason"])


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


def _people_around(case: Case, now: datetime) -> list[User]:
    out = set(case.exclusions.filter(lifted_at=None).values_list("user_id", flat=True))
    # Who watches over cases by their code may be close to one of them, too.
    officers = (officers_of(case.school, now, role) for role in (Role.SAFETY_OFFICER, Role.DPO))
    people = chain(staff_of(case.school, now), *officers)
    return [person for person in people if person.pk not in out]
