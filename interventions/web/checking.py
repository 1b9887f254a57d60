"""Choosing a method: the questions of the check, and what follows from the answers."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cases.access import who
from cases.models import Case
from cases.queries.worklist import case_title
from cases.web.doors import case_page
from interventions.queries.suitability import check_page
from interventions.services.suitability import check_suitability
from interventions.suitability import newest
from interventions.web.check_form import CheckForm
from pestzorg.posting.both_texts import ask
from pestzorg.web.parts import done, form_page, posted
from schools.web.staff_request import StaffRequest


@case_page(GET="R14", POST="R17")
def check(request: StaffRequest, case: Case) -> HttpResponse:
    """The check of the latest conversation; whoever only reads along sees the answers."""
    page, here = (
        check_page(who(request), case),
        reverse("interventions:case-check", args=[case.uuid]),
    )
    if page is None:
        raise Http404
    form = CheckForm(posted(request), asked=newest(), known=page.known, row=page.check)
    if form.clashes:
        return ask(request, form.clashes, data=request.POST, back_href=here, case_uuid=case.uuid)

    def act() -> None:
        given = form.service_values()
        check_suitability(request.user, page.conversation, now=request.now, **given)

    if request.method != "POST" or not done(form, act):
        about = {"case": case, "title": case_title(case), "page": page}
        return form_page(request, "interventions/check.html", form, about)
    _tell(request, case)
    return redirect(f"{here}#advice")


def _tell(request: StaffRequest, case: Case) -> None:
    page = check_page(who(request), case)
    left = len(page.open) if page else 0
    if not left:
        messages.success(request, _("Saved. Here is what fits."))
        return
    told = ngettext(
        "Saved. %(count)s question is still open.",
        "Saved. %(count)s questions are still open.",
        left,
    )
    messages.success(request, told % {"count": left})
