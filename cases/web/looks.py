"""Who looked at a case: for those who watch over it, and as a paper for the family."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from cases.access import rules_on, who
from cases.models import Case
from cases.queries.access_report import access_report
from cases.queries.lookers import days_of, denied_count, lookers
from cases.queries.worklist import case_title
from cases.services.access_report import make_access_report
from cases.web.doors import case_page, unseen_case_page
from cases.web.papers import send_paper_of
from schools.web.staff_request import StaffRequest

PER_PAGE = 25


@unseen_case_page(GET="R35")
def looks(request: StaffRequest, case: Case) -> HttpResponse:
    """Who looked when, as what and how often. Who does not see the content gets roles and initials, no names."""
    rules = rules_on(who(request), case)
    names = "R14" in rules
    shown = Paginator(days_of(case), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "case": case,
        "title": case_title(case) if names else case.reference,
        "names": names,
        "rules": rules,
        "page": shown,
        "lookers": lookers(case, list(shown.object_list)),
        "denied": denied_count(case),
    }
    return render(request, "cases/looks.html", context)


@case_page(GET="R33", POST="R33")
def report(request: StaffRequest, case: Case) -> HttpResponse:
    """First what will stand on the paper, then the paper."""
    if request.method == "POST":
        return send_paper_of(
            request,
            case,
            lambda: make_access_report(request.user, case, now=request.now),
            name=_("who-looked"),
        )
    context = {
        "case": case,
        "title": case_title(case),
        "report": access_report(case, request.now),
        "rules": rules_on(who(request), case),
    }
    return render(request, "cases/access_report.html", context)
