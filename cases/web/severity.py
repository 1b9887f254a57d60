"""How serious it is now: assess again, see what follows from the answers, or confirm what the pupil told."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from cases.access import can, who
from cases.models import Case
from cases.queries.alarm import waiting_alarm
from cases.queries.judging import term_of
from cases.queries.worklist import case_title
from cases.services.severity import confirm_signals, reassess_severity
from cases.web.doors import case_page
from cases.web.severity_forms import ReassessForm
from pestzorg.errors import RuleBroken
from pestzorg.web.parts import done, form_page, next_url, posted
from pestzorg.web.templatetags.pestzorg_ui import day
from schools.web.staff_request import StaffRequest


@case_page(GET="R17", POST="R17")
def severity(request: StaffRequest, case: Case) -> HttpResponse:
    """The questions as they were answered last; saving keeps a new assessment."""
    if not case.may_be_assessed:
        return redirect("cases:page", case.uuid)
    if request.POST.get("action") == "look":
        return _show(request, case, _form(request, case, looks=True))
    form = _form(request, case)

    def act() -> None:
        answers = (form.indicators(), form.cleaned_data["red_flags"])
        reassess_severity(request.user, case, *answers, now=request.now, choice=form.choice())

    if request.method != "POST" or not done(form, act):
        return _show(request, case, form)
    return _assessed(request, case)


@case_page(POST="R17")
def proposal(request: StaffRequest, case: Case) -> HttpResponse:
    """What follows from the answers as they stand on the screen. Saves nothing."""
    form = _form(request, case, looks=True)
    return render(request, "cases/_proposal.html", {"case": case, "form": form})


@case_page(POST="R17")
def confirm(request: StaffRequest, case: Case) -> HttpResponse:
    """One button: what the pupil told is a red flag, so the case is critical."""
    try:
        confirm_signals(request.user, case, now=request.now)
    except RuleBroken as error:
        messages.error(request, str(error.problems[0].message))
        return redirect("cases:page", case.uuid)
    return _assessed(request, case)


def _form(request: StaffRequest, case: Case, *, looks: bool = False) -> ReassessForm:
    # Only who manages the case may go one level up or down: the field's rule says the handler.
    may_choose = can(who(request), "R27", case)
    typed = request.POST if looks else None
    data = None if looks else posted(request)
    return ReassessForm(data, case=case, now=request.now, may_choose=may_choose, typed=typed)


def _assessed(request: StaffRequest, case: Case) -> HttpResponse:
    former = case.handler
    case.refresh_from_db(fields=["severity", "next_review_on", "handler"])
    told = _("It is assessed: %(level)s. Look again on %(day)s.")
    level = str(term_of(case.severity or 1).label).lower()
    messages.success(request, told % {"level": level, "day": day(case.next_review_on, request.now)})
    if case.handler and case.handler != former:
        led = _("%(name)s leads this case from now on.")
        messages.info(request, led % {"name": case.handler.full_name})
    return redirect(next_url(request, reverse("cases:page", args=[case.uuid])))


def _show(request: StaffRequest, case: Case, form: ReassessForm) -> HttpResponse:
    context = {
        "case": case,
        "title": case_title(case),
        "alarm": waiting_alarm(who(request), case),
        "back_href": next_url(request, reverse("cases:page", args=[case.uuid])),
    }
    return form_page(request, "cases/severity.html", form, context)
