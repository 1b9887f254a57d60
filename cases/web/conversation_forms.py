"""Forms about the conversation as a whole: beginning a sitting, and the language of the talk."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.models import Conversation, Sitting, StepRecord
from cases.protocol import vocabulary
from cases.services.conversations import Attending
from cases.web.fields import applies_when, grade_field, needed, some_of, yes_no_field
from pestzorg.posting.merging import MergingForm
from pestzorg.web.forms import ChipRadio
from schools.models import User
from schools.web.fields import staff_field

# Who may be named by a line of text, with the question that asks for the name.
NAMED = {
    "companion": gettext_lazy("Who is the trusted companion?"),
    "parent": gettext_lazy("Which parent?"),
    "interpreter": gettext_lazy("Who interprets?"),
    "other": gettext_lazy("Who else?"),
}
BESIDE_PUPIL = ("companion", "parent", "staff", "interpreter", "other")


class BeginForm(forms.Form):
    """Where the talk is and who is there; nothing has to be filled in. `service_values` fits begin_sitting."""

    location_type = forms.ChoiceField(
        label=gettext_lazy("Where do you talk?"),
        required=False,
        choices=lambda: vocabulary.choices("location_types"),
        widget=ChipRadio,
    )
    present = some_of("attendee_kinds", gettext_lazy("Is anybody else there?"))

    def __init__(
        self, *args: Any, conversation: Conversation, colleagues: list[User], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        kinds = dict(vocabulary.choices("attendee_kinds"))
        self.fields["present"].choices = [(kind, kinds[kind]) for kind in BESIDE_PUPIL]  # type: ignore[attr-defined]
        if conversation.interpreter:
            self.initial.setdefault("present", []).append("interpreter")
        for kind, question in NAMED.items():
            field = forms.CharField(label=question, required=False, max_length=120)
            self.fields[f"name_{kind}"] = applies_when(field, "present", [kind])
        colleague = staff_field(_("Which colleague?"), colleagues, required=False)
        self.fields["colleague"] = applies_when(colleague, "present", ["staff"])

    def service_values(self) -> dict[str, Any]:
        """What begin_sitting needs beside actor, conversation and moment."""
        return {
            "location_type": self.cleaned_data["location_type"],
            "attendees": self._attendees(),
        }

    def _attendees(self) -> list[Attending]:
        given = self.cleaned_data
        names = {kind: given[f"name_{kind}"] for kind in NAMED}
        # A name alone says enough: somebody who types it need not tick as well.
        found = [
            Attending(kind, name=name)
            for kind, name in names.items()
            if name or kind in given["present"]
        ]
        if given["colleague"] or "staff" in given["present"]:
            found.append(Attending("staff", staff=given["colleague"]))
        return found


class ResumeForm(BeginForm):
    """The resume check, asked at the beginning of every later sitting."""

    what_changed = forms.CharField(
        label=gettext_lazy("What happened since last time?"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    new_incident = needed(yes_no_field(gettext_lazy("Did something new happen?"), required=False))
    safety_score = grade_field(gettext_lazy("How safe do you feel at school now?"))
    still_agrees = needed(
        yes_no_field(gettext_lazy("Do you still stand by what we agreed?"), required=False)
    )
    CHECK = ("what_changed", "new_incident", "safety_score", "still_agrees")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.order_fields(self.CHECK)

    def service_values(self) -> dict[str, Any]:
        """Where and who, and the answers of the check."""
        return super().service_values() | {key: self.cleaned_data[key] for key in self.CHECK}


class LanguageForm(MergingForm):
    """In which language the talk is held, and whether somebody interprets."""

    language = forms.ChoiceField(
        label=gettext_lazy("Language of the talk"),
        choices=lambda: vocabulary.choices("talk_languages"),
    )
    interpreter = forms.BooleanField(
        label=gettext_lazy("An interpreter comes along"), required=False
    )

    def __init__(self, data: QueryDict | None = None, *, conversation: Conversation) -> None:
        initial = {"language": conversation.language, "interpreter": conversation.interpreter}
        super().__init__(data, initial=initial)
        self.compare_with(conversation)

    def service_values(self) -> dict[str, Any]:
        """What set_language needs beside actor, conversation and moment."""
        return self.without_stamp


def planned_setting(first: StepRecord, last: Sitting | None) -> dict[str, Any]:
    """What the form begins with: the place of last time, else what step 1 planned, with the companion."""
    if last is not None and last.location_type:
        return {"location_type": last.location_type}
    companion = first.answer("companion") if last is None else None
    seat = {"present": ["companion"], "name_companion": companion} if companion else {}
    return {"location_type": first.answer("location_type") or "", **seat}
