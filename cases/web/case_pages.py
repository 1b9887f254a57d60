"""The list of cases and the page of one case."""

from __future__ import annotations

from uuid import UUID

from django.db.models import prefetch_related_objects
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from cases.access import rules_on, who
from cases.access.page import Place, place_of
from cases.models import Case
from cases.queries.case_list import ALL_OPEN, case_list
from cases.queries.case_page import CasePage
from cases.queries.severity_page import leads_along
from cases.queries.waiting_closings import waits_for
from cases.web.assess_forms import HandlerForm
from cases.web.doors import case_page, list_page, shows
from cases.web.protect import UNSEEN_BY
from schools.web.staff_request import StaffRequest

SEARCH = "case_search"
LONGEST_SEARCH = 60


@list_page(GET="R12", POST="R12")
def listing(request: StaffRequest) -> HttpResponse:
    """Cases by state. A search is posted and kept in the session: a name never stands in an address."""
    if request.method == "POST":
        # PostgreSQL refuses NUL in a text, and nobody types it.
        typed = request.POST.get("q", "").replace("\0", "").strip()
        request.session[SEARCH] = typed[:LONGEST_SEARCH]
        found = "?found=1" if request.session[SEARCH] else ""
        return redirect(reverse("cases:list") + found)
    me, state = who(request), request.GET.get("state", ALL_OPEN)
    search = request.session.get(SEARCH, "") if "found" in request.GET else ""
    cases = case_list(me, state=state, search=search, after=_after(request))
    shows(request, (row for row in cases.rows if row.has_content))
    context = {
        "list": cases,
        "state": state,
        "open": ALL_OPEN,
        "search": search,
        "acts_by_code": {seen.role for seen in me.seen} & UNSEEN_BY,
    }
    return render(request, "cases/list.html", context)


@case_page(GET="R13")
def case(request: StaffRequest, case: Case) -> HttpResponse:
    """The case, or for somebody without content its header."""
    return show_case(request, case)


def show_case(
    request: StaffRequest, case: Case, *, handler_form: HandlerForm | None = None, status: int = 200
) -> HttpResponse:
    """The page of a case; other views come back to it when a button on it was refused."""
    rules = rules_on(who(request), case)
    if "R14" not in rules:
        header = {
            "case": case,
            "rules": rules,
            "leads_along": leads_along(who(request), case),
            "to_sign": "R55" in rules and waits_for(who(request), case),
        }
        return render(request, "cases/header.html", header, status=status)
    prefetch_related_objects([case], "participants")
    shown = CasePage(who(request), case)
    if handler_form is None and shown.next == "begin":
        person = request.user
        handler_form = HandlerForm(case=case, now=request.now, user=person)
    context = {"page": shown, "case": case, "rules": shown.rules, "form": handler_form}
    return render(request, "cases/page.html", context, status=status)


def _after(request: StaffRequest) -> Place | None:
    try:
        last = UUID(request.GET.get("after", ""))
    except ValueError:
        return None
    return place_of(who(request), last)
