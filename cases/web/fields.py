"""Fields that several forms about a case share. No form of a page lives here."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.models import Agreement
from cases.protocol import vocabulary
from pestzorg.web.forms import ChipCheckbox, ChipRadio, ScoreInput


def yes_no_field(label: Any, **kwargs: Any) -> forms.TypedChoiceField:
    """Yes, no, or not answered: here "no" is an answer, so a checkbox would not do."""
    return forms.TypedChoiceField(
        label=label,
        choices=[("true", _("Yes")), ("false", _("No"))],
        widget=ChipRadio,
        coerce=lambda value: value == "true",
        empty_value=None,
        **kwargs,
    )


def some_of(name: str, label: Any, **kwargs: Any) -> forms.MultipleChoiceField:
    """Any number of terms of the vocabulary, possibly none."""
    return forms.MultipleChoiceField(
        label=label,
        choices=lambda: vocabulary.choices(name),
        widget=ChipCheckbox,
        required=False,
        **kwargs,
    )


def text_field(
    label: Any, *, required: bool = False, rows: int = 2, limit: int = 2000, help_text: Any = ""
) -> forms.CharField:
    """A few lines."""
    return forms.CharField(
        label=label,
        help_text=help_text,
        required=required,
        max_length=limit,
        widget=forms.Textarea(attrs={"rows": rows}),
    )


def grade_field(label: Any) -> forms.IntegerField:
    """How safe the pupil feels, from 0 to 10: a draft may be without, and a service will ask for it."""
    return needed(
        forms.IntegerField(
            label=label,
            required=False,
            min_value=0,
            max_value=10,
            widget=ScoreInput(may_stay_open=False),
        )
    )


F = TypeVar("F", bound=forms.Field)
LATER: dict[str, Callable[[], forms.Widget]] = {
    "share_ok": forms.CheckboxInput,
    "wish_reason": lambda: forms.Textarea(attrs={"rows": 2}),
}


def needed(field: F) -> F:
    """Mark a field that the form lets pass empty, because drafts are savable, but a service will ask for."""
    field.needed = True  # type: ignore[attr-defined]
    return field


def applies_when(field: F, other: str, answers: Iterable[str], *, proposed: bool = False) -> F:
    """Mark a field that steps back on the screen until another one has one of these answers, as they are posted.

    What is filled in stays in sight; of what it begins with only `proposed` does not count as filled in.
    """
    field.is_proposed = proposed  # type: ignore[attr-defined]
    field.applies_when = " ".join([other, *answers])  # type: ignore[attr-defined]
    return field


class AgreementsField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    """Some of the agreements of a case, each as its owner and what is done."""

    def label_from_instance(self, obj: Agreement) -> str:
        return f"{obj.owner}: {obj.what}"


class AsksLater(forms.Form):
    """Questions that appear once a service asks them: sharing with a new colleague, acting against a wish."""

    share_ok = forms.BooleanField(
        label=_("Share this case with this colleague, to read along while the task is open"),
        required=False,
        widget=forms.HiddenInput,
    )
    # Needed once it is asked: a service asks only for what it cannot go on without.
    wish_reason = needed(
        forms.CharField(
            label=_("Why do you do this all the same?"),
            help_text=_("The coordinator reads this too."),
            required=False,
            max_length=500,
            widget=forms.HiddenInput,
        )
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in LATER:
            if self[name].value():
                self._show(name)

    def add_error(self, field: Any, error: Any) -> None:
        super().add_error(field, error)
        if field in LATER:
            self._show(field)

    def leave_to_writing_up(self, name: str) -> None:
        """Not asked while the pupil reads along; it keeps what it begins with."""
        if name not in LATER:
            field = self.fields[name]
            field.widget = field.hidden_widget()

    def asked(self) -> list[forms.BoundField]:
        """The questions that were asked so far."""
        return [self[name] for name in LATER if not self[name].is_hidden]

    def _show(self, name: str) -> None:
        self.fields[name].widget = LATER[name]()
