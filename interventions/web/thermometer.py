"""The class thermometer for staff: prepare, open, share, close, and what came out of it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import Max
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from cases.access import who
from interventions.access.classes import classes_for_rule
from interventions.access.interventions import RUNNERS
from interventions.access.team import TEAM
from interventions.access.thermometer import get_run, may_run, schools_to_set
from interventions.models import Run
from interventions.queries.thermometer_cases import cases_for_run
from interventions.queries.thermometer_limits import limits_of, limits_of_school
from interventions.queries.thermometer_list import class_rows, series_of
from interventions.queries.thermometer_results import Results, answered
from interventions.queries.thermometer_series import repeat_from
from interventions.queries.thermometer_words import conclusion
from interventions.services.thermometer_runs import (
    close_run,
    drop_run,
    open_run,
    prepare_run,
    repeat_run,
)
from interventions.web.thermometer_forms import PrepareForm
from pestzorg.web.pages import page
from pestzorg.web.parts import done, form_page, posted, tell
from schools.models import SchoolClass
from schools.web.staff_request import StaffRequest


@page(GET="R05")
def classes(request: StaffRequest) -> HttpResponse:
    """The classes of this school year that the reader may look at."""
    rows = class_rows(request.user, request.now)
    roles = who(request).roles
    context = {
        "rows": rows,
        "runs_interventions": bool(roles.intersection(RUNNERS)),
        "sees_team": bool(roles.intersection(TEAM)),
        "schools": schools_to_set(request.user, request.now).order_by("name"),
    }
    return render(request, "thermometer/classes.html", context)


@page(GET="R58", POST="R58")
def prepare(request: StaffRequest, class_uuid: UUID) -> HttpResponse:
    """A new measurement of a class."""
    found = _class(request, class_uuid)
    today = request.now.astimezone(found.school.zone).date()
    last = Run.objects.filter(school_class=found).order_by("-planned_on").first()
    least = limits_of_school(found.school).means
    # What a class was asked with once is offered everywhere.
    most = Run.objects.filter(school=found.school).aggregate(most=Max("minimum"))["most"]
    cases = cases_for_run(who(request), found)
    asked = {name: str(value) for name, value in request.GET.items()}
    form = PrepareForm(
        posted(request),
        today=today,
        last=last,
        least=least,
        offered=max(least, most or 0),
        cases=cases,
        asked=asked,
    )
    made: list[Run] = []

    def act() -> None:
        values = form.cleaned_data
        made.append(prepare_run(request.user, found, now=request.now, **values))

    if request.method == "POST" and done(form, act):
        return redirect("thermometer:run", made[0].uuid)
    return form_page(request, "thermometer/prepare.html", form, {"school_class": found})


@page(GET="R05")
def run(request: StaffRequest, run_uuid: UUID) -> HttpResponse:
    """Where a run stands; once it is closed, what came out of it."""
    found = get_run(request.user, "R05", run_uuid, request.now)
    context: dict[str, Any] = {
        "run": found,
        "may_run": may_run(request.user, found.school_class, request.now),
        "series": series_of(found),
        "minimum": limits_of(found).means,
    }
    if found.is_closed:
        results = Results(found)
        context |= {
            "results": results,
            "conclusion": conclusion(results),
            "is_last": context["series"][-1].run == found,
            "repeat_from": repeat_from(found),
        }
    elif found.is_open:
        context["answered"] = answered(found)
    return render(request, "thermometer/run.html", context)


@page(POST="R58")
def open_(request: StaffRequest, run_uuid: UUID) -> HttpResponse:
    """Open it and go to the page for the board."""
    found = get_run(request.user, "R58", run_uuid, request.now)
    told = _("The thermometer is open. Show the code to your class.")
    if tell(request, lambda: open_run(request.user, found, now=request.now), told):
        return redirect("thermometer:share", found.uuid)
    return redirect("thermometer:run", found.uuid)


@page(POST="R58")
def close(request: StaffRequest, run_uuid: UUID) -> HttpResponse:
    """Close it for good and go to the results."""
    found = get_run(request.user, "R58", run_uuid, request.now)
    tell(
        request,
        lambda: close_run(request.user, found, now=request.now),
        _("The thermometer is closed."),
    )
    return redirect("thermometer:run", found.uuid)


@page(POST="R58")
def drop(request: StaffRequest, run_uuid: UUID) -> HttpResponse:
    """Take back what was only prepared."""
    found = get_run(request.user, "R58", run_uuid, request.now)
    told = _("The thermometer is taken back.")
    if tell(request, lambda: drop_run(request.user, found, now=request.now), told):
        return redirect("thermometer:classes")
    return redirect("thermometer:run", found.uuid)


@page(POST="R58")
def repeat(request: StaffRequest, run_uuid: UUID) -> HttpResponse:
    """Plan the next run of the same class."""
    found = get_run(request.user, "R58", run_uuid, request.now)
    made: list[Run] = []

    def act() -> None:
        made.append(repeat_run(request.user, found, now=request.now))

    tell(request, act, _("The next thermometer is prepared."))
    return redirect("thermometer:run", (made or [found])[0].uuid)


def _class(request: StaffRequest, uuid: UUID) -> SchoolClass:
    return get_object_or_404(
        classes_for_rule(request.user, "R58", request.now).select_related("school"), uuid=uuid
    )
