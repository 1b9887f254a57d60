"""Who is in the group, on one page that needs no scripts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from interventions.models import Intervention, Member
from interventions.queries.people import Candidate
from interventions.services.group import Invited
from pestzorg.posting.merging import MergingForm

NOBODY = ("", _("Not in the group"))


class GroupForm(MergingForm):
    """A part, or none, for everybody who could be in the group; one adult more where the method has them."""

    def __init__(
        self,
        *args: Any,
        intervention: Intervention,
        candidates: Sequence[Candidate],
        members: Sequence[Member],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        group = intervention.definition.group
        self.functions = [(one.key, one.label) for one in group.functions] if group else []
        self.adults = [member for member in members if member.adult_name]
        self.candidates = list(candidates)
        known = {str((m.participant or m.pupil).uuid): m for m in members if not m.adult_name}  # type: ignore[union-attr] # one of the two: the database says so
        for one in self.candidates:
            self._ask(one.key, one.name, known.get(one.key))
        for member in self.adults:
            self._ask(str(member.uuid), member.adult_name, member)
        if group and group.takes_adults:
            self.fields["adult_name"] = forms.CharField(
                label=_("Somebody else who joins, such as a parent"), required=False, max_length=120
            )
            self.fields["adult_part"] = self._parts(_("With which part?"))
        self.compare_with(intervention)

    def _ask(self, key: str, name: str, member: Member | None) -> None:
        self.fields[key] = self._parts(name)
        self.fields[f"{key}-declined"] = forms.BooleanField(
            label=_("%(name)s said no") % {"name": name}, required=False
        )
        if member:
            self.initial[key], self.initial[f"{key}-declined"] = member.function, member.declined

    def _parts(self, label: Any) -> forms.ChoiceField:
        return forms.ChoiceField(label=label, required=False, choices=[NOBODY, *self.functions])

    def invited(self) -> list[Invited]:
        """What compose_group needs beside actor, intervention and moment."""
        given = self.cleaned_data
        people: list[tuple[str, Any]] = [(one.key, one.person) for one in self.candidates]
        people += [(str(member.uuid), member.adult_name) for member in self.adults]
        found = [
            Invited(person, given[key], given[f"{key}-declined"])
            for key, person in people
            if given[key]
        ]
        if given.get("adult_name") and given.get("adult_part"):
            found.append(Invited(given["adult_name"], given["adult_part"]))
        return found
