"""The way a page of a conversation enters: through its case, then to the latest conversation or the one that is named."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import Http404
from django.urls import reverse

from cases.access import may_read_step, who
from cases.models import Case, Conversation, StepRecord
from cases.queries.conversation_page import records_with
from cases.services.conversations import step_records
from cases.web.doors import case_page
from pestzorg.web.pages import Page
from schools.web.staff_request import StaffRequest

STEPS = range(1, 11)
PARTS = ("target", "lead", "follows")


def conversation_page(**rule_by_method: str) -> Callable[[Page], Page]:
    """Decorator: like `case_page`, and gives the page its conversation instead of the case."""
    return case_page(_conversation, **rule_by_method)


def _conversation(
    request: Any, case: Case, conversation_uuid: UUID | None = None, **kwargs: Any
) -> dict[str, Any]:
    conversation = conversation_of(case, conversation_uuid)
    # The plain address means the latest conversation: what was typed stays with the one it was typed in.
    here = request.resolver_match
    own = {**here.kwargs, "conversation_uuid": conversation.uuid}
    request.draft_place = reverse(here.view_name, kwargs=own)
    return {"conversation": conversation, **kwargs}


def conversation_of(case: Case, conversation_uuid: UUID | None = None) -> Conversation:
    """The latest conversation of the case, or the one with this uuid, else 404."""
    related = case.conversations.select_related(*PARTS).prefetch_related("step_records")
    found = related.filter(uuid=conversation_uuid).first() if conversation_uuid else related.last()
    if found is None:
        raise Http404
    found.case = case
    found.named = conversation_uuid is not None and _has_later(found)
    return found


def _has_later(conversation: Conversation) -> bool:
    return conversation.case.conversations.filter(pk__gt=conversation.pk).exists()


def record_of(request: StaffRequest, conversation: Conversation, number: int) -> StepRecord:
    """The record of one step, else 404: no such step, or closed to this person."""
    if number not in STEPS:
        raise Http404
    record = records_with(conversation, step_records(conversation))[number - 1]
    if not may_read_step(who(request), record):
        raise Http404
    return record
