"""Forms for stopping: the mini step 7 that ends a sitting, and the day until which a conversation pauses."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.models import Case, Conversation
from cases.protocol import vocabulary
from cases.queries.pausing import last_day_to_resume
from cases.web.fields import needed
from pestzorg.posting.merging import MergingForm
from pestzorg.web.forms import ChipRadio, DateInput, DateTimeInput, ScoreInput
from pestzorg.web.templatetags.pestzorg_ui import day
from schools.calendar import CalendarEnds


class LaterForm(forms.Form):
    """The day to go on at the latest; why it is late is asked only in a serious case, once it is."""

    resume_by = forms.DateField(
        label=gettext_lazy("Go on no later than"), required=False, widget=DateInput
    )
    later_reason = needed(
        forms.CharField(
            label=gettext_lazy("Why do you go on later?"),
            required=False,
            max_length=500,
            widget=forms.HiddenInput,
        )
    )

    def limit_to(self, case: Case, now: datetime) -> None:
        """Say until when, and ask why once it was refused without a reason."""
        self.fields["resume_by"].help_text = _until_when(case, now)
        if self["later_reason"].value():
            self._ask_why()

    def add_error(self, field: Any, error: Any) -> None:
        super().add_error(field, error)
        if field == "later_reason":
            self._ask_why()

    def _ask_why(self) -> None:
        self.fields["later_reason"].widget = forms.Textarea(attrs={"rows": 2})


class EndForm(LaterForm):
    """Mini step 7: closes every sitting. Without `goes_on` everything was talked about, and nothing pauses."""

    ended_because = needed(
        forms.ChoiceField(
            label=gettext_lazy("Why do you stop now?"),
            required=False,
            choices=lambda: vocabulary.choices("sitting_endings"),
            widget=ChipRadio,
        )
    )
    recap_read_aloud = needed(
        forms.BooleanField(
            label=gettext_lazy("We went through the agreements together"), required=False
        )
    )
    next_contact_at = needed(
        forms.DateTimeField(
            label=gettext_lazy("When do you talk again?"), required=False, widget=DateTimeInput
        )
    )
    safety_score = forms.IntegerField(
        label=gettext_lazy("How safe do you feel now?"),
        required=False,
        min_value=0,
        max_value=10,
        widget=ScoreInput,
    )
    handover_note = forms.CharField(
        label=gettext_lazy("Note for next time"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(
        self, data: QueryDict | None = None, *, case: Case, now: datetime, goes_on: bool
    ) -> None:
        super().__init__(data)
        if goes_on:
            self.limit_to(case, now)
        else:
            del self.fields["resume_by"], self.fields["later_reason"]
        self.order_fields(
            ["ended_because", "recap_read_aloud", "next_contact_at", "resume_by", "later_reason"]
        )


class PauseForm(LaterForm, MergingForm):
    """Another day for a conversation that is paused. `service_values` fits pause_conversation."""

    def __init__(
        self, data: QueryDict | None = None, *, conversation: Conversation, now: datetime
    ) -> None:
        kept = ("resume_by", "later_reason")
        super().__init__(data, initial={name: getattr(conversation, name) for name in kept})
        self.reason = conversation.paused_reason
        self.fields["resume_by"].required = True
        self.limit_to(conversation.case, now)
        self.compare_with(conversation)

    def service_values(self) -> dict[str, Any]:
        """What pause_conversation needs beside actor, conversation and moment."""
        given = self.cleaned_data
        return {
            "paused_reason": self.reason,
            "resume_by": given["resume_by"],
            "later_reason": given["later_reason"],
        }


def _until_when(case: Case, now: datetime) -> str:
    try:
        last = last_day_to_resume(case, now)
    except CalendarEnds:
        return _("Left empty, it is the day on which you talk again.")
    text = (
        _("This is serious: no later than %(day)s. Later is possible when you say why.")
        if case.is_serious
        else _("Left empty, it is the day on which you talk again, no later than %(day)s.")
    )
    return text % {"day": day(last, now)}
