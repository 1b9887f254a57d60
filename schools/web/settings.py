"""How the screen looks to this reader."""

from __future__ import annotations

from typing import ClassVar

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pestzorg.web.forms import ChipRadio
from pestzorg.web.pages import page
from schools.models import User
from schools.queries.exclusions import schools_decided_by
from schools.web.staff_request import StaffRequest
from schools.web.tokens import may_own_tokens

# Each in its own words, so that nobody is stuck in a language they do not read.
LANGUAGES = [("nl", "Nederlands"), ("en", "English")]


class AppearanceForm(forms.ModelForm):  # type: ignore[type-arg]
    """Language and colours."""

    language = forms.ChoiceField(
        label=gettext_lazy("Language"), choices=LANGUAGES, widget=ChipRadio
    )

    class Meta:
        model = User
        fields: ClassVar[list[str]] = ["language", "theme"]
        widgets: ClassVar[dict[str, type[forms.Widget]]] = {"theme": ChipRadio}
        labels: ClassVar[dict[str, object]] = {"theme": gettext_lazy("Colours")}


@page(GET="P06", POST="P06")
def appearance(request: StaffRequest) -> HttpResponse:
    """Choose language and colours; both count from the next page."""
    person = request.user
    form = AppearanceForm(request.POST or None, instance=User.objects.get(pk=person.pk))
    if request.method == "POST" and form.is_valid():
        changed = form.save()
        with translation.override(changed.language):
            messages.success(request, _("Saved. This is how pestzorg looks from now on."))
        return redirect("people:settings")
    context = {
        "form": form,
        "has_tokens": may_own_tokens(person, request.now),
        "decides": schools_decided_by(person.pk, request.now),
    }
    return render(request, "people/settings.html", context, status=422 if form.errors else 200)
