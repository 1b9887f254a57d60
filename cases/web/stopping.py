"""Stopping for today, and another day for a conversation that is paused."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from cases.models import Conversation
from cases.queries.belonging import agreements_of, heard_by_pupil
from cases.queries.conversation_page import url_of
from cases.queries.pausing import has_to_go_on
from cases.services.conversations import end_sitting, open_sitting, pause_conversation
from cases.web.conversation import show
from cases.web.conversation_door import conversation_page
from cases.web.stopping_forms import EndForm, PauseForm
from pestzorg.posting.both_texts import ask, too_late
from pestzorg.web.parts import done, form_page, posted
from schools.web.staff_request import StaffRequest


@conversation_page(GET="R17", POST="R17")
def end(request: StaffRequest, conversation: Conversation) -> HttpResponse:
    """End the sitting with a mini step 7; what is not done yet pauses."""
    case, sitting = conversation.case, open_sitting(conversation)
    back = url_of(conversation, "overview")
    if sitting is None and request.method != "POST":
        return redirect(back)
    goes_on = has_to_go_on(conversation)
    form = EndForm(posted(request), case=case, now=request.now, goes_on=goes_on)
    if sitting is None:
        return too_late(request, form, back_href=back, case_uuid=case.uuid)

    def act() -> None:
        end_sitting(request.user, sitting, now=request.now, **form.cleaned_data)

    if request.method == "POST" and done(form, act):
        messages.success(request, _("The conversation is saved. Well done."))
        return redirect(back)
    context = {
        "case": case,
        "conversation": conversation,
        "goes_on": goes_on,
        "agreements": heard_by_pupil(
            conversation,
            agreements_of(conversation).select_related(
                "owner_staff", "owner_participant", "responsible_staff"
            ),
        ),
    }
    return form_page(request, "cases/conversation/end.html", form, context)


@conversation_page(POST="R17")
def pause(request: StaffRequest, conversation: Conversation) -> HttpResponse:
    """Another day to go on at the latest."""
    form = PauseForm(posted(request), conversation=conversation, now=request.now)
    if form.clashes:
        back = url_of(conversation, "overview")
        return ask(
            request,
            form.clashes,
            data=request.POST,
            back_href=back,
            case_uuid=conversation.case.uuid,
        )

    def act() -> None:
        pause_conversation(request.user, conversation, now=request.now, **form.service_values())

    if not done(form, act):
        return show(request, conversation, pause_form=form, status=422)
    messages.success(request, _("Saved."))
    return redirect(url_of(conversation, "overview"))
