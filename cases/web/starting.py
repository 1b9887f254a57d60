"""Another conversation in a case, and stopping one for good."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from cases.models import Case, Conversation
from cases.models.case import GOING_ON
from cases.queries.conversation_page import url_of
from cases.queries.worklist import case_title
from cases.services.conversations import discontinue_conversation, start_conversation
from cases.web.conversation import show
from cases.web.conversation_door import conversation_page
from cases.web.doors import case_page
from cases.web.start_forms import DiscontinueForm, StartForm
from pestzorg.web.parts import done, posted
from schools.web.staff_request import StaffRequest


@case_page(GET="R27", POST="R27")
def new(request: StaffRequest, case: Case) -> HttpResponse:
    """Again with the same pupil, or with another one; a second conversation begins with what was said before."""
    if case.status not in GOING_ON:
        return redirect("cases:page", case.uuid)
    person = request.user
    if request.method == "POST" and "search" in request.POST:
        typed = request.POST.dict()
        return _ask(
            request, case, StartForm(case=case, user=person, now=request.now, initial=typed)
        )
    begin = {"lead": str(person.uuid)}
    form = StartForm(posted(request), case=case, user=person, now=request.now, initial=begin)
    made: list[Conversation] = []

    def act() -> None:
        made.append(start_conversation(person, case, now=request.now, **form.service_values()))

    if request.method != "POST" or not done(form, act):
        return _ask(request, case, form)
    messages.success(request, _("The conversation is ready to begin."))
    return redirect(url_of(made[0], "overview"))


@conversation_page(POST="R17")
def discontinue(request: StaffRequest, conversation: Conversation) -> HttpResponse:
    """Stop for good, with the reason why."""
    form = DiscontinueForm(posted(request))

    def act() -> None:
        reason = form.cleaned_data["reason"]
        discontinue_conversation(request.user, conversation, reason, now=request.now)

    if not done(form, act):
        return show(request, conversation, discontinue_form=form, status=422)
    messages.success(request, _("The conversation is stopped. The agreements and talks go on."))
    return redirect(url_of(conversation, "overview"))


def _ask(request: StaffRequest, case: Case, form: StartForm) -> HttpResponse:
    context = {"case": case, "title": case_title(case), "form": form}
    status = 422 if form.errors else 200
    return render(request, "cases/conversation/new.html", context, status=status)
