"""A sitting that was written down wrong."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from cases.models import Conversation
from cases.queries.conversation_page import url_of
from cases.queries.people import staff_for
from cases.queries.worklist import case_title
from cases.services.conversations import correct_sitting
from cases.web.conversation_door import conversation_page
from cases.web.sitting_form import SittingForm
from pestzorg.posting.both_texts import ask
from pestzorg.web.parts import done, form_page, posted
from schools.web.staff_request import StaffRequest


@conversation_page(GET="R17", POST="R17")
def correct(request: StaffRequest, conversation: Conversation, number: int) -> HttpResponse:
    """Mend where it was and who was there."""
    sitting = get_object_or_404(conversation.sittings, number=number)
    sitting.conversation = conversation
    people, back = staff_for(conversation.case, request.now), url_of(conversation, "overview")
    form = SittingForm(posted(request), sitting=sitting, colleagues=list(people))
    if form.clashes:
        here = url_of(conversation, "sitting", number)
        uuid = conversation.case.uuid
        return ask(request, form.clashes, data=request.POST, back_href=here, case_uuid=uuid)

    def act() -> None:
        correct_sitting(request.user, sitting, now=request.now, **form.service_values())

    if request.method != "POST" or not done(form, act):
        case = conversation.case
        context = {"case": case, "title": case_title(case), "sitting": sitting, "back_href": back}
        return form_page(request, "cases/conversation/sitting.html", form, context)
    messages.success(request, _("It is corrected."))
    return redirect(back)
