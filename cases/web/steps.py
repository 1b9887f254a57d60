"""The page of one step: save, add a row, finish, leave out, or look at it differently. What it holds: `step_page`."""

from __future__ import annotations

from http import HTTPStatus

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cases.access import rules_on, who
from cases.models import Conversation
from cases.protocol import vocabulary
from cases.protocol.step_numbers import CLASS_APPROACH
from cases.queries.alarm import waiting_alarm
from cases.queries.conversation_page import pinned, rail, records_with, url_of
from cases.queries.extra_cards import Card, cards_beside_step, cards_of
from cases.queries.long_talk import long_enough
from cases.queries.resuming import notice_of
from cases.queries.step_hints import hints_for
from cases.queries.step_versions import has_versions
from cases.services.conversations import open_sitting, step_records
from cases.services.immediate import agree_for_today
from cases.services.steps import complete_step, skip_step
from cases.web.conversation_door import STEPS, conversation_page, record_of
from cases.web.offers import AGREE, offers_of, url_of_offer
from cases.web.sight import SEE, WRITE, sight_of
from cases.web.step_page import StepPage
from pestzorg.errors import RuleBroken
from pestzorg.posting.both_texts import ask, settled
from pestzorg.posting.drafts import around, taken_up
from schools.web.staff_request import StaffRequest

# Going on or back saves first, so that leafing through the steps loses nothing.
NEIGHBOURS = {"next": 1, "previous": -1}


@conversation_page(GET="R14", POST="R17")
def step(request: StaffRequest, conversation: Conversation, number: int) -> HttpResponse:
    """One of the ten steps."""
    if request.method != "POST":
        taken = taken_up(request)
        page = _page(request, conversation, number, taken)
        return _show(request, page.unjudged(), taken=taken)
    data = settled(request.POST)
    page, action = _page(request, conversation, number, data), data.get("action", "save")
    if page.clashes:
        return _both_texts(request, page, data)
    if page.unkept or not page.save(request.user, request.now):
        return _show(request, page, status=422)
    if action == "skip":
        # Also what is left out keeps what was typed in it.
        return _skip(request, page)
    if action == "done":
        return _finish(request, page)
    if action == "today":
        return _agree_for_today(request, page)
    messages.success(request, _("Saved."))
    return redirect(_after(conversation, number, action))


def _page(
    request: StaffRequest, conversation: Conversation, number: int, data: QueryDict | None
) -> StepPage:
    record = record_of(request, conversation, number)
    sitting = open_sitting(conversation)
    # What was typed belongs to the view it was typed in, whatever was chosen since.
    of_page = "" if data is None else data.get("view", WRITE)
    return StepPage.of(request, record, sight_of(request, conversation, sitting, of_page), data)


def _both_texts(request: StaffRequest, page: StepPage, data: QueryDict) -> HttpResponse:
    conversation = page.record.conversation
    back, case = url_of(conversation, "step", page.record.step), conversation.case
    return ask(request, page.clashes, data=data, back_href=back, case_uuid=case.uuid)


def _after(conversation: Conversation, number: int, action: str) -> str:
    """Where a saved page goes: a neighbour, an agreement to be made, another look, or the list that was added to."""
    here = url_of(conversation, "step", number)
    if action.startswith(AGREE):
        return url_of_offer(conversation, number, action)
    if action in NEIGHBOURS and number + NEIGHBOURS[action] in STEPS:
        return url_of(conversation, "step", number + NEIGHBOURS[action])
    if action == "stop":
        return url_of(conversation, "end")
    if action.startswith(SEE):
        return f"{here}?{QueryDict(action.removeprefix(SEE)).urlencode()}"
    return here + (f"#{action[4:]}" if action.startswith("add-") else "")


def _finish(request: StaffRequest, page: StepPage) -> HttpResponse:
    try:
        complete_step(request.user, page.record, now=request.now)
    except RuleBroken as error:
        here = [p for p in error.problems if not page.sight.is_talk or page.has_place_for(p)]
        if here:
            return _refused(request, page, RuleBroken(*here))
        messages.info(request, _("Saved. What is still missing here, you write up afterwards."))
        return redirect(_next(page.record.conversation, page.record.step))
    messages.success(request, _("Step %(number)s is discussed.") % {"number": page.record.step})
    return redirect(_next(page.record.conversation, page.record.step))


def _refused(request: StaffRequest, page: StepPage, error: RuleBroken) -> HttpResponse:
    fresh = StepPage.of(request, page.record, page.sight)
    page.form.saw(fresh.form)
    fresh.form = page.form
    fresh.show(error)
    return _show(request, fresh, status=422)


def _next(conversation: Conversation, number: int) -> str:
    if number + 1 in STEPS:
        return url_of(conversation, "step", number + 1)
    return url_of(conversation, "overview")


def _agree_for_today(request: StaffRequest, page: StepPage) -> HttpResponse:
    try:
        made = agree_for_today(request.user, page.record, now=request.now)
    except RuleBroken as error:
        return _refused(request, page, error)
    told = ngettext("%(count)s agreement for today.", "%(count)s agreements for today.", len(made))
    messages.success(request, told % {"count": len(made)})
    return redirect(url_of(page.record.conversation, "step", page.record.step))


def _skip(request: StaffRequest, page: StepPage) -> HttpResponse:
    try:
        skip_step(
            request.user,
            page.record,
            request.POST.get("skip_reason", ""),
            now=request.now,
            note=request.POST.get("skip_note", ""),
        )
    except RuleBroken as error:
        return _refused(request, page, error)
    return redirect(_next(page.record.conversation, page.record.step))


def _cards(request: StaffRequest, page: StepPage) -> dict[str, list[Card]]:
    """What was decided here is carried out elsewhere; while the pupil reads along that is not shown."""
    me, case = who(request), page.record.conversation.case
    shows = page.record.step == CLASS_APPROACH and not page.sight.is_talk
    cards = {"cards": cards_of, "cards_beside": cards_beside_step}
    return {name: made(me, case) if shows else [] for name, made in cards.items()}


def _show(
    request: StaffRequest,
    page: StepPage,
    status: int = 200,
    taken: QueryDict | None = None,
) -> HttpResponse:
    conversation, number = page.record.conversation, page.record.step
    case = conversation.case
    records = records_with(conversation, step_records(conversation))
    context = {
        **around(request, taken),
        "case": case,
        "conversation": conversation,
        "record": page.record,
        "step": page.record.definition,
        "page": page,
        "form": page.form,
        "sight": page.sight,
        "said": page.sight.said(page.record.definition.key),
        "problems": page.problems,
        "has_errors": status != HTTPStatus.OK,
        "rules": rules_on(who(request), case),
        "sitting": page.sight.sitting,
        "long_enough": long_enough(conversation, page.sight.sitting, request.now),
        "notice": notice_of(conversation, page.sight.sitting),
        "steps": rail(records, number),
        "pinned": pinned(who(request), records),
        "alarm": waiting_alarm(who(request), case),
        "has_versions": has_versions(page.record),
        **_cards(request, page),
        "hints": hints_for(page.record, page.incidents),
        "offers": offers_of(page.record, page.people, request.user),
        "back_href": url_of(conversation, "overview"),
        "prev_href": url_of(conversation, "step", number - 1) if number > 1 else "",
        "next_href": url_of(conversation, "step", number + 1) if number < len(STEPS) else "",
        "skip_choices": [
            (key, vocabulary.label("skip_reasons", key))
            for key in page.record.definition.skip_reasons
        ],
    }
    return render(request, "cases/conversation/step.html", context, status=status)
