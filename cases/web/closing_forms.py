"""Forms about closing a case: the proposal, the decision, and why not."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy

from cases.models import Agreement, Case, Closing
from cases.queries.closing import Answers
from cases.web.fields import AgreementsField, needed, text_field, yes_no_field
from pestzorg.web.forms import ChipCheckbox, ChipRadio


class ProposeForm(forms.Form):
    """Who agrees, and what goes on. `service_values` fits propose_closing."""

    pupil_agrees = needed(
        yes_no_field(gettext_lazy("Does the pupil agree to close?"), required=False)
    )
    parents_agree = needed(
        forms.ChoiceField(
            label=gettext_lazy("Do the parents agree?"),
            required=False,
            widget=ChipRadio,
            choices=Closing.Parents.choices,
        )
    )
    carries_over = AgreementsField(
        label=gettext_lazy("Which agreements go on in aftercare?"),
        help_text=gettext_lazy("They stay on the list, and you are still reminded of them."),
        queryset=Agreement.objects.none(),
        to_field_name="uuid",
        required=False,
        widget=ChipCheckbox,
    )
    note = needed(
        text_field(
            gettext_lazy("Why close now?"),
            help_text=gettext_lazy("Only when not everything above is in order."),
            rows=3,
            limit=1000,
        )
    )

    def __init__(self, *args: Any, case: Case, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        living = case.agreements.filter(status__in=Agreement.LIVING)
        found = living.select_related("owner_staff", "owner_participant")
        cast(AgreementsField, self.fields["carries_over"]).queryset = found
        if not found:
            del self.fields["carries_over"]

    def answers(self) -> Answers | None:
        """What was said so far, for the list of criteria; None while nobody said it."""
        given = self.cleaned_data if self.is_bound and self.is_valid() else {}
        if given.get("pupil_agrees") is None or not given.get("parents_agree"):
            return None
        carried = [agreement.pk for agreement in given.get("carries_over", ())]
        return Answers(given["pupil_agrees"], given["parents_agree"], carried)

    def service_values(self) -> dict[str, Any]:
        """What propose_closing needs beside actor, case and moment."""
        return self.cleaned_data


class DecideForm(forms.Form):
    """The decision; with something not in order also why."""

    override_reason = needed(
        text_field(gettext_lazy("Why close all the same?"), rows=3, limit=1000)
    )

    def __init__(self, *args: Any, is_needed: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not is_needed:
            del self.fields["override_reason"]


class TurnDownForm(forms.Form):
    """Why not now."""

    reason = needed(text_field(gettext_lazy("What is needed first?"), rows=3, limit=1000))
