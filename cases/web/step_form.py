"""The questions of a step as a form, built from the protocol. Nothing is required here: drafts are always savable."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from cases.models import StepRecord
from cases.models.step_record import Visibility
from cases.protocol import Condition, Field, Step
from cases.web.fields import applies_when, needed
from pestzorg.posting.merging import MergingForm
from pestzorg.web.forms import ChipCheckbox, ChipRadio, DateInput, DateTimeInput, ScoreInput
from schools.models import School, SchoolClass
from schools.queries.people import staff_of

NOTHING = ("", _("Choose…"))
YES_NO = [("true", _("Yes")), ("false", _("No"))]


class StepForm(MergingForm):
    """One field per question, plus summary and who may read it."""

    summary = forms.CharField(
        label=_("Summary in your own words"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    visibility = forms.ChoiceField(
        label=_("Who may read this step?"),
        required=False,
        choices=Visibility.choices,
        widget=ChipRadio,
    )

    def __init__(self, data: QueryDict | None, *, record: StepRecord, now: datetime) -> None:
        self.record, self.now = record, now
        self.school = record.conversation.case.school
        super().__init__(data, initial=self._initial())
        for question in record.definition.fields:
            self.fields[question.key] = self._placed(question)
        self.order_fields([question.key for question in record.definition.fields])
        self.compare_with(record)

    def answers(self) -> dict[str, Any]:
        """The answers in the shape that is stored: words, numbers, lists, ISO dates; an empty tick is no answer."""
        return {
            question.key: self._stored(question.key) for question in self.record.definition.fields
        }

    @property
    def questions(self) -> list[forms.BoundField]:
        """The fields of the protocol, without summary and visibility."""
        return [self[question.key] for question in self.record.definition.fields]

    def _stored(self, key: str) -> Any:
        value = self.cleaned_data[key]
        if isinstance(self.fields[key], forms.BooleanField):
            return value or None
        return _stored(value, self.school.zone)

    def _initial(self) -> dict[str, Any]:
        initial = {
            q.key: _shown(q, self.record.answer(q.key)) for q in self.record.definition.fields
        }
        return initial | {"summary": self.record.summary, "visibility": self.record.visibility}

    def _placed(self, question: Field) -> forms.Field:
        field, condition = self._field(question), question.required_if
        if condition is not None:
            field = applies_when(field, condition.field, _posted(self.record.definition, condition))
        return needed(field) if _belongs(question) else field

    def _field(self, question: Field) -> forms.Field:
        if question.kind == "staff":
            people = staff_of(self.school, self.now)
            return _select(question, [(str(p.uuid), p.full_name) for p in people])
        if question.kind == "class_group":
            return _select(question, _classes(self.school, self.now))
        return FIELD_OF_KIND[question.kind](question)


def _belongs(question: Field) -> bool:
    return question.required or question.required_if is not None


def _posted(step: Step, condition: Condition) -> tuple[str, ...]:
    other = next(field for field in step.fields if field.key == condition.field)
    # A tick posts "on"; a yes or no that must be answered posts the word itself.
    return ("on",) if other.kind == "bool" and not other.required else condition.values


def _common(question: Field) -> dict[str, Any]:
    return {"label": question.label, "help_text": question.help or "", "required": False}


def _choices(question: Field) -> list[tuple[str, Any]]:
    return [(choice.key, choice.label) for choice in question.choices]


def _yes_no(question: Field) -> forms.Field:
    if not question.required:
        return forms.BooleanField(**_common(question))
    # Required yes/no: "no" is an answer, so a checkbox would not do.
    return forms.TypedChoiceField(
        **_common(question),
        choices=YES_NO,
        widget=ChipRadio,
        coerce=lambda v: v == "true",
        empty_value=None,
    )


def _text(question: Field) -> forms.Field:
    widget = forms.Textarea(attrs={"rows": 4}) if question.kind == "text" else forms.TextInput()
    return forms.CharField(**_common(question), max_length=question.max_length, widget=widget)


def _score(question: Field) -> forms.Field:
    # What must be graded, and has no tick for "not asked", is not offered "no grade" either.
    widget = ScoreInput(may_stay_open=bool(question.unless) or not question.required)
    return forms.IntegerField(**_common(question), min_value=0, max_value=10, widget=widget)


def _select(question: Field, choices: list[tuple[str, str]]) -> forms.Field:
    return forms.ChoiceField(**_common(question), choices=[NOTHING, *choices])


def _classes(school: School, now: datetime) -> list[tuple[str, str]]:
    today = now.astimezone(school.zone).date()
    current = SchoolClass.objects.filter(
        school=school, school_year__starts_on__lte=today, school_year__ends_on__gte=today
    )
    return [(str(c.uuid), c.name) for c in current.order_by("name")]


FIELD_OF_KIND: dict[str, Callable[[Field], forms.Field]] = {
    "bool": _yes_no,
    "must_be_true": lambda q: forms.BooleanField(**_common(q)),
    "score": _score,
    "choice": lambda q: forms.ChoiceField(**_common(q), choices=_choices(q), widget=ChipRadio),
    "multi": lambda q: forms.MultipleChoiceField(
        **_common(q), choices=_choices(q), widget=ChipCheckbox
    ),
    "char": _text,
    "text": _text,
    "date": lambda q: forms.DateField(**_common(q), widget=DateInput),
    "datetime": lambda q: forms.DateTimeField(**_common(q), widget=DateTimeInput),
}


def _stored(value: Any, zone: ZoneInfo) -> Any:
    # Moments are kept as the school's wall-clock time: what the teacher typed is what everybody reads.
    if isinstance(value, datetime):
        return value.astimezone(zone).replace(tzinfo=None).isoformat(timespec="minutes")
    return value.isoformat() if isinstance(value, date) else value


def _shown(question: Field, value: Any) -> Any:
    if value is None:
        return None
    if question.kind == "bool" and question.required:
        return str(value).lower()
    if question.kind == "datetime":
        return datetime.fromisoformat(value)
    return date.fromisoformat(value) if question.kind == "date" else value
