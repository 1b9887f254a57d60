"""Who looked at a case, for those who watch over it."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render

from cases.access import rules_on, who
from cases.models import Case
from cases.queries.lookers import days_of, denied_count, lookers
from cases.queries.worklist import case_title
from cases.web.doors import unseen_case_page
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
