"""Beginning an intervention: what step 8 decided, or one in an ordinary class; and the list of the latter."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from cases.access import may_read_step, who
from cases.models import Case
from cases.queries.worklist import case_title
from cases.web.doors import case_page
from interventions.access.classes import classes_of_this_year
from interventions.access.interventions import RUNNERS
from interventions.models import Intervention
from interventions.queries.addresses import url_of
from interventions.queries.page import own_without_case, startable
from interventions.queries.suitability import CheckPage
from interventions.services.starting import conditions_of, start_intervention, start_preventive
from interventions.web.start_forms import PreventiveForm
from interventions.web.start_page import StartPage
from pestzorg.web.pages import page
from pestzorg.web.parts import done, form_page, posted
from schools.access import schools_for
from schools.web.staff_request import StaffRequest


@case_page(GET="R24", POST="R24")
def new(request: StaffRequest, case: Case) -> HttpResponse:
    """Begin what step 8 decided; the conditions of the pupil come along."""
    record = startable(case)
    if record is None:
        messages.info(request, _("Step 8 decides first which approach fits."))
        return redirect(reverse("cases:page", args=[case.uuid]))
    shown = StartPage(CheckPage(record.conversation, request.now, who(request)), record)
    form, made = shown.form(posted(request)), list[Intervention]()

    def act() -> None:
        given = form.service_values()
        started = start_intervention(request.user, record.conversation, now=request.now, **given)
        made.append(started)

    if request.method != "POST" or not done(form, act):
        about = {"case": case, "title": case_title(case), "page": shown, "methods": shown.methods}
        # The conditions stand here as on every page of the intervention that will be.
        if may_read_step(who(request), record):
            about["intervention"] = {"case": case, **conditions_of(record)}
        return form_page(request, "interventions/start.html", form, about)
    messages.success(request, _("The approach has begun."))
    return redirect(url_of(made[0], "page"))


def _refuse_others(request: StaffRequest) -> None:
    if not schools_for(request.user, request.now, RUNNERS).exists():
        raise Http404


@page(GET="R56")
def listing(request: StaffRequest) -> HttpResponse:
    """Approaches in ordinary classes, of whoever runs or follows them."""
    _refuse_others(request)
    context = {
        "lines": own_without_case(who(request)),
        "may_begin": classes_of_this_year(request.user, "R57", request.now).exists(),
    }
    return render(request, "interventions/list.html", context)


@page(GET="R57", POST="R57")
def new_preventive(request: StaffRequest) -> HttpResponse:
    """Begin one without a case."""
    classes = list(classes_of_this_year(request.user, "R57", request.now).order_by("name"))
    if not classes:
        raise Http404
    form = PreventiveForm(posted(request), classes=classes, user=request.user, now=request.now)
    made = list[Intervention]()

    def act() -> None:
        made.append(start_preventive(request.user, now=request.now, **form.service_values()))

    if request.method != "POST" or not done(form, act):
        return form_page(request, "interventions/preventive.html", form, {"methods": form.methods})
    messages.success(request, _("The approach has begun."))
    return redirect(url_of(made[0], "page"))
