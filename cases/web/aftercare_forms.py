"""Forms of aftercare: how a talk went, another day for it, and opening a case again."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.models import AftercareCheck, Agreement
from cases.queries.closing.outcome import asks_parents
from cases.web.fields import (
    AgreementsField,
    applies_when,
    grade_field,
    needed,
    text_field,
    yes_no_field,
)
from pestzorg.posting.merging import MergingForm
from pestzorg.web.forms import ChipCheckbox, ChipRadio, DateInput

Verdict = AftercareCheck.Verdict


def _one_of(label: Any, choices: Any, help_text: Any = "") -> forms.ChoiceField:
    return needed(
        forms.ChoiceField(
            label=label, help_text=help_text, required=False, widget=ChipRadio, choices=choices
        )
    )


class CheckForm(forms.Form):
    """Three questions for the pupil, then what others see, then the verdict. `service_values` fits record_check."""

    PUPIL = ("safety_score", "new_incident", "compared", "pupil_words")

    safety_score = grade_field(gettext_lazy("How safe do you feel at school now? (0-10)"))
    new_incident = needed(
        yes_no_field(gettext_lazy("Has anything happened again?"), required=False)
    )
    compared = _one_of(
        gettext_lazy("How is it, compared with last time?"), AftercareCheck.Compared.choices
    )
    pupil_words = text_field(gettext_lazy("In the pupil's own words"), limit=1000)
    agreements_reviewed = needed(
        AgreementsField(
            label=gettext_lazy("Which agreements did you go through?"),
            queryset=Agreement.objects.none(),
            to_field_name="uuid",
            required=False,
            widget=ChipCheckbox,
        )
    )
    helpers_active = _one_of(
        gettext_lazy("Do the support persons still help?"), AftercareCheck.Helpers.choices
    )
    class_teacher_signal = needed(
        text_field(
            gettext_lazy("What does the class teacher see?"),
            limit=500,
            help_text=gettext_lazy("In one or two sentences."),
        )
    )
    parents_contacted = needed(
        yes_no_field(gettext_lazy("Did you speak with the parents?"), required=False)
    )
    parents_reason = text_field(gettext_lazy("Why not?"), limit=500)
    verdict = _one_of(gettext_lazy("How does it stand?"), ())
    note = text_field(gettext_lazy("Note"), limit=1000)

    def __init__(self, *args: Any, check: AftercareCheck, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        living = check.case.agreements.filter(status__in=Agreement.LIVING)
        found = living.select_related("owner_staff", "owner_participant")
        cast(AgreementsField, self.fields["agreements_reviewed"]).queryset = found
        if not found:
            del self.fields["agreements_reviewed"]
        if asks_parents(check):
            needed(self.fields["parents_reason"])
            self.fields["parents_contacted"].help_text = _(
                "At this talk the parents hear from school."
            )
        applies_when(self.fields["parents_reason"], "parents_contacted", ["false"])
        cast(forms.ChoiceField, self.fields["verdict"]).choices = [
            (Verdict.OK, _("Good")),
            (Verdict.ATTENTION, _("Needs attention: one talk more, after two school weeks")),
            (Verdict.RELAPSE, _("Relapse: the case opens again")),
        ]

    def of_pupil(self) -> list[forms.BoundField]:
        """What is asked of the pupil."""
        return [self[name] for name in self.PUPIL]

    def of_others(self) -> list[forms.BoundField]:
        """Everything else."""
        return [field for field in self.visible_fields() if field.name not in self.PUPIL]

    def service_values(self) -> dict[str, Any]:
        """What record_check needs beside actor, check and moment."""
        return self.cleaned_data


class MoveCheckForm(MergingForm):
    """Another day, and why. `service_values` fits move_check."""

    due_on = needed(forms.DateField(label=gettext_lazy("When?"), required=False, widget=DateInput))
    reason = needed(text_field(gettext_lazy("Why does it move?"), limit=500))

    def __init__(self, *args: Any, check: AftercareCheck, **kwargs: Any) -> None:
        kwargs["initial"] = {"due_on": check.due_on}
        super().__init__(*args, **kwargs)
        self.compare_with(check)

    def service_values(self) -> dict[str, Any]:
        """What move_check needs beside actor, check and moment."""
        return self.without_stamp


class ReopenForm(forms.Form):
    """What happened."""

    reason = needed(text_field(gettext_lazy("What happened?"), limit=1000, rows=3))
