"""Naming another lead of a conversation."""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.models import Conversation, FollowUpTalk
from cases.queries.people import staff_for
from cases.web.fields import needed
from pestzorg.web.forms import ChipCheckbox
from pestzorg.web.templatetags.pestzorg_ui import moment
from schools.queries.people import HANDLER_ROLES
from schools.web.fields import staff_field


class LeadForm(forms.Form):
    """Who leads from now on, and what goes along. `service_values` fits change_lead."""

    pupil_knows = needed(
        forms.BooleanField(label=gettext_lazy("The pupil knows about this"), required=False)
    )
    handover_note = needed(
        forms.CharField(
            label=gettext_lazy("What does the new lead have to know?"),
            help_text=gettext_lazy("Who goes on with the conversation reads this."),
            required=False,
            max_length=2000,
            widget=forms.Textarea(attrs={"rows": 4}),
        )
    )
    talks = forms.MultipleChoiceField(
        label=gettext_lazy("Which planned talks go along?"), required=False, widget=ChipCheckbox
    )

    def __init__(
        self, *args: Any, conversation: Conversation, now: datetime, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.planned = planned_talks_of_lead(conversation, now)
        people = staff_for(conversation.case, now, HANDLER_ROLES)
        self.fields["lead"] = staff_field(
            _("Who leads the conversation from now on?"),
            people.exclude(pk=conversation.lead_id),
            error_messages={"required": _("Choose the colleague.")},
        )
        self.order_fields(["lead", "pupil_knows", "handover_note", "talks"])
        if self.planned:
            field = cast(forms.MultipleChoiceField, self.fields["talks"])
            field.choices = [(str(t.uuid), _titled(t, now)) for t in self.planned]
            # Talks with another pupil of the case may go along, but not by themselves.
            others = conversation.case.conversations.exclude(pk=conversation.pk).values("target")
            elsewhere = {row["target"] for row in others} - {conversation.target_id}
            self.initial["talks"] = [
                str(talk.uuid) for talk in self.planned if talk.with_participant_id not in elsewhere
            ]
        else:
            del self.fields["talks"]

    def service_values(self) -> dict[str, Any]:
        """What change_lead needs beside actor, conversation and moment."""
        given = self.cleaned_data
        chosen = given.get("talks", [])
        talks = [talk for talk in self.planned if str(talk.uuid) in chosen]
        kept = ("lead", "pupil_knows", "handover_note")
        return {**{name: given[name] for name in kept}, "talks": talks}


def planned_talks_of_lead(conversation: Conversation, now: datetime) -> list[FollowUpTalk]:
    """Talks to come that the lead holds."""
    talks = conversation.case.talks.filter(
        status=FollowUpTalk.Status.PLANNED, conductor=conversation.lead_id, planned_at__gt=now
    )
    return list(talks.select_related("case__school", "with_participant", "conductor"))


def _titled(talk: FollowUpTalk, now: datetime) -> str:
    return f"{talk.with_whom}, {moment(talk.planned_at, now)}"
