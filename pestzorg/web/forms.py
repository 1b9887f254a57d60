"""How every form looks: label, help, error, field; groups as fieldsets; choices as chips.

Settings name `Renderer`, so plain Django forms come out right without a base class of our own. No form lives here.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms import boundfield, renderers
from django.utils.translation import gettext_lazy as _

from pestzorg.errors import RuleBroken

SCORES = range(11)

# First match wins. A group of choices gets no class: Django would put it on the group and on each input.
_CSS_CLASSES: tuple[tuple[type[forms.Widget] | tuple[type[forms.Widget], ...], str], ...] = (
    ((forms.RadioSelect, forms.CheckboxSelectMultiple, forms.HiddenInput), ""),
    (forms.CheckboxInput, "form-check-input"),
    (forms.Select, "form-select"),
    (forms.Widget, "form-control"),
)


_DJANGO_REQUIRED = forms.Field.default_error_messages["required"]


_TOO_LONG = _("Use at most %(limit_value)d characters; now there are %(show_value)d.")


class BoundField(boundfield.BoundField):
    """A field that knows its Bootstrap classes, a friendly word for "required", and where an error link leads."""

    def __init__(self, form: forms.BaseForm, field: forms.Field, name: str) -> None:
        super().__init__(form, field, name)
        if field.error_messages.get("required") is _DJANGO_REQUIRED:
            choosing = isinstance(field.widget, forms.widgets.ChoiceWidget)
            field.error_messages["required"] = (
                _("Please choose.") if choosing else _("Please fill this in.")
            )
        field.error_messages.setdefault("max_length", _TOO_LONG)

    def build_widget_attrs(
        self, attrs: dict[str, Any], widget: forms.Widget | None = None
    ) -> dict[str, Any]:
        """Django's attributes plus classes; says nothing twice."""
        widget = widget or self.field.widget
        attrs = super().build_widget_attrs(attrs, widget)
        if css := self._css_class(widget):
            attrs["class"] = css
        if self.use_fieldset:
            # On a group this is said by the fieldset; a single radio may not carry it (ARIA 1.2).
            attrs.pop("aria-invalid", None)
        # A browser that knows the limit cuts what is pasted, without a word. The server says it instead.
        attrs["maxlength"] = False
        if widget.attrs.get("placeholder") == self.label:
            attrs["placeholder"] = False
        return attrs

    def _css_class(self, widget: forms.Widget) -> str:
        css = next(css for kinds, css in _CSS_CLASSES if isinstance(widget, kinds))
        words = [widget.attrs.get("class", ""), css, "is-invalid" if css and self.errors else ""]
        return " ".join(filter(None, words))

    @property
    def anchor(self) -> str:
        """The id an error link jumps to: the field, or the first choice of a group."""
        return self.id_for_label or f"{self.auto_id}_0"


class Renderer(renderers.TemplatesSetting):
    """Django's own form rendering with our templates."""

    form_template_name = "forms/form.html"
    field_template_name = "forms/field.html"
    bound_field_class = BoundField


class _Chips(forms.widgets.ChoiceWidget):
    template_name = "forms/chips.html"
    option_template_name = "forms/chip.html"
    css_class = "pz-chips"

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        context["widget"]["css_class"] = self.css_class
        return context


class ChipRadio(_Chips, forms.RadioSelect):
    """One choice out of a few, as pills over real radios."""


class ChipCheckbox(_Chips, forms.CheckboxSelectMultiple):
    """Any number of choices, as pills over real checkboxes."""


class ScoreInput(ChipRadio):
    """A grade from 0 to 10; for an IntegerField. Nothing is chosen beforehand.

    "No grade" takes a grade back. It is not offered where somebody will ask for the grade anyway.
    """

    css_class = "pz-chips pz-score"

    def __init__(self, attrs: dict[str, Any] | None = None, *, may_stay_open: bool = True) -> None:
        scores = [(str(score), str(score)) for score in SCORES]
        super().__init__(
            attrs, choices=[*scores, *([("", _("No grade"))] if may_stay_open else [])]
        )

    def format_value(self, value: Any) -> list[str]:
        """Nothing looks chosen before somebody chose: "no grade" would pass for an answer."""
        return [] if value in (None, "") else [str(value)]


class DateInput(forms.DateInput):
    """The browser's date picker; it speaks ISO dates in every language."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")


class DateTimeInput(forms.DateTimeInput):
    """The browser's picker of a day and a time, in the current time zone."""

    input_type = "datetime-local"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%dT%H:%M")


def add_rule_errors(form: forms.BaseForm, error: RuleBroken) -> None:
    """Put every problem at its field; a field this form does not show becomes an error of the whole form.

    A form whose field has another name than the service gives it says so in `renamed`.
    """
    renamed = getattr(form, "renamed", {})
    for problem in error.problems:
        name = renamed.get(problem.field, problem.field)
        field = name if name in form.fields else None
        form.add_error(field, ValidationError(str(problem.message), code=problem.code))
