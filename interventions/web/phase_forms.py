"""The forms of one phase. What is refused beyond their shape, the services say."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.protocol import Field
from cases.web.fields import AsksLater, text_field
from cases.web.questions import question_field, shown_answer, stored_answer
from interventions.models import Member, PersonNote, PhaseRecord
from interventions.models.phase_version import LONGEST_CORRECTION
from interventions.models.proposal import LONGEST
from interventions.protocol import ProposalList
from interventions.queries.people import Asked
from pestzorg.posting.merging import MergingForm
from pestzorg.web.forms import ChipRadio, DateInput
from schools.models import School

CHOOSE = ("", _("Choose…"))


class QuestionsForm(MergingForm):
    """The questions of a phase, or about one person of it: exactly those of its method."""

    def __init__(
        self,
        *args: Any,
        fields: Sequence[Field],
        row: PhaseRecord | PersonNote | None,
        school: School,
        now: datetime,
        **kwargs: Any,
    ) -> None:
        answers = row.answers if row else {}
        super().__init__(*args, **kwargs)
        self.initial = {field.key: shown_answer(field, answers.get(field.key)) for field in fields}
        self.school, self.asked = school, fields
        for field in fields:
            self.fields[field.key] = question_field(field, fields, school, now)
        self.compare_with(row)

    def answers(self) -> dict[str, Any]:
        """The answers in the shape that is stored."""
        zone = self.school.zone
        return {
            field.key: stored_answer(self.fields[field.key], self.cleaned_data[field.key], zone)
            for field in self.asked
        }

    @property
    def questions(self) -> list[forms.BoundField]:
        """Its fields without what only the machine reads."""
        return [self[field.key] for field in self.asked]


class PersonForm(QuestionsForm):
    """The questions about one person."""

    def __init__(self, *args: Any, asked: Asked, **kwargs: Any) -> None:
        self.person = asked
        super().__init__(*args, fields=asked.fields, prefix=asked.key, **kwargs)


class DaysForm(forms.Form):
    """When a phase is planned, when it was held, or why it is left out; which one counts says the button."""

    planned_on = forms.DateField(label=_("Planned on"), required=False, widget=DateInput)
    held_on = forms.DateField(label=_("Held on"), required=False, widget=DateInput)
    skip_reason = text_field(_("Why is it left out?"), limit=500)
    reason = text_field(_("Do you correct something? Write why"), limit=LONGEST_CORRECTION)

    def __init__(
        self,
        *args: Any,
        record: PhaseRecord,
        today: date,
        held_on: date | None = None,
        **kwargs: Any,
    ) -> None:
        planned = record.planned_on
        held = held_on or (min(planned, today) if planned else today)
        super().__init__(*args, **kwargs)
        self.initial = {"planned_on": planned, "held_on": held}


class ProposalForm(AsksLater):
    """One thing that somebody will do. Without a text there is none."""

    member = forms.ChoiceField(label=_("Whose idea is it?"), required=False)
    text = forms.CharField(
        label=_("What?"), required=False, max_length=LONGEST, widget=forms.TextInput
    )
    realistic = forms.ChoiceField(
        label=_("Is it realistic?"),
        required=False,
        choices=[("true", _("Yes")), ("false", _("No"))],
        widget=ChipRadio,
    )
    review_on = forms.DateField(label=_("When do we look back?"), required=False, widget=DateInput)

    def __init__(
        self,
        *args: Any,
        asked: ProposalList,
        members: Sequence[Member],
        review_on: date | None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, prefix="proposal", **kwargs)
        self.initial = {"review_on": review_on}
        self.members = {str(member.uuid): member for member in members}
        names = [(key, member.name) for key, member in self.members.items()]
        cast(forms.ChoiceField, self.fields["member"]).choices = [CHOOSE, *names]
        self.fields["text"].help_text = str(asked.help or "")
        if not asked.asks_realistic:
            del self.fields["realistic"]
        if not members:
            del self.fields["member"]
        del self.fields["share_ok"]

    @property
    def is_touched(self) -> bool:
        """Somebody typed an idea."""
        return self.is_bound and bool((self["text"].data or "").strip())

    def service_values(self) -> dict[str, Any]:
        """What add_proposal needs beside actor, phase and moment."""
        given = self.cleaned_data
        realistic = {"true": True, "false": False}.get(given.get("realistic", ""))
        return {
            "text": given["text"],
            "member": self.members.get(given.get("member", "")),
            "realistic": realistic,
            "review_on": given["review_on"],
            "wish_reason": given["wish_reason"],
        }

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or self.cleaned_data
        if self.is_touched and not given.get("review_on"):
            self.add_error("review_on", _("Choose a day to look back."))
        return given
