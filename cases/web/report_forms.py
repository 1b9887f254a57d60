"""Reporting a concern: whom it is about, what was noticed, how soon it is needed."""

from __future__ import annotations

from datetime import datetime
from functools import cached_property
from typing import Any, cast

from django import forms
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.models import Report
from cases.queries.pupil_lookup import Hit, find_pupils, hit_of, may_be
from cases.web.fields import some_of
from pestzorg.web.forms import ChipRadio
from schools.access import REPORTERS, pupils_for, schools_for
from schools.models import Pupil, School, User


class PupilChoiceForm(forms.Form):
    """A typed name with chips of the pupils that fit it; the text alone is enough."""

    about = forms.CharField(
        label=gettext_lazy("Who are you worried about?"),
        help_text=gettext_lazy("Type a first name."),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={
            "required": gettext_lazy("Say who you are worried about. No name? Type the class.")
        },
    )
    pupil = forms.ModelChoiceField(
        Pupil.objects.none(),
        to_field_name="uuid",
        required=False,
        widget=forms.HiddenInput,
        error_messages={"invalid_choice": gettext_lazy("Choose a pupil of your own school.")},
    )

    def __init__(self, *args: Any, user: User, now: datetime, **kwargs: Any) -> None:
        self.user, self.now = user, now
        super().__init__(*args, **kwargs)
        cast("forms.ModelChoiceField[Pupil]", self.fields["pupil"]).queryset = self.pupils()

    def pupils(self) -> QuerySet[Pupil]:
        """The pupils this person may look up."""
        return pupils_for(self.user, self.now)

    @cached_property
    def chosen(self) -> Hit | None:
        """The pupil whose chip is on; off again once another name is typed."""
        value = self["pupil"].value()
        if not value:
            return None
        try:
            pupil = self.fields["pupil"].clean(value)
        except forms.ValidationError:
            return None
        # A form that was sent shows both, beside the question which of the two it is.
        fits = self.is_bound or may_be(pupil, self["about"].value() or "")
        return hit_of(pupil, timezone.localdate(self.now)) if fits else None

    @cached_property
    def hits(self) -> list[Hit]:
        """The chips to choose from, the chosen one first."""
        found = find_pupils(
            self.pupils(), self["about"].value() or "", timezone.localdate(self.now)
        )
        first = [self.chosen] if self.chosen else []
        return first + [hit for hit in found if hit not in first]

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or self.cleaned_data
        pupil = given.get("pupil")
        if pupil and self.asks_pupil(given) and not may_be(pupil, given.get("about", "")):
            told = _("You chose %(name)s and typed another name. Tap the pupil you mean.")
            self.add_error("about", told % {"name": pupil})
        return given

    def asks_pupil(self, given: dict[str, Any]) -> bool:
        """Whether the name and the chip count, after these answers."""
        return True


class ReportForm(PupilChoiceForm):
    """Three questions and one line that may stay empty; the school is asked only when nothing else tells it."""

    signs = some_of("report_signs", gettext_lazy("What do you notice?"))
    description = forms.CharField(
        label=gettext_lazy("In one sentence"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    urgency = forms.ChoiceField(
        label=gettext_lazy("How soon is this needed?"),
        choices=Report.Urgency.choices,
        initial=Report.Urgency.THIS_WEEK,
        widget=ChipRadio,
    )
    school = forms.ModelChoiceField(
        School.objects.none(),
        label=gettext_lazy("At which school?"),
        to_field_name="uuid",
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        school = cast("forms.ModelChoiceField[School]", self.fields["school"])
        school.queryset = schools_for(self.user, self.now, REPORTERS).order_by("name")

    @cached_property
    def schools(self) -> list[School]:
        """Where this person may report."""
        return list(schools_for(self.user, self.now, REPORTERS).order_by("name"))

    @property
    def only_school(self) -> School | None:
        """The school when there is no choice."""
        return self.schools[0] if len(self.schools) == 1 else None

    @property
    def asks_school(self) -> bool:
        """Several schools, and the answer so far does not tell which."""
        return self.is_bound and bool(self.errors.get("school") or self["school"].data)

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or self.cleaned_data
        pupil = given.get("pupil")
        given["school"] = pupil.school if pupil else self.only_school or given.get("school")
        if not given["school"] and "about" in given:
            self.add_error("school", _("Choose the school of this pupil."))
        return given

    def service_values(self) -> dict[str, Any]:
        """What report_concern needs beside actor, school and moment."""
        given = self.cleaned_data
        about = "" if given["pupil"] else given["about"]
        plain = ("pupil", "signs", "description", "urgency")
        return {"about": about, **{name: given[name] for name in plain}}


def typed_so_far(data: QueryDict) -> dict[str, Any]:
    """What was sent with "search" instead of "send": shown again, and not yet judged."""
    plain = ("about", "pupil", "description", "urgency", "school")
    return {**{name: data.get(name, "") for name in plain}, "signs": data.getlist("signs")}
