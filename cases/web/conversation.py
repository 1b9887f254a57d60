"""The conversation as a whole: where we are, beginning a sitting, completing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from django.contrib import messages
from django.forms import BaseForm
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from cases.access import Who, may_read_handover, may_read_step, rules_on, who
from cases.models import Agreement, Conversation, Sitting, StepRecord
from cases.models.case import REVIEWED
from cases.protocol.step_numbers import CLOSE_AND_AGREE, FOLLOW_UP, SAFE_SETTING
from cases.queries.alarm import waiting_alarm
from cases.queries.completeness import missing_for_completion
from cases.queries.conversation_page import (
    first_open_step,
    own_url_of,
    pinned,
    rail,
    records_with,
    url_of,
)
from cases.queries.conversations import others_of
from cases.queries.fulfilment import first_round_for
from cases.queries.long_talk import long_enough
from cases.queries.people import staff_for
from cases.queries.resuming import last_score_of, notice_of
from cases.queries.sittings import handovers, sittings_held
from cases.services.conversations import (
    begin_sitting,
    complete_conversation,
    open_sitting,
    set_language,
    step_records,
)
from cases.web.conversation_door import conversation_page
from cases.web.conversation_forms import (
    BeginForm,
    LanguageForm,
    ResumeForm,
    planned_setting,
)
from cases.web.start_forms import DiscontinueForm
from cases.web.stopping_forms import PauseForm
from pestzorg.errors import RuleBroken
from pestzorg.posting.both_texts import ask
from pestzorg.posting.drafts import around, taken_up
from pestzorg.web.parts import done, posted, unjudged
from schools.web.staff_request import StaffRequest

# A quiet moment, the agreements and the next talk with the pupil: without these three there was no conversation.
FIRST_OF_ALL = (SAFE_SETTING, CLOSE_AND_AGREE, FOLLOW_UP)
Maker = Callable[[QueryDict | None], BaseForm]
Kept = tuple[BaseForm | None, Maker]


@conversation_page(GET="R14")
def overview(request: StaffRequest, conversation: Conversation) -> HttpResponse:
    """Where the conversation stands, what is still open, and how to go on."""
    return show(request, conversation)


@conversation_page(POST="R17")
def begin(request: StaffRequest, conversation: Conversation) -> HttpResponse:
    """Begin a sitting; from the second on with the resume check."""
    form = _begin_form(request, conversation, posted(request))

    def act() -> None:
        begin_sitting(request.user, conversation, now=request.now, **form.service_values())

    if not done(form, act):
        return show(request, conversation, begin_form=form, status=422)
    number = first_open_step(step_records(conversation))
    return redirect(url_of(conversation, "step", number))


@conversation_page(POST="R17")
def language(request: StaffRequest, conversation: Conversation) -> HttpResponse:
    """In which language the talk is held, and whether somebody interprets."""
    form = LanguageForm(posted(request), conversation=conversation)
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
        set_language(request.user, conversation, now=request.now, **form.service_values())

    if not done(form, act):
        return show(request, conversation, language_form=form, status=422)
    messages.success(request, _("Saved."))
    return redirect(url_of(conversation, "overview"))


@conversation_page(POST="R17")
def complete(request: StaffRequest, conversation: Conversation) -> HttpResponse:
    """Complete the conversation; the case stays active."""
    try:
        complete_conversation(request.user, conversation, now=request.now)
    except RuleBroken as error:
        return show(request, conversation, refused=error, status=422)
    messages.success(request, _("The conversation is completed. The agreements and talks go on."))
    return redirect(reverse("cases:page", args=[conversation.case.uuid]))


def _begin_form(
    request: StaffRequest, conversation: Conversation, data: QueryDict | None = None
) -> BeginForm:
    last = conversation.sittings.last()
    kind = ResumeForm if last else BeginForm
    people = staff_for(conversation.case, request.now).exclude(pk=request.user.pk)
    first = step_records(conversation)[0]
    if not may_read_step(who(request), first):
        first = StepRecord(conversation=conversation, step=1)
    return kind(
        data,
        conversation=conversation,
        colleagues=list(people),
        initial=planned_setting(first, last),
    )


def _kept(
    request: StaffRequest,
    conversation: Conversation,
    forms: Mapping[str, Kept],
) -> dict[str, Any]:
    """Forms that keep what is typed, by the page they are sent to: as one came back, or with a draft taken up."""
    context: dict[str, Any] = {"once_key": ""}
    for name, (given, make) in forms.items():
        place = own_url_of(conversation, name)
        taken = None if given else taken_up(request, place)
        kept = around(request, taken, place)
        context[f"{name}_form"] = given or unjudged(make(taken))
        context[f"{name}_drafts"] = kept["drafts"]
        context |= kept | {"once_key": context["once_key"] or kept["once_key"]}
    return context


def show(
    request: StaffRequest,
    conversation: Conversation,
    *,
    refused: RuleBroken | None = None,
    status: int = 200,
    **came_back: BaseForm,
) -> HttpResponse:
    """The page, with a form that came back: `begin_form`, `language_form`, `pause_form` or `discontinue_form`."""
    standing = _standing(request, conversation)
    goes_on = "R17" in standing["rules"] and not conversation.is_over
    asked = {
        "begin": goes_on and standing["sitting"] is None,
        "pause": goes_on and conversation.is_paused,
        "language": goes_on,
    }
    context = {
        **standing,
        **_kept(request, conversation, _forms(request, conversation, asked, came_back)),
        "discontinue_form": came_back.get("discontinue_form") or DiscontinueForm(),
        "refused": refused.problems if refused else (),
        # A form that came back stands at an address that only takes posts.
        "drafts_page": url_of(conversation, "overview"),
    }
    return render(request, "cases/conversation/overview.html", context, status=status)


def _forms(
    request: StaffRequest,
    conversation: Conversation,
    asked: Mapping[str, bool],
    came_back: Mapping[str, BaseForm],
) -> dict[str, Kept]:
    """The forms of this moment that keep what is typed: how each came back, and how a new one is made."""
    makers: dict[str, Maker] = {
        "begin": partial(_begin_form, request, conversation),
        "pause": partial(PauseForm, conversation=conversation, now=request.now),
        "language": partial(LanguageForm, conversation=conversation),
    }
    given = {name: came_back.get(f"{name}_form") for name in makers}
    return {
        name: (given[name], make) for name, make in makers.items() if asked[name] or given[name]
    }


def _standing(request: StaffRequest, conversation: Conversation) -> dict[str, Any]:
    """Where the conversation stands, for this reader."""
    me, case = who(request), conversation.case
    records = records_with(conversation, step_records(conversation))
    sitting = open_sitting(conversation)
    return {
        "case": case,
        "conversation": conversation,
        "steps": rail(records),
        "first_open": first_open_step(records),
        **_to_complete(conversation),
        "sitting": sitting,
        "long_enough": long_enough(conversation, sitting, request.now),
        "open_agreements": case.agreements.filter(status__in=Agreement.LIVING).select_related(
            "owner_staff", "owner_participant"
        ),
        "others": others_of(conversation),
        "reviewed": REVIEWED,
        "today": request.now.astimezone(case.school.zone).date(),
        "back_href": reverse("cases:page", args=[case.uuid]),
        **_for_reader(me, conversation, records, sitting),
    }


def _to_complete(conversation: Conversation) -> dict[str, Any]:
    """What stands between here and completing: what comes first, and the other steps by their number."""
    missing = missing_for_completion(conversation)
    numbered = [(int((one.field or "").removeprefix("step_")), one) for one in missing]
    return {
        "missing": missing,
        "blocking": [(number, one) for number, one in numbered if number in FIRST_OF_ALL],
        "unfinished": [number for number, _one in numbered if number not in FIRST_OF_ALL],
    }


def _for_reader(
    me: Who, conversation: Conversation, records: list[StepRecord], sitting: Sitting | None
) -> dict[str, Any]:
    """What depends on what this reader may do and read."""
    rules = rules_on(me, conversation.case)
    readable = [record for record in records if may_read_step(me, record)]
    return {
        "rules": rules,
        "held": sittings_held(me, conversation, records),
        "may_read_note": may_read_handover(me, conversation),
        "handovers": handovers(me, conversation),
        "pinned": pinned(me, records),
        "first_round": first_round_for(me, records[FOLLOW_UP - 1]),
        "alarm": waiting_alarm(me, conversation.case),
        "notice": notice_of(conversation, sitting) if "R17" in rules else None,
        "last_score": last_score_of(conversation, readable),
    }
