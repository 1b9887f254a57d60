"""One small form per support person: who it is, what they help with, who asks, and what they may know."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.models import Agreement, SupportPerson
from cases.web.fields import applies_when, needed, some_of, text_field
from cases.web.step_rows import RowForm, one_of
from pestzorg.web.forms import ChipCheckbox, ChipRadio, DateInput


class SupportPersonForm(RowForm):
    name = forms.CharField(label=_("Name"), max_length=120)
    relationship = one_of("support_relationships", _("Who is it?"))
    tasks = needed(some_of("support_tasks", _("What does this person help with?")))
    what_they_do = text_field(_("In other words"), limit=500)
    inside_school = forms.BooleanField(label=_("Inside the school"), required=False)
    chosen_by_pupil = forms.BooleanField(
        label=_("Chosen by the pupil"), required=False, initial=True
    )
    answer = forms.ChoiceField(
        label=_("What did this person say?"),
        choices=SupportPerson.Answer.choices,
        widget=ChipRadio,
        initial=SupportPerson.Answer.NOT_ASKED,
    )
    asked_by = needed(forms.ChoiceField(label=_("Who asks?"), required=False))
    ask_before = needed(
        forms.DateField(label=_("Before which day?"), required=False, widget=DateInput)
    )
    knows_what = one_of("knows_what", _("What may this person know?"), initial="only_role")
    until = forms.DateField(label=_("Until when?"), required=False, widget=DateInput)
    linked_agreements = forms.MultipleChoiceField(
        label=_("Which agreements does this person help to follow up?"),
        required=False,
        widget=ChipCheckbox,
    )
    reminders_allowed = forms.BooleanField(
        label=_("May get reminders"),
        help_text=_("Adults only. Support persons get no mail yet."),
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._offer_agreements()
        people = [("", _("Choose…")), *((str(p.pk), p.full_name) for p in self.staff)]
        self.fields["asked_by"].choices = people  # type: ignore[attr-defined]
        self.initial["asked_by"] = str(self.row.asked_by_id or "") if self.row else ""
        for name in ("asked_by", "ask_before"):
            applies_when(self.fields[name], self.add_prefix("answer"), ["not_asked"])

    def values(self) -> dict[str, Any]:
        asked_by = next((p for p in self.staff if str(p.pk) == self.cleaned_data["asked_by"]), None)
        given = {**super().values(), "asked_by": asked_by}
        if "linked_agreements" in given:
            chosen = given["linked_agreements"]
            given["linked_agreements"] = [a for a in self.agreements if str(a.uuid) in chosen]
        return given

    @property
    def agreements(self) -> list[Agreement]:
        """What can be followed up."""
        return self.people.agreements if self.people else []

    def _offer_agreements(self) -> None:
        linked = self.row.linked_agreements.all() if self.row else []
        self.initial["linked_agreements"] = [str(agreement.uuid) for agreement in linked]
        choices = [(str(a.uuid), f"{a.owner}: {a.what}") for a in self.agreements]
        cast(forms.MultipleChoiceField, self.fields["linked_agreements"]).choices = choices
        if not choices:
            del self.fields["linked_agreements"]
