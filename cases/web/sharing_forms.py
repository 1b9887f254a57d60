"""Sharing a case with a colleague: who, how much, until when."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.ceilings import Level
from cases.models import Case
from cases.models.access import FOREVER
from cases.queries.people import staff_for
from pestzorg.web.forms import DateInput
from schools.models import User
from schools.web.fields import staff_field

LEVELS = {
    "view": (
        Level.VIEW,
        gettext_lazy("Read along"),
        gettext_lazy("Reads what is written and ticks off own agreements."),
    ),
    "contribute": (
        Level.CONTRIBUTE,
        gettext_lazy("Work along"),
        gettext_lazy("Also writes in the conversation and makes agreements."),
    ),
    "manage": (
        Level.MANAGE,
        gettext_lazy("Manage"),
        gettext_lazy("Also decides who may see this case."),
    ),
}


class ShareForm(forms.Form):
    """One colleague, one level; without a day it lasts until it is taken back."""

    level = forms.ChoiceField(
        label=gettext_lazy("What may this colleague do?"),
        choices=[(key, label) for key, (_level, label, _help) in LEVELS.items()],
        widget=forms.RadioSelect,
        initial="view",
    )
    valid_until = forms.DateField(
        label=gettext_lazy("Until and including"),
        help_text=gettext_lazy("Without a day it lasts until you take it back."),
        required=False,
        widget=DateInput,
    )

    def __init__(
        self, *args: Any, case: Case, now: datetime, user: User, keep: set[int], **kwargs: Any
    ) -> None:
        self.case = case
        super().__init__(*args, **kwargs)
        # Handler and lead keep what belongs to their part: sharing would replace it.
        people = staff_for(case, now).exclude(pk__in={user.pk, *keep})
        self.fields["colleague"] = staff_field(
            _("With which colleague?"),
            people,
            error_messages={"required": _("Choose the colleague.")},
        )
        self.order_fields(["colleague", "level", "valid_until"])

    @property
    def level_options(self) -> list[tuple[Any, Any]]:
        """Each level with the sentence that explains it."""
        return list(
            zip(self["level"], (help_text for *_rest, help_text in LEVELS.values()), strict=True)
        )

    def service_values(self) -> dict[str, Any]:
        """What share_case needs beside actor, case and moment; a day counts until its end."""
        given = self.cleaned_data
        last_day = given["valid_until"]
        until = self.case.school.end_of(last_day) if last_day else FOREVER
        return {
            "colleague": given["colleague"],
            "level": LEVELS[given["level"]][0],
            "valid_until": until,
        }
