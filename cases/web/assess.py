"""From report to conversation: who handles it, how serious it is, whom it is about, who talks."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from cases.access import who
from cases.models import Case
from cases.models.case import CaseStatus
from cases.protocol import vocabulary
from cases.queries.same_pupil import known_cases_about
from cases.services.assessing import activate_case, begin_assessing
from cases.services.looks import note_looks
from cases.web.assess_forms import AssessForm, HandlerForm
from cases.web.case_pages import show_case
from cases.web.doors import case_page
from pestzorg.posting.both_texts import too_late
from pestzorg.web.parts import done, form_page, posted
from schools.web.staff_request import StaffRequest


@case_page(POST="R27")
def begin(request: StaffRequest, case: Case) -> HttpResponse:
    """Somebody looks at the report: the person who presses the button, or a chosen colleague."""
    person = request.user
    form = HandlerForm(request.POST, case=case, now=request.now, user=person)

    def act() -> None:
        begin_assessing(person, case, form.cleaned_data["handler"], now=request.now)

    if not done(form, act):
        return show_case(request, case, handler_form=form, status=422)
    if form.cleaned_data["handler"].pk == person.pk:
        return redirect("cases:assess", case.uuid)
    told = _("%(name)s handles this case now.")
    messages.success(request, told % {"name": form.cleaned_data["handler"].first_name})
    return redirect("cases:page", case.uuid)


@case_page(GET="R27", POST="R27")
def assess(request: StaffRequest, case: Case) -> HttpResponse:
    """Judge the report; makes the case active and leads on to the conversation."""
    person, is_over = request.user, case.status != CaseStatus.ASSESSING
    if is_over and request.method != "POST":
        return redirect("cases:page", case.uuid)
    if request.POST.keys() & {"search", "action"}:
        typed = {**request.POST.dict(), "red_flags": request.POST.getlist("red_flags")}
        return _show(
            request, case, AssessForm(case=case, user=person, now=request.now, initial=typed)
        )
    form = AssessForm(posted(request), case=case, user=person, now=request.now)
    if is_over:
        back = reverse("cases:page", args=[case.uuid])
        return too_late(request, form, back_href=back, case_uuid=case.uuid)

    def act() -> None:
        activate_case(person, case, now=request.now, **form.service_values())

    if request.method != "POST" or not done(form, act):
        return _show(request, case, form)
    messages.success(request, _("The conversation is ready to begin."))
    return redirect(reverse("conversation:overview", args=[case.uuid]))


def _show(request: StaffRequest, case: Case, form: AssessForm) -> HttpResponse:
    report, reader = case.report, who(request)
    known = known_cases_about(reader, case, report.pupil, report.about)
    # Each line says that there is a case about this pupil, and how far it is.
    note_looks(reader, known, "R14")
    context = {
        "case": case,
        "report": report,
        "known": known,
        "signs": [vocabulary.label("report_signs", key) for key in report.signs],
    }
    return form_page(request, "cases/assess.html", form, context)
