"""Reporting a concern, and what the reporter gets to see of it: the state, never the case."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from cases.access import reports_of, who
from cases.models import Report
from cases.models.case import CaseStatus
from cases.queries.own_reports import promise_of
from cases.services.assessing import may_take_on, take_on
from cases.services.reporting import report_concern
from cases.web.report_forms import PupilChoiceForm, ReportForm, typed_so_far
from cases.web.severity_forms import SeverityForm
from pestzorg.errors import RuleBroken
from pestzorg.posting.drafts import around, taken_up
from pestzorg.web.forms import add_rule_errors
from pestzorg.web.pages import page
from pestzorg.web.parts import posted
from schools.access import REPORTERS, schools_for
from schools.models import User
from schools.web.staff_request import StaffRequest

PER_PAGE = 25


@page(GET="R10", POST="R10")
def new(request: StaffRequest) -> HttpResponse:
    """The form; "search" only looks up pupils and keeps what was typed."""
    person = request.user
    if request.method == "POST" and "search" in request.POST:
        form = ReportForm(user=person, now=request.now, initial=typed_so_far(request.POST))
        return _show_form(request, form)
    if request.method != "POST":
        taken = taken_up(request)
        typed = typed_so_far(taken) if taken else {}
        form = ReportForm(user=person, now=request.now, initial=typed)
        return _show_form(request, form, taken=taken)
    form = ReportForm(posted(request), user=person, now=request.now)
    report = _sent(form, person, request)
    if report is None:
        return _show_form(request, form, status=422)
    receiver = promise_of(report.school, report.urgency, request.now, person).receiver
    sent_to = _("Sent to %(name)s. Good that you say it.") % {
        "name": receiver.first_name if receiver else report.school.name
    }
    messages.success(request, sent_to)
    return redirect("reports:page", report.uuid)


@page(POST="R11")
def pupils(request: StaffRequest) -> HttpResponse:
    """Chips of the pupils that fit what is typed. By POST, so that no name ends in an address or a log."""
    person = request.user
    if not schools_for(person, request.now, REPORTERS).exists():
        raise Http404
    form = PupilChoiceForm(initial=request.POST.dict(), user=person, now=request.now)
    return render(request, "reports/_pupils.html", {"form": form})


@page(GET="R10")
def own(request: StaffRequest) -> HttpResponse:
    """What I reported, newest first."""
    found = reports_of(who(request)).select_related("case").order_by("-reported_at", "-pk")
    shown = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "reports/list.html", {"page": shown})


@page(GET="R10")
def status(request: StaffRequest, report_uuid: UUID) -> HttpResponse:
    """The state of one report of mine."""
    report = _own_report(request, report_uuid)
    person = request.user
    context = {
        "report": report,
        "promise": promise_of(report.school, report.urgency, report.reported_at, person),
        "is_waiting": report.case.status == CaseStatus.REPORTED,
        "may_take_on": may_take_on(person, report),
    }
    return render(request, "reports/page.html", context)


@page(GET="R10", POST="R10")
def take_on_report(request: StaffRequest, report_uuid: UUID) -> HttpResponse:
    """The class teacher takes it on, after judging how serious it is."""
    report, person = _own_report(request, report_uuid), request.user
    if not may_take_on(person, report):
        raise Http404
    form = SeverityForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            red_flags = form.cleaned_data["red_flags"]
            begun = take_on(person, report, form.indicators(), red_flags, now=request.now)
        except RuleBroken as error:
            add_rule_errors(form, error)
        else:
            return _taken_on(request, report, is_mine=begun is not None)
    context = {"report": report, "form": form}
    return render(request, "reports/take_on.html", context, status=422 if form.errors else 200)


def _taken_on(request: StaffRequest, report: Report, *, is_mine: bool) -> HttpResponse:
    if is_mine:
        messages.success(request, _("You take this on. Begin the conversation when it suits."))
        return redirect(reverse("conversation:overview", args=[report.case.uuid]))
    told = _("Your coordinator takes the lead here, and sees this report and your answers now.")
    messages.info(request, told)
    return redirect("reports:page", report.uuid)


def _sent(form: ReportForm, person: User, request: StaffRequest) -> Report | None:
    if not form.is_valid():
        return None
    school = form.cleaned_data["school"]
    try:
        return report_concern(person, school, now=request.now, **form.service_values())
    except RuleBroken as error:
        add_rule_errors(form, error)
        return None


def _own_report(request: StaffRequest, report_uuid: UUID) -> Report:
    related = ("case__school", "school", "pupil", "school_class")
    return get_object_or_404(reports_of(who(request)).select_related(*related), uuid=report_uuid)


def _show_form(
    request: StaffRequest, form: ReportForm, status: int = 200, taken: QueryDict | None = None
) -> HttpResponse:
    if not form.schools:
        raise Http404
    school, person = form.only_school, request.user
    urgency = Report.Urgency.THIS_WEEK
    context = {
        **around(request, taken),
        "form": form,
        "promise": promise_of(school, urgency, request.now, person) if school else None,
        "country": form.schools[0].country,
    }
    return render(request, "reports/new.html", context, status=status)
