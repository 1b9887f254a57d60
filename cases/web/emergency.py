"""Opening a closed case in an emergency, the banner while it lasts, and the log that others review."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from cases.access import rules_on, who
from cases.models import Case
from cases.queries.emergency import may_review, review_log, running_until
from cases.services.break_glass import break_glass
from cases.web.doors import case_page, list_page, shows, unseen_case_page
from cases.web.protect_forms import EmergencyForm
from pestzorg.web.parts import done, posted
from schools.web.staff_request import StaffRequest


@unseen_case_page(GET="R39", POST="R39")
def emergency(request: StaffRequest, case: Case) -> HttpResponse:
    """Say why, and read this case for four hours."""
    form = EmergencyForm(posted(request))

    def act() -> None:
        break_glass(request.user, case, now=request.now, **form.cleaned_data)

    if request.method == "POST" and done(form, act):
        messages.success(
            request, _("You can read this case for four hours. Others have been told.")
        )
        return redirect("cases:page", case.uuid)
    context = {"case": case, "form": form, "rules": rules_on(who(request), case)}
    return render(request, "cases/emergency.html", context, status=422 if form.errors else 200)


@case_page(GET="R15")
def reporter(request: StaffRequest, case: Case) -> HttpResponse:
    """Who reported the concern."""
    return render(request, "cases/reporter.html", {"case": case, "report": case.report})


@list_page(GET="R40")
def log(request: StaffRequest) -> HttpResponse:
    """Every emergency access that this person reviews."""
    if not may_review(request.user, request.now):
        raise Http404
    openings = review_log(who(request))
    shows(request, (opening.glass.case for opening in openings if opening.tells_all))
    return render(request, "cases/emergency_log.html", {"openings": openings})


def banner(request: HttpRequest) -> dict[str, Any]:
    """For every page of a case: until when it is open to the reader by emergency access, or None."""
    case = getattr(request, "entered_case", None)
    if case is None:
        return {}
    return {"emergency_until": SimpleLazyObject(lambda: running_until(who(request), case))}
