"""The page on which a school raises the number of answers from which on the thermometer is shown."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from interventions.access.thermometer import schools_to_set
from interventions.queries.thermometer_limits import limits_of_school
from interventions.services.smallest_group import set_smallest_group
from interventions.thermometer.publish import FLOOR, Limits
from pestzorg.web.pages import page
from pestzorg.web.parts import done, form_page, posted
from schools.web.staff_request import StaffRequest


class SmallestGroupForm(forms.Form):
    """Two numbers; how low they may be, the service says."""

    means = forms.IntegerField(
        label=gettext_lazy("From how many answers do you show figures of a class?"),
        help_text=gettext_lazy(
            "At least 8. The figure of a subject then rests on that many pupils."
        ),
        widget=forms.NumberInput(attrs={"min": FLOOR.means, "max": 100}),
    )
    spread = forms.IntegerField(
        label=gettext_lazy("From how many answers do you show how many pupils chose what?"),
        help_text=gettext_lazy("At least 10, and at least as many as above."),
        widget=forms.NumberInput(attrs={"min": FLOOR.spread, "max": 100}),
    )


@page(GET="R63", POST="R63")
def smallest_group(request: StaffRequest, code: str) -> HttpResponse:
    """Read and raise it; 404 for who decides nothing at this school."""
    school = get_object_or_404(schools_to_set(request.user, request.now), code=code)
    limits = limits_of_school(school)
    initial = {"means": limits.means, "spread": limits.spread}
    form = SmallestGroupForm(posted(request), initial=initial)

    def act() -> None:
        set_smallest_group(request.user, school, Limits(**form.cleaned_data), now=request.now)

    if request.method != "POST" or not done(form, act):
        return form_page(request, "thermometer/smallest_group.html", form, {"school": school})
    messages.success(
        request, _("Saved. It counts for every class of the school, also for earlier results.")
    )
    return redirect("thermometer:smallest-group", school.code)
