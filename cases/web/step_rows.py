"""One small form per row of the conversation's lists: what happened, who, what was tried, parents, measures, helpers."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from cases.models import Participant, SelfProtectionMeasure, SupportPerson
from cases.protocol import vocabulary
from cases.queries.people import CasePeople
from cases.web.fields import applies_when, needed
from pestzorg.posting.merging import SEEN, MergingForm
from pestzorg.web.forms import ChipCheckbox, ChipRadio, DateInput, DateTimeInput, ScoreInput
from schools.models import User


def _one(
    name: str, label: Any, *, required: bool = True, initial: str | None = None
) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label,
        choices=lambda: vocabulary.choices(name),
        widget=ChipRadio,
        required=required,
        initial=initial,
    )


def _some(name: str, label: Any) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=label, choices=lambda: vocabulary.choices(name), widget=ChipCheckbox, required=False
    )


def _text(
    label: Any, *, required: bool = False, rows: int = 2, limit: int = 2000
) -> forms.CharField:
    return forms.CharField(
        label=label,
        required=required,
        max_length=limit,
        widget=forms.Textarea(attrs={"rows": rows}),
    )


def _tick(label: Any) -> forms.BooleanField:
    return forms.BooleanField(label=label, required=False)


class RowForm(MergingForm):
    """Starts from a saved row or empty; an untouched empty row is ignored when the step is saved."""

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        row: Any = None,
        people: CasePeople | None = None,
        prefix: str | None = None,
        initial: dict[str, Any] | None = None,
    ) -> None:
        self.row, self.people = row, people
        shown = {} if row is None else {name: getattr(row, name) for name in self.base_fields}
        super().__init__(
            data,
            prefix=prefix,
            initial=shown | (initial or {}),
            empty_permitted=row is None,
            use_required_attribute=False,
        )

    @property
    def staff(self) -> list[User]:
        """Colleagues to choose from, read only by the rows that offer them."""
        return self.people.staff if self.people else []

    def values(self) -> dict[str, Any]:
        """What the service gets."""
        return {name: value for name, value in self.cleaned_data.items() if name != SEEN}


class IncidentForm(RowForm):
    description = _text(_("What happened?"), required=True, rows=3)
    happened_on = forms.DateField(label=_("On which day?"), required=False, widget=DateInput)
    date_precision = _one("date_precisions", _("How sure is the day?"), initial="exact")
    forms = _some("bullying_forms", _("What kind?"))
    cyber_subforms = _some("cyber_subforms", _("Online: what exactly?"))
    channels = _some("channels", _("Where online or how?"))
    place = _one("places", _("Where?"), required=False)
    seen_by = _text(_("Who saw it?"), limit=500)
    audience = _one("audiences", _("Who could see it?"), required=False)
    still_online = _tick(_("Still online"))
    sender_known = _one("sender_known", _("Do we know who sent it?"), required=False)
    outside_school_hours = _tick(_("Outside school hours"))
    perceived_grounds = _some("grounds", _("Why does the pupil think it is them?"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("cyber_subforms", "sender_known", "still_online"):
            applies_when(self.fields[name], self.add_prefix("forms"), ["cyber"])


class PersonForm(RowForm):
    name = forms.CharField(label=_("Name, or how the pupil calls this person"), max_length=120)
    role = forms.ChoiceField(
        label=_("Which part do they play here?"),
        help_text=_("It is about behaviour in this situation, and it can change."),
        choices=lambda: [
            (t.key, t.note["behaviour"]) for t in vocabulary.terms("participant_roles")
        ],
        widget=ChipRadio,
    )
    certainty = _one("certainties", _("How do we know?"), initial="named_by_target")
    note = _text(_("Note"))


class PersonWithoutTalkForm(RowForm):
    without_talk = needed(
        forms.ChoiceField(
            label=_("No talk planned: why not?"),
            required=False,
            widget=ChipRadio,
            choices=[("", _("A talk is planned")), *Participant.WithoutTalk.choices],
        )
    )


class PriorActionForm(RowForm):
    action_type = _one("prior_action_types", _("What did the pupil try?"))
    tried_when = forms.CharField(label=_("When?"), required=False, max_length=80)
    effect = needed(_one("prior_action_effects", _("Did it help?"), required=False))
    keep_doing = _tick(_("Keep doing this"))
    note = _text(_("Note"), limit=1000)


class ParentContactForm(RowForm):
    person = forms.CharField(label=_("Who?"), max_length=120)
    held_at = forms.DateTimeField(label=_("When was it?"), widget=DateTimeInput)
    mode = _one("parent_contact_modes", _("How?"))
    concerns = _text(_("What do the parents worry about?"))
    expectations = _text(_("What do they expect?"))
    by = forms.ChoiceField(label=_("Who spoke with them?"))

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["by"].choices = [(str(p.pk), p.full_name) for p in self.staff]  # type: ignore[attr-defined]
        self.initial["by"] = str(self.row.by_id if self.row else user.pk)

    def values(self) -> dict[str, Any]:
        chosen = next(p for p in self.staff if str(p.pk) == self.cleaned_data["by"])
        return {**super().values(), "by": chosen}


class MeasureForm(RowForm):
    status = forms.ChoiceField(
        label=_("Discussed"),
        required=False,
        widget=ChipRadio,
        choices=SelfProtectionMeasure.Status.choices,
    )
    owner = needed(forms.CharField(label=_("Who does it?"), required=False, max_length=120))
    helper = forms.CharField(label=_("Who helps?"), required=False, max_length=120)
    deadline = needed(forms.DateField(label=_("By when?"), required=False, widget=DateInput))
    feasibility = forms.IntegerField(
        label=_("How doable is it? (0-10)"),
        required=False,
        min_value=0,
        max_value=10,
        widget=ScoreInput,
    )
    note = _text(_("Note"), limit=1000)


class SupportPersonForm(RowForm):
    name = forms.CharField(label=_("Name"), max_length=120)
    relationship = _one("support_relationships", _("Who is it?"))
    tasks = needed(_some("support_tasks", _("What does this person help with?")))
    what_they_do = _text(_("In other words"), limit=500)
    inside_school = _tick(_("Inside the school"))
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
    knows_what = _one("knows_what", _("What may this person know?"), initial="only_role")
    until = forms.DateField(label=_("Until when?"), required=False, widget=DateInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = [("", _("Choose…")), *((str(p.pk), p.full_name) for p in self.staff)]
        self.fields["asked_by"].choices = people  # type: ignore[attr-defined]
        self.initial["asked_by"] = str(self.row.asked_by_id or "") if self.row else ""
        for name in ("asked_by", "ask_before"):
            applies_when(self.fields[name], self.add_prefix("answer"), ["not_asked"])

    def values(self) -> dict[str, Any]:
        asked_by = next((p for p in self.staff if str(p.pk) == self.cleaned_data["asked_by"]), None)
        return {**super().values(), "asked_by": asked_by}
