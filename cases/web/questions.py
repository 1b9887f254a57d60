"""One question of a protocol as a field of a form, and its answer on the way to the database and back."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.protocol import Condition, Field
from cases.web.fields import applies_when, needed
from pestzorg.web.forms import ChipCheckbox, ChipRadio, DateInput, DateTimeInput, ScoreInput
from schools.models import School, SchoolClass
from schools.queries.people import CONTENT_ROLES, staff_of
from schools.roles import Role

NOTHING = ("", _("Choose…"))
YES_NO = [("true", _("Yes")), ("false", _("No"))]
ROLES_OF_KIND = {"staff": CONTENT_ROLES, "leader": (Role.PRINCIPAL,)}


def question_field(
    question: Field, among: Iterable[Field], school: School, now: datetime
) -> forms.Field:
    """The field of a question; it steps back until what it waits for among the others is answered."""
    field, condition = _field(question, school, now), question.required_if or question.shown_if
    if condition is not None:
        field = applies_when(field, condition.field, _posted(among, condition))
    return needed(field) if question.required or question.required_if is not None else field


def stored_answer(field: forms.Field, value: Any, zone: ZoneInfo) -> Any:
    """What was typed in the shape that is stored: words, numbers, lists, ISO dates; an empty tick is no answer."""
    if isinstance(field, forms.BooleanField):
        return value or None
    # Moments are kept as the school's wall-clock time: what the teacher typed is what everybody reads.
    if isinstance(value, datetime):
        return value.astimezone(zone).replace(tzinfo=None).isoformat(timespec="minutes")
    return value.isoformat() if isinstance(value, date) else value


def shown_answer(question: Field, value: Any) -> Any:
    """What is stored in the shape that a form begins with."""
    if value is None:
        return None
    if question.kind == "bool" and question.required:
        return str(value).lower()
    if question.kind == "datetime":
        return datetime.fromisoformat(value)
    return date.fromisoformat(value) if question.kind == "date" else value


def _field(question: Field, school: School, now: datetime) -> forms.Field:
    if question.kind in ROLES_OF_KIND:
        people = staff_of(school, now, ROLES_OF_KIND[question.kind])
        return _select(question, [(str(p.uuid), p.full_name) for p in people])
    if question.kind == "class_group":
        return _select(question, _classes(school, now))
    return FIELD_OF_KIND[question.kind](question)


def _posted(among: Iterable[Field], condition: Condition) -> tuple[str, ...]:
    other = next(field for field in among if field.key == condition.field)
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
