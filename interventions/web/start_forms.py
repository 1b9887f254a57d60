"""Beginning an intervention, with or without a case. What is refused beyond their shape, the services say."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.protocol import vocabulary
from cases.web.fields import AsksLater, needed, text_field
from interventions.protocol import Method, Variant, methods
from interventions.queries.offered import offered_all
from pestzorg.web.forms import ChipRadio, DateInput
from schools.models import SchoolClass, User
from schools.queries.people import staff_of


class StartForm(AsksLater):
    """How step 8's decision is carried out; with `asks_reason` also why, since the check does not advise it."""

    variant = forms.ChoiceField(label=_("How do you run it?"), widget=ChipRadio)
    advice_reason = needed(
        text_field(
            _("Why do you do this all the same?"),
            help_text=_("The check does not advise this approach. Say what makes it right here."),
            limit=1000,
        )
    )

    def __init__(
        self, *args: Any, methods: Sequence[Method], asks_reason: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        if not asks_reason:
            del self.fields["advice_reason"]
        ways = _ways(methods)
        cast(forms.ChoiceField, self.fields["variant"]).choices = [
            (f"{found.key}:{way.key}", _named(found, way)) for found, way in ways
        ]
        if ways:
            self.initial.setdefault("variant", f"{ways[0][0].key}:{ways[0][1].key}")
        del self.fields["wish_reason"]

    def service_values(self) -> dict[str, Any]:
        """What start_intervention needs beside actor, conversation and moment."""
        method, _colon, variant = self.cleaned_data["variant"].partition(":")
        given = self.cleaned_data
        reason = given.get("advice_reason", "")
        chosen = {"method": method, "variant": variant, "advice_reason": reason}
        return {**chosen, "share_ok": given["share_ok"]}


class PreventiveForm(forms.Form):
    """An approach in an ordinary class."""

    class_group = forms.ChoiceField(label=_("Which class?"))
    way = forms.ChoiceField(label=_("Which approach?"), widget=ChipRadio)
    facilitator = forms.ChoiceField(label=_("Who runs it?"))
    planned_start = forms.DateField(label=_("From when?"), widget=DateInput)

    def __init__(
        self,
        *args: Any,
        classes: Sequence[SchoolClass],
        user: User,
        now: datetime,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.initial = {"facilitator": str(user.uuid)}
        self.classes = {str(one.uuid): one for one in classes}
        schools = {one.school for one in classes}
        self.staff = {
            str(person.uuid): person for school in schools for person in staff_of(school, now)
        }
        # Who works at two schools chooses the class on this page: then the names are those of the methods.
        school = schools.pop() if len(schools) == 1 else None
        self.methods = offered_all(school, methods())
        ways = _ways(self.methods)
        free = [(f"{m.key}:{way.key}", _named(m, way)) for m, way in ways if way.without_case]
        people = [(key, person.full_name) for key, person in self.staff.items()]
        for name, choices in (
            ("class_group", [(key, one.name) for key, one in self.classes.items()]),
            ("way", free),
            ("facilitator", people),
        ):
            cast(forms.ChoiceField, self.fields[name]).choices = choices

    def service_values(self) -> dict[str, Any]:
        """What start_preventive needs beside actor and moment."""
        given = self.cleaned_data
        method, _colon, variant = given["way"].partition(":")
        return {
            "class_group": self.classes[given["class_group"]],
            "method": method,
            "variant": variant,
            "facilitator": self.staff[given["facilitator"]],
            "planned_start": given["planned_start"],
        }


def methods_for(decided: str) -> list[str]:
    """The method that step 8 names; for another one of the school those that step 8 does not know by name."""
    known = vocabulary.keys("class_methods")
    return [decided] if decided != "other" else [key for key in methods() if key not in known]


def _ways(found: Sequence[Method]) -> list[tuple[Method, Variant]]:
    return [(method, way) for method in found for way in method.variants]


def _named(method: Method, way: Variant) -> str:
    return f"{method.label}: {way.label}" if len(method.variants) > 1 else str(method.label)
