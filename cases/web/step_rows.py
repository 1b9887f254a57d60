"""One small form per row of the conversation's lists: what happened, who, what was tried, parents, measures, helpers."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from cases.models import Participant, SelfProtectionMeasure
from cases.models.external_report import PLATFORM
from cases.protocol import Measure, vocabulary
from cases.queries.people import CasePeople
from cases.web.fields import applies_when, needed, text_field
from pestzorg.posting.merging import MergingForm
from pestzorg.web.forms import ChipCheckbox, ChipRadio, DateInput, DateTimeInput, ScoreInput
from schools.models import User

Status = SelfProtectionMeasure.Status


def one_of(
    name: str, label: Any, *, required: bool = True, initial: str | None = None
) -> forms.ChoiceField:
    """One term of the vocabulary."""
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


def _tick(label: Any, help_text: Any = "") -> forms.BooleanField:
    return forms.BooleanField(label=label, help_text=help_text, required=False)


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

    def leave_to_writing_up(self, name: str) -> None:
        """Not asked on this page: a saved row keeps what it has, a new one begins with what is usual."""
        del self.fields[name]

    def values(self) -> dict[str, Any]:
        """What the service gets."""
        given = self.without_stamp
        return given if self.row else self._usual() | given

    def _usual(self) -> dict[str, Any]:
        left_out = self.base_fields.keys() - self.fields.keys()
        usual = {name: self.base_fields[name].initial for name in left_out}
        return {name: value for name, value in usual.items() if value is not None}


class IncidentForm(RowForm):
    description = text_field(_("What happened?"), required=True, rows=3)
    happened_on = forms.DateField(label=_("On which day?"), required=False, widget=DateInput)
    date_precision = one_of("date_precisions", _("How sure is the day?"), initial="exact")
    forms = _some("bullying_forms", _("What kind?"))
    cyber_subforms = _some("cyber_subforms", _("Online: what exactly?"))
    channels = _some("channels", _("Where online or how?"))
    place = one_of("places", _("Where?"), required=False)
    seen_by = text_field(_("Who saw it?"), limit=500)
    audience = one_of("audiences", _("Who could see it?"), required=False)
    still_online = _tick(_("Still online"))
    sender_known = one_of("sender_known", _("Do we know who sent it?"), required=False)
    possible_offence = _tick(
        _("This may be a criminal offence"),
        _("School does not judge that. When in doubt tick it, and ask the police for advice."),
    )
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
    certainty = one_of("certainties", _("How do we know?"), initial="named_by_target")
    note = text_field(_("Note"))


class PersonWithoutTalkForm(RowForm):
    without_talk = needed(
        forms.ChoiceField(
            label=_("No talk planned: why not?"),
            required=False,
            widget=ChipRadio,
            choices=[("", _("A talk is planned")), *Participant.WithoutTalk.choices],
        )
    )
    without_talk_note = needed(text_field(_("Which reason?"), limit=500))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        other = [Participant.WithoutTalk.OTHER]
        applies_when(self.fields["without_talk_note"], self.add_prefix("without_talk"), other)


class PriorActionForm(RowForm):
    action_type = one_of("prior_action_types", _("What did the pupil try?"))
    tried_when = forms.CharField(label=_("When?"), required=False, max_length=80)
    effect = needed(one_of("prior_action_effects", _("Did it help?"), required=False))
    keep_doing = _tick(_("Keep doing this"))
    note = text_field(_("Note"), limit=1000)


class ParentContactForm(RowForm):
    person = forms.CharField(label=_("Who?"), max_length=120)
    held_at = forms.DateTimeField(label=_("When was it?"), widget=DateTimeInput)
    mode = one_of("parent_contact_modes", _("How?"))
    concerns = text_field(_("What do the parents worry about?"))
    expectations = text_field(_("What do they expect?"))
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
    to_police = _tick(_("It goes to the police"))
    note = text_field(_("Note"), limit=1000)
    outcome = one_of("measure_outcomes", _("How did it turn out?"), required=False)

    def __init__(
        self,
        *args: Any,
        definition: Measure,
        accepts: bool = False,
        **kwargs: Any,
    ) -> None:
        self.accepts = accepts
        super().__init__(*args, **kwargs)
        if definition.external_report in {None, PLATFORM}:
            del self.fields["to_police"]
        else:
            chosen = (Status.AGREED, Status.ALREADY_DONE)
            applies_when(self.fields["to_police"], self.add_prefix("status"), chosen)

    def has_changed(self) -> bool:
        """What a row begins with counts once the step is finished."""
        begins = self.row is None and self.accepts and bool(self["status"].data)
        return begins or super().has_changed()

    def values(self) -> dict[str, Any]:
        # A day is suggested on every row; it counts for what was agreed.
        given = super().values()
        return given if given["status"] == Status.AGREED else {**given, "deadline": None}

    def ask_in_talk(self, choices: list[tuple[str, Any]]) -> None:
        """Only the large choices; who and when can be written up."""
        for name in self.fields.keys() - {"status"}:
            self.leave_to_writing_up(name)
        cast(forms.ChoiceField, self.fields["status"]).choices = choices
