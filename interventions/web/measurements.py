"""Which thermometers of the class an approach names as the one before and the one after."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.access import who
from interventions.models import Intervention, Run
from interventions.queries.addresses import url_of
from interventions.queries.measurements import closed_runs
from interventions.queries.page import InterventionPage
from interventions.services.measurements import name_runs
from pestzorg.web.parts import done, form_page, posted
from pestzorg.web.templatetags.pestzorg_ui import day
from schools.web.staff_request import StaffRequest


class RunsForm(forms.Form):
    """Both may stay empty: measuring is recommended, never asked."""

    baseline = forms.ModelChoiceField(
        label=gettext_lazy("Before the approach"),
        queryset=Run.objects.none(),
        to_field_name="uuid",
        required=False,
        empty_label=gettext_lazy("Not measured"),
    )
    after = forms.ModelChoiceField(
        label=gettext_lazy("After the approach"),
        queryset=Run.objects.none(),
        to_field_name="uuid",
        required=False,
        empty_label=gettext_lazy("Not measured yet"),
    )

    def __init__(self, *args: Any, runs: QuerySet[Run], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in self.fields:
            self.fields[name].queryset = runs  # type: ignore[attr-defined] # a ModelChoiceField
            self.fields[name].label_from_instance = _day_of  # type: ignore[attr-defined]


def measurements(request: StaffRequest, intervention: Intervention) -> HttpResponse:
    """Say which closed thermometer was before, and which after; who may not see the class is offered none."""
    shown = InterventionPage(who(request), intervention)
    runs = closed_runs(intervention)
    runs = runs if shown.may_name_runs else runs.none()
    named = {"baseline": intervention.baseline_run, "after": intervention.after_run}
    initial = {name: run.uuid for name, run in named.items() if run}
    form = RunsForm(posted(request), runs=runs, initial=initial)

    def act() -> None:
        name_runs(request.user, intervention, now=request.now, **form.cleaned_data)

    if request.method != "POST" or not done(form, act):
        context = {"page": shown, "intervention": intervention, "runs": runs}
        return form_page(request, "interventions/measurements.html", form, context)
    messages.success(request, _("Saved."))
    return redirect(url_of(intervention, "page"))


def _day_of(run: Run) -> str:
    return _("Measured on %(day)s") % {"day": day(run.opened_on)}
