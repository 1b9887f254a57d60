"""Correcting where a sitting was and who was there."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from cases.models import Attendee, Sitting
from cases.queries.sittings import named
from cases.web.conversation_forms import BeginForm
from cases.web.fields import needed
from pestzorg.posting.merging import MergingForm
from pestzorg.web.forms import ChipCheckbox
from schools.models import User


class SittingForm(BeginForm, MergingForm):
    """Who was there stays ticked; whoever was forgotten is added. `service_values` fits correct_sitting."""

    kept = needed(
        forms.MultipleChoiceField(
            label=_("Who was there beside the pupil?"),
            help_text=_("Untick who was not there."),
            required=False,
            widget=ChipCheckbox,
        )
    )

    def __init__(
        self, data: QueryDict | None = None, *, sitting: Sitting, colleagues: list[User]
    ) -> None:
        self.people = {str(one.uuid): one for one in _beside_pupil(sitting)}
        super().__init__(
            data,
            conversation=sitting.conversation,
            colleagues=colleagues,
            initial={"location_type": sitting.location_type, "kept": [*self.people]},
        )
        self.initial["present"] = []
        self.fields["location_type"].label = _("Where did you talk?")
        self.fields["present"].label = _("Was anybody else there?")
        kept = cast(forms.MultipleChoiceField, self.fields["kept"])
        kept.choices = [(key, named(one)) for key, one in self.people.items()]
        self.order_fields(["location_type", "kept"])
        self.compare_with(sitting)

    def service_values(self) -> dict[str, Any]:
        """What correct_sitting needs beside actor, sitting and moment."""
        kept = [self.people[key] for key in self.cleaned_data["kept"]]
        return {**super().service_values(), "kept": kept}


def _beside_pupil(sitting: Sitting) -> list[Attendee]:
    return list(sitting.attendees.exclude(kind="pupil").select_related("staff", "participant"))
