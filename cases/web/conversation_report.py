"""The report of the conversation: first what will stand on the paper, then the paper. One per audience."""

from __future__ import annotations

from dataclasses import asdict
from http import HTTPStatus

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from cases.access import who
from cases.models import Case
from cases.queries.conversation_report import Audience, conversation_report
from cases.queries.worklist import case_title
from cases.services.conversation_report import make_conversation_report
from cases.web.conversation import conversation_of
from cases.web.doors import case_page
from cases.web.papers import send_paper
from pestzorg.errors import RuleBroken
from pestzorg.pdf.typeset import digest_of
from schools.web.staff_request import StaffRequest


@case_page(GET="R33", POST="R33")
def report(request: StaffRequest, case: Case, audience: str) -> HttpResponse:
    """Preview and download; 404 for an audience that does not exist, 422 for a paper that is refused."""
    if audience not in Audience.values:
        raise Http404
    try:
        return _answer(request, case, Audience(audience))
    except RuleBroken as refused:
        context = {**_common(case, audience), "refused": refused.problems}
        return render(
            request,
            "cases/conversation/report.html",
            context,
            status=HTTPStatus.UNPROCESSABLE_ENTITY,
        )


def _answer(request: StaffRequest, case: Case, audience: Audience) -> HttpResponse:
    conversation = conversation_of(case)
    if request.method == "POST":
        return send_paper(
            request,
            case,
            lambda: make_conversation_report(request.user, conversation, audience, now=request.now),
            name=_("report-of-talk"),
        )
    content = conversation_report(who(request), conversation, audience)
    context = {"report": content, "digest": digest_of(asdict(content))}
    return render(request, "cases/conversation/report.html", {**_common(case, audience), **context})


def _common(case: Case, audience: str) -> dict[str, object]:
    return {
        "case": case,
        "title": case_title(case),
        "audience": audience,
        "audiences": Audience.choices,
    }
