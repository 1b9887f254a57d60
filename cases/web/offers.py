"""Agreements that a sentence already holds: shown beside the step while somebody types, made only on their own page."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from cases.access import rules_on, who
from cases.models import Case, Conversation, StepRecord
from cases.queries.offers import Offer, offers_in, texts_of
from cases.queries.people import CasePeople, people_of
from cases.web.conversation_door import STEPS, conversation_of, conversation_page, record_of
from schools.models import User
from schools.web.staff_request import StaffRequest

AGREE = "agree-"


@conversation_page(POST="R17")
def live(request: StaffRequest, conversation: Conversation, number: int) -> HttpResponse:
    """What the text as it stands on the screen holds. Saves nothing."""
    record, posted = record_of(request, conversation, number), request.POST
    texts = texts_of(record, posted, posted.get("summary", ""))
    found = offers_in(texts, people_of(conversation, request.now), request.user)
    context = {"offers": found, "rules": rules_on(who(request), conversation.case)}
    return render(request, "cases/conversation/_offers.html", context)


def offers_of(record: StepRecord, people: CasePeople, user: User) -> list[Offer]:
    """What the saved text of a step holds."""
    texts = texts_of(record, record.answers, record.summary)
    return offers_in(texts, people, user) if texts else []


def url_of_offer(conversation: Conversation, number: int, action: str) -> str:
    """The page that makes an agreement. The address names a step and a number, never what was written."""
    page = reverse("cases:agreement-new", args=[conversation.case.uuid])
    of = f"&of={conversation.uuid}" if conversation.named else ""
    return f"{page}?step={number}&offer={action.removeprefix(AGREE)}{of}"


def begun_with(request: StaffRequest, case: Case, people: CasePeople) -> dict[str, Any]:
    """What the form begins with when somebody comes from a step; nothing when that text has changed since.

    From then on the people are seen from the conversation of that step.
    """
    step, chosen = (request.GET.get(name, "") for name in ("step", "offer"))
    if not (step.isdecimal() and int(step) in STEPS):
        return {}
    people.conversation = conversation_of(case, _uuid(request.GET.get("of", "")))
    record = record_of(request, people.conversation, int(step))
    texts = texts_of(record, record.answers, record.summary)
    offers = offers_in(texts, people, request.user)
    return next((offer.initial for offer in offers if str(offer.number) == chosen), {})


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
