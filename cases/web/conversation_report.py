"""The report of the conversation: first what will stand on the paper, then the paper. One per audience."""

from __future__ import annotations

from dataclasses import asdict
from http import HTTPStatus

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from cases.access import who
from cases.models import Conversation
from cases.queries.conversation_report import Audience, conversation_report
from cases.queries.worklist import conversation_title
from cases.services.conversation_report import make_conversation_report
from cases.web.conversation_door import conversation_page
from cases.web.papers import send_paper_of
from pestzorg.errors import RuleBroken
from pestzorg.pdf.typeset import digest_of
from schools.web.staff_request import StaffRequest


@conversation_page(GET="R33", POST="R33")
def report(request: StaffRequest, conversation: Conversation, audience: str) -> HttpResponse:
    """Preview and download; 404 for an audience that does not exist, 422 for a paper that is refused."""
    if audience not in Audience.values:
        raise Http404
    try:
        return _answer(request, conversation, Audience(audience))
    except RuleBroken as refused:
        context = {**_common(conversation, audience), "refused": refused.problems}
        return render(
            request,
            "cases/conversation/report.html",
            context,
            status=HTTPStatus.UNPROCESSABLE_ENTITY,
        )


def _answer(request: StaffRequest, conversation: Conversation, audience: Audience) -> HttpResponse:
    if request.method == "POST":
        return send_paper_of(
            request,
            conversation.case,
            lambda: make_conversation_report(request.user, conversation, audience, now=request.now),
            name=_("report-of-talk"),
        )
    content = conversation_report(who(request), conversation, audience)
    context = {"report": content, "digest": digest_of(asdict(content))}
    return render(
        request, "cases/conversation/report.html", {**_common(conversation, audience), **context}
    )


def _common(conversation: Conversation, audience: str) -> dict[str, object]:
    return {
        "case": conversation.case,
        "conversation": conversation,
        "title": conversation_title(conversation),
        "audience": audience,
        "audiences": Audience.choices,
    }
