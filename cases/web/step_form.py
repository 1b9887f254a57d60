"""The questions of a step as a form, built from the protocol. Nothing is required here: drafts are always savable."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from cases.models import StepRecord
from cases.models.step_record import Visibility
from cases.protocol import Condition, Field, Step
from cases.queries.known_setting import known_setting
from cases.queries.step_rules import new_moment_until
from cases.web.fields import applies_when, needed
from cases.web.sight import Sight
from pestzorg.posting.merging import MergingForm
from pestzorg.web.forms import ChipCheckbox, ChipRadio, DateInput, DateTimeInput, ScoreInput
from pestzorg.web.templatetags.pestzorg_ui import day
from schools.models import School, SchoolClass
from schools.queries.people import CONTENT_ROLES, staff_of
from schools.roles import Role

NOTHING = ("", _("Choose…"))
YES_NO = [("true", _("Yes")), ("false", _("No"))]
NEW_MOMENT = "new_moment_at"
ROLES_OF_KIND = {"staff": CONTENT_ROLES, "leader": (Role.PRINCIPAL,)}


class StepForm(MergingForm):
    """One field per question, plus summary, private note and who may read the rest."""

    summary = forms.CharField(
        label=_("Summary in your own words"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    private_note = forms.CharField(
        label=_("Private note"),
        help_text=_(
            "Only the conversation lead and who manages the case (the handler and coordinators) read this. It is in no report."
        ),
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

    def __init__(
        self,
        data: QueryDict | None,
        *,
        record: StepRecord,
        now: datetime,
        private: bool = False,
        sight: Sight | None = None,
    ) -> None:
        self.record, self.now = record, now
        self.school = record.conversation.case.school
        self.known = known_setting(record)
        self.prompts = sight.prompts(record.definition.key) if sight and sight.is_talk else None
        super().__init__(data, initial=self._initial())
        self._leave_out(private=private)
        for question in self.asked:
            self.fields[question.key] = self._placed(question)
            if sight and self.prompts:
                sight.put(needed(self.fields[question.key]), self.prompts[question.key])
        self._say_until_when()
        self.order_fields([question.key for question in self.asked])
        self.compare_with(record)

    def answers(self) -> dict[str, Any]:
        """The answers in the shape that is stored: words, numbers, lists, ISO dates; an empty tick is no answer.

        What the talk does not ask stays as it was.
        """
        asked = {question.key: self._stored(question.key) for question in self.asked}
        return self._kept() | asked

    def notes(self) -> dict[str, Any]:
        """Summary, private note and who may read the rest; None for what this page does not show."""
        return {name: self.cleaned_data.get(name) for name in self.base_fields}

    @property
    def questions(self) -> list[forms.BoundField]:
        """The fields of the protocol, without summary and visibility."""
        return [self[question.key] for question in self.asked]

    @cached_property
    def asked(self) -> list[Field]:
        """The questions for a case this serious, and those that were answered when it was."""
        severity, answers = self.record.conversation.case.severity, self.record.answers
        fields = self.record.definition.fields
        known = [q for q in fields if q.is_for(severity) or q.key in answers]
        return [q for q in known if self.prompts is None or q.key in self.prompts]

    def _kept(self) -> dict[str, Any]:
        """Answers to questions that the talk leaves to the writing up."""
        if self.prompts is None:
            return {}
        fields = self.record.definition.fields
        return {q.key: self._so_far(q) for q in fields if q.key not in self.prompts}

    def _say_until_when(self) -> None:
        field = self.fields.get(NEW_MOMENT)
        if field is None or self.prompts is not None:
            return
        until = day(new_moment_until(self.record, self.now), self.now)
        latest = _("On %(day)s at the latest.") % {"day": until}
        field.help_text = f"{latest} {field.help_text}"

    def _leave_out(self, *, private: bool) -> None:
        if self.prompts is not None:
            # The pupil reads along: what is not here cannot be read.
            for name in self.base_fields:
                del self.fields[name]
        elif private:
            self.initial["private_note"] = self.record.private_note
        else:
            del self.fields["private_note"]

    def _stored(self, key: str) -> Any:
        value = self.cleaned_data[key]
        if isinstance(self.fields[key], forms.BooleanField):
            return value or None
        return _stored(value, self.school.zone)

    def _initial(self) -> dict[str, Any]:
        notes = {name: getattr(self.record, name) for name in ("summary", "visibility")}
        return notes | {q.key: _shown(q, self._so_far(q)) for q in self.asked}

    def _so_far(self, question: Field) -> Any:
        return self.known.get(question.key, self.record.answer(question.key))

    def _placed(self, question: Field) -> forms.Field:
        field, condition = self._field(question), question.required_if or question.shown_if
        if condition is not None:
            field = applies_when(field, condition.field, _posted(self.record.definition, condition))
        return needed(field) if _belongs(question) else field

    def _field(self, question: Field) -> forms.Field:
        if question.kind in ROLES_OF_KIND:
            people = staff_of(self.school, self.now, ROLES_OF_KIND[question.kind])
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
