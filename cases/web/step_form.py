"""The questions of a step as a form, built from the protocol. Nothing is required here: drafts are always savable."""

from __future__ import annotations

from datetime import datetime
from functools import cached_property
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from cases.models import StepRecord
from cases.models.step_record import Visibility
from cases.protocol import Field
from cases.queries.known_setting import known_setting
from cases.queries.step_rules import new_moment_until
from cases.web.fields import needed
from cases.web.questions import question_field, shown_answer, stored_answer
from cases.web.sight import Sight
from pestzorg.posting.merging import MergingForm
from pestzorg.web.forms import ChipRadio
from pestzorg.web.templatetags.pestzorg_ui import day

NEW_MOMENT = "new_moment_at"


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
        all_of_them = record.definition.fields
        for question in self.asked:
            self.fields[question.key] = question_field(question, all_of_them, self.school, now)
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
        return stored_answer(self.fields[key], self.cleaned_data[key], self.school.zone)

    def _initial(self) -> dict[str, Any]:
        notes = {name: getattr(self.record, name) for name in ("summary", "visibility")}
        return notes | {q.key: shown_answer(q, self._so_far(q)) for q in self.asked}

    def _so_far(self, question: Field) -> Any:
        return self.known.get(question.key, self.record.answer(question.key))
