"""What the pages share that keep somebody out of a case or a school and let them in again by two people."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from django import forms
from django.contrib import messages
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pestzorg.errors import RuleBroken
from pestzorg.web.forms import ChipRadio
from schools.models import User
from schools.models.exclusion import Exclusion, ExclusionReason
from schools.queries.exclusions import Excluded
from schools.web.fields import staff_field
from schools.web.staff_request import StaffRequest

E = TypeVar("E", bound=Exclusion)


class ExcludeForm(forms.Form):
    """Who is kept out, and why, as a word."""

    reason = forms.ChoiceField(
        label=gettext_lazy("Why?"),
        choices=ExclusionReason.choices,
        widget=ChipRadio,
        help_text=gettext_lazy("One word is enough. What is behind it belongs elsewhere."),
    )

    def __init__(self, *args: Any, people: Iterable[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"] = staff_field(
            _("Who?"), people, error_messages={"required": _("Choose the colleague.")}
        )
        self.order_fields(["person", "reason"])


def lift_posted(
    request: StaffRequest, rows: Iterable[Excluded[E]], lift: Callable[[E], bool]
) -> None:
    """Ask to let in the person that the form names, or agree to it as the second person; tells which."""
    key = request.POST.get("person", "")
    exclusion = next((row.exclusion for row in rows if str(row.key) == key), None)
    if exclusion is None:
        messages.error(request, _("This exclusion was lifted already."))
        return
    tell_agreed(request, lambda: lift(exclusion))


def tell_agreed(request: StaffRequest, act: Callable[[], bool]) -> None:
    """Do what takes two people, and tell whether it happened, waits or was refused."""
    try:
        agreed = act()
    except RuleBroken as error:
        messages.error(request, str(error.problems[0].message))
        return
    asked = _("You asked for this. It happens once a second person agrees.")
    messages.success(request, _("Done: two of you agreed.") if agreed else asked)
