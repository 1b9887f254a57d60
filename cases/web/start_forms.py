"""Beginning another conversation in a case, and stopping one for good."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.models import Case, Participant
from cases.queries.conversations import possible_targets
from cases.queries.people import staff_for
from cases.web.fields import needed
from cases.web.report_forms import PupilChoiceForm
from pestzorg.web.forms import ChipRadio
from schools.access import pupils_for
from schools.models import Pupil
from schools.queries.people import HANDLER_ROLES
from schools.web.fields import staff_field

ANOTHER = "another"


class StartForm(PupilChoiceForm):
    """With whom, and who leads. `service_values` fits start_conversation."""

    with_whom = forms.ChoiceField(
        label=gettext_lazy("With whom is the conversation?"),
        widget=ChipRadio,
        error_messages={"required": gettext_lazy("Say which pupil this is about.")},
    )

    def __init__(self, *args: Any, case: Case, **kwargs: Any) -> None:
        self.case = case
        self.people = {str(person.uuid): person for person in possible_targets(case)}
        super().__init__(*args, **kwargs)
        choices = [
            *((key, p.name) for key, p in self.people.items()),
            (ANOTHER, _("Another pupil")),
        ]
        cast(forms.ChoiceField, self.fields["with_whom"]).choices = choices
        self.fields["about"].label = _("Which other pupil?")
        self.fields["about"].help_text = _("Type a first name and choose the pupil.")
        self.fields["about"].required = False
        people = staff_for(case, self.now, HANDLER_ROLES)
        self.fields["lead"] = staff_field(_("Who talks with the pupil?"), people)

    def pupils(self) -> QuerySet[Pupil]:
        """Pupils of this school that one may look up."""
        return pupils_for(self.user, self.now).filter(school=self.case.school)

    def asks_pupil(self, given: dict[str, Any]) -> bool:
        """Only for somebody who is not named in the case."""
        return given.get("with_whom") == ANOTHER

    def service_values(self) -> dict[str, Any]:
        """What start_conversation needs beside actor, case and moment."""
        given = self.cleaned_data
        person: Participant | None = self.people.get(given["with_whom"])
        pupil = None if person else given["pupil"]
        name = "" if person or pupil else given["about"]
        return {"lead": given["lead"], "target": person, "pupil": pupil, "target_name": name}


class DiscontinueForm(forms.Form):
    """Why a conversation is stopped for good."""

    reason = needed(
        forms.CharField(
            label=gettext_lazy("Why do you stop this conversation?"),
            help_text=gettext_lazy("Agreements and follow-up talks stay as they are."),
            required=False,
            max_length=500,
            widget=forms.Textarea(attrs={"rows": 2}),
        )
    )
