"""Closing a case to one person or to everybody by role, and letting it be opened again by two people."""

from __future__ import annotations

from functools import partial

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from cases.access import Who, can, rules_on, who
from cases.models import Case
from cases.queries.exclusions import excluded_from, waiting_restriction
from cases.services.exclusions import exclude_from_case, lift_exclusion
from cases.services.looks import enter_by_code
from cases.services.restriction import lift_restriction, restrict_case
from cases.web.doors import unseen_case_page
from cases.web.protect_forms import CodeForm, people_around_case
from pestzorg.web.pages import page
from pestzorg.web.parts import done, posted, tell
from schools.access import roles_of
from schools.roles import Role
from schools.web.exclude import ExcludeForm, lift_posted, tell_agreed
from schools.web.staff_request import StaffRequest

# Who acts on a case without seeing it, and the rules that are about.
UNSEEN_BY = {Role.COUNSELLOR, Role.SAFETY_OFFICER, Role.DPO}
# rule -> the page it opens; the first that is open counts
UNSEEN = {"R28": "cases:exclusions", "R39": "cases:emergency", "R35": "cases:looks"}


@unseen_case_page(GET="R28", POST="R28")
def exclusions(request: StaffRequest, case: Case) -> HttpResponse:
    """Who may not see this case; with a form to exclude one more."""
    form = ExcludeForm(posted(request), people=people_around_case(case, request.now))

    def act() -> None:
        given = form.cleaned_data
        exclude_from_case(
            request.user, case, given["person"], reason=given["reason"], now=request.now
        )

    if request.method != "POST" or not done(form, act):
        return _show(request, case, form)
    told = _("%(name)s cannot see this case any more.")
    messages.success(request, told % {"name": form.cleaned_data["person"].first_name})
    return _back(request, case, "cases:exclusions")


@unseen_case_page(POST="R29")
def lift(request: StaffRequest, case: Case) -> HttpResponse:
    """Ask to let somebody in again, or agree to it as the second person."""
    rows = excluded_from(case, request.now)
    lift_posted(request, rows, lambda row: lift_exclusion(request.user, row, now=request.now))
    return _back(request, case, "cases:exclusions")


@unseen_case_page(GET="R30", POST="R30")
def restrict(request: StaffRequest, case: Case) -> HttpResponse:
    """Close the case to everybody who sees it by role; says first what that does."""
    if request.method != "POST":
        return _page(request, "cases/restrict.html", case)
    act = partial(restrict_case, request.user, case, now=request.now)
    tell(request, act, _("The case is restricted now."))
    return _back(request, case, "cases:page")


@unseen_case_page(GET="R31", POST="R31")
def open_up(request: StaffRequest, case: Case) -> HttpResponse:
    """Ask to make a restricted case an ordinary one again, or agree to it as the second counsellor."""
    if request.method == "POST":
        tell_agreed(request, lambda: lift_restriction(request.user, case, now=request.now))
        return _back(request, case, "cases:open-up")
    request_waiting = waiting_restriction(case, request.now)
    return _page(request, "cases/open_up.html", case, waiting=request_waiting)


@page(GET="P09", POST="P09")
def by_code(request: StaffRequest) -> HttpResponse:
    """For who watches over cases without seeing them: act on a case that they do not see, by the code they were given."""
    if not roles_of(request.user, request.now) & UNSEEN_BY:
        raise Http404
    form = CodeForm(posted(request))
    if form.is_valid():
        case = enter_by_code(who(request), form.cleaned_data["code"], frozenset(UNSEEN), "P09")
        if case is not None:
            acts = (page for rule, page in UNSEEN.items() if can(who(request), rule, case))
            return redirect(next(acts), case.uuid)
        form.add_error("code", _("You can do nothing with this code. Check it letter by letter."))
    status = 422 if form.errors else 200
    return render(request, "cases/by_code.html", {"form": form}, status=status)


def _back(request: StaffRequest, case: Case, page_name: str) -> HttpResponse:
    """To that page while it is still open to this person; else somewhere that is always there."""
    # Resolved anew: what was just done may have closed the case to whoever did it.
    person = Who(request.user, request.now)
    needed = {"cases:page": "R13", "cases:exclusions": "R28", "cases:open-up": "R31"}[page_name]
    return redirect(page_name, case.uuid) if can(person, needed, case) else redirect("cases:list")


def _show(request: StaffRequest, case: Case, form: ExcludeForm) -> HttpResponse:
    status = 422 if form.errors else 200
    rows = excluded_from(case, request.now)
    more = {"form": form, "rows": rows, "may_lift": can(who(request), "R29", case)}
    return _page(request, "cases/exclusions.html", case, status, **more)


def _page(
    request: StaffRequest, template: str, case: Case, status: int = 200, **more: object
) -> HttpResponse:
    context = {"case": case, "rules": rules_on(who(request), case), **more}
    return render(request, template, context, status=status)
