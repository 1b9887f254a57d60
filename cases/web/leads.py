"""Somebody else leads the conversation."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from cases.access import can_see_content
from cases.models import Conversation
from cases.queries.conversation_page import url_of
from cases.queries.worklist import case_title
from cases.services.conversations import change_lead
from cases.web.conversation_door import conversation_page
from cases.web.lead_form import LeadForm
from pestzorg.web.parts import done, form_page, posted
from schools.web.staff_request import StaffRequest


@conversation_page(GET="R27", POST="R27")
def lead(request: StaffRequest, conversation: Conversation) -> HttpResponse:
    """Name another lead, with a note and the talks that go along."""
    if conversation.is_over and request.method != "POST":
        raise Http404
    person, case = request.user, conversation.case
    form = LeadForm(posted(request), conversation=conversation, now=request.now)

    def act() -> None:
        change_lead(person, conversation, now=request.now, **form.service_values())

    if request.method != "POST" or not done(form, act):
        context = {
            "case": case,
            "title": case_title(case),
            "conversation": conversation,
            "back_href": url_of(conversation, "overview"),
        }
        return form_page(request, "cases/conversation/lead.html", form, context)
    told = _("%(name)s leads the conversation from now on.")
    messages.success(request, told % {"name": form.cleaned_data["lead"].full_name})
    # Whoever led it, and had the case for that only, does not see it any more.
    still_sees = can_see_content(person, case, request.now)
    return redirect(url_of(conversation, "overview")) if still_sees else redirect("home:today")
