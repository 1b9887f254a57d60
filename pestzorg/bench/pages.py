"""The pages beside which the list of cases is measured: one that says hello, and the same list on guardian."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from cases.ceilings import Level
from cases.models import Case
from cases.queries.case_list import ALL_OPEN, PER_PAGE, CaseList, CaseRow
from cases.queries.worklist import case_title
from pestzorg.bench import rival
from pestzorg.web.pages import page
from schools.web.staff_request import StaffRequest


@page(GET="P05")
@login_not_required
def hello(request: HttpRequest) -> HttpResponse:
    """Nothing but the middleware."""
    return HttpResponse("hello\n")


@page(GET="R12")
def guardian_list(request: StaffRequest) -> HttpResponse:
    """The list of cases by `get_objects_for_user` and its count, on the same template."""
    cases = rival.page(request.user, PER_PAGE)
    groups = [("", [_row(case) for case in cases])]
    open_cases = str(rival.open_cases(request.user).count())
    found = CaseList(groups, None, [], open_cases)
    context = {"list": found, "state": ALL_OPEN, "open": ALL_OPEN, "search": ""}
    return render(request, "cases/list.html", context)


def _row(case: Case) -> CaseRow:
    return CaseRow(
        pk=case.pk,
        uuid=case.uuid,
        school_id=case.school_id,
        restricted=case.restricted,
        reference=case.reference,
        status=case.status,
        opened_at=case.opened_at,
        level=Level.VIEW,
        title=case_title(case),
        handler=case.handler.full_name if case.handler else "",
    )
