"""One small form per piece of evidence: a description, never a file."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.models import Incident
from cases.web.fields import text_field
from cases.web.step_rows import RowForm, one_of
from pestzorg.web.forms import DateInput
from pestzorg.web.templatetags.pestzorg_ui import day

SHOWN = 60


class EvidenceForm(RowForm):
    """What shows that something happened, which of the things that happened, and who has it."""

    incident = forms.ChoiceField(label=gettext_lazy("What does it show?"))
    kind = one_of("evidence_kinds", gettext_lazy("What is it?"))
    described_as = text_field(
        gettext_lazy("What is to be seen or read?"), required=True, rows=2, limit=1000
    )
    seen_on = forms.DateField(
        label=gettext_lazy("On which day did you see it?"), required=False, widget=DateInput
    )
    held_by = one_of("evidence_holders", gettext_lazy("Who has it?"), initial="pupil")
    source_url = forms.CharField(
        label=gettext_lazy("Address of the page"), required=False, max_length=500
    )
    account_name = forms.CharField(
        label=gettext_lazy("Name of the account"), required=False, max_length=120
    )
    contains_intimate_image = forms.BooleanField(
        label=gettext_lazy("An intimate image of a minor is in it"),
        help_text=gettext_lazy(
            "Do not look at it, copy it or send it on, also not with good intentions. Leave it on the device and "
            "call the police. A pupil can have images removed with Take It Down."
        ),
        required=False,
    )

    def __init__(self, *args: Any, incidents: list[Incident], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.incidents = incidents
        self.fields["incident"].choices = [(str(i.uuid), _label(i)) for i in incidents]  # type: ignore[attr-defined]
        self.initial["incident"] = (
            str(self.row.incident.uuid) if self.row else str(incidents[-1].uuid)
        )

    def values(self) -> dict[str, Any]:
        chosen = next(i for i in self.incidents if str(i.uuid) == self.cleaned_data["incident"])
        return {**super().values(), "incident": chosen}


def _label(incident: Incident) -> str:
    told: str = incident.description[:SHOWN]
    if incident.happened_on is None:
        return told
    return _("%(day)s: %(what)s") % {"day": day(incident.happened_on), "what": told}
