"""Reports outside school: write one down, correct it, and tell what came of it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from cases.access import rules_on, who
from cases.models import Case, ExternalReport
from cases.queries.worklist import case_title
from cases.services.external_reports import (
    change_external_report,
    record_external_report,
    record_outcome,
)
from cases.web.doors import case_page
from cases.web.external_forms import ExternalReportForm, OutcomeForm
from pestzorg.posting.both_texts import ask
from pestzorg.web.parts import done, posted
from schools.web.staff_request import StaffRequest


@case_page(GET="R24", POST="R24")
def new(request: StaffRequest, case: Case) -> HttpResponse:
    """Write down a report that was made, or is to be made."""
    form = ExternalReportForm(posted(request), case=case, now=request.now)

    def act() -> None:
        record_external_report(request.user, case, now=request.now, **form.service_values())

    if request.method != "POST" or not done(form, act):
        return _show(request, case, form=form)
    messages.success(request, _("It is written down."))
    return redirect(reverse("cases:page", args=[case.uuid]) + "#external")


@case_page(GET="R14", POST="R24")
def external(request: StaffRequest, case: Case, external_uuid: UUID) -> HttpResponse:
    """One report: how it stands, and for who works in the case to correct it."""
    report = _of(case, external_uuid)
    form = ExternalReportForm(posted(request), case=case, now=request.now, report=report)
    if form.clashes:
        back = reverse("cases:external", args=[case.uuid, report.uuid])
        return ask(request, form.clashes, data=request.POST, back_href=back, case_uuid=case.uuid)

    def act() -> None:
        change_external_report(request.user, report, now=request.now, **form.service_values())

    if request.method != "POST" or not done(form, act):
        return _show(
            request, case, form=form, report=report, outcome_form=OutcomeForm(report=report)
        )
    messages.success(request, _("It is changed."))
    return redirect("cases:external", case.uuid, report.uuid)


@case_page(POST="R24")
def outcome(request: StaffRequest, case: Case, external_uuid: UUID) -> HttpResponse:
    """What came of it: the end, or a new day to look."""
    report = _of(case, external_uuid)
    form = OutcomeForm(posted(request), report=report)

    def act() -> None:
        record_outcome(request.user, report, now=request.now, **form.cleaned_data)

    if not done(form, act):
        fresh = ExternalReportForm(case=case, now=request.now, report=_of(case, external_uuid))
        return _show(request, case, form=fresh, report=report, outcome_form=form)
    messages.success(request, _("It is written down."))
    return redirect(reverse("cases:page", args=[case.uuid]) + "#external")


def _of(case: Case, external_uuid: UUID) -> ExternalReport:
    found = case.external_reports.select_related("checked_by", "case__school", "case__handler")
    report: ExternalReport = get_object_or_404(found, uuid=external_uuid)
    return report


def _show(request: StaffRequest, case: Case, **shown: Any) -> HttpResponse:
    context = {"case": case, "title": case_title(case), "rules": rules_on(who(request), case)}
    forms = (shown["form"], shown.get("outcome_form"))
    status = 422 if any(form.is_bound and form.errors for form in forms if form) else 200
    return render(request, "cases/external.html", {**context, **shown}, status=status)
