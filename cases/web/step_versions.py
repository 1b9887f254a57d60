"""What a step said before it was changed. It is only read here."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render

from cases.access import who
from cases.models import Conversation
from cases.queries.conversation_page import url_of
from cases.queries.step_versions import versions_of
from cases.web.conversation_door import conversation_page, record_of
from schools.web.staff_request import StaffRequest


@conversation_page(GET="R14")
def versions(request: StaffRequest, conversation: Conversation, number: int) -> HttpResponse:
    """Earlier versions of one step, for who may read the step."""
    record = record_of(request, conversation, number)
    context = {
        "case": conversation.case,
        "conversation": conversation,
        "step": record.definition,
        "versions": versions_of(who(request), record),
        "back_href": url_of(conversation, "step", number),
    }
    return render(request, "cases/conversation/versions.html", context)
