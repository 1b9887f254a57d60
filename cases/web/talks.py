"""Planning, moving and recording follow-up talks."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from cases.access import can_see_content, may_record_talk, rules_on, who
from cases.models import Case, FollowUpTalk
from cases.protocol import vocabulary
from cases.queries.worklist import case_title
from cases.services.talks import change_talk, plan_follow_up, record_talk
from cases.web.doors import case_page
from cases.web.part_doors import talk_page
from cases.web.talk_forms import MoveTalkForm, RecordTalkForm, TalkForm
from pestzorg.posting.both_texts import ask, too_late
from pestzorg.web.parts import done, form_page, posted
from schools.web.staff_request import StaffRequest

PLANNED = FollowUpTalk.Status.PLANNED


@case_page(GET="R24", POST="R24")
def new(request: StaffRequest, case: Case) -> HttpResponse:
    """Plan a talk."""
    person = request.user
    form = TalkForm(posted(request), case=case, now=request.now, user=person)

    def act() -> None:
        plan_follow_up(person, case, now=request.now, **form.service_values())

    if request.method != "POST" or not done(form, act):
        about = {"case": case, "title": case_title(case)}
        return form_page(request, "cases/talk_form.html", form, about)
    messages.success(request, _("The talk is planned."))
    return redirect(reverse("cases:page", args=[case.uuid]) + "#talks")


@talk_page(GET="R14", POST="R25")
def page(request: StaffRequest, talk: FollowUpTalk) -> HttpResponse:
    """One talk; who has it writes down how it went."""
    person = request.user
    if request.method == "POST" and not may_record_talk(who(request), talk):
        raise Http404
    # Who only reads along writes down how it went, and plans nothing.
    plans = "R24" in rules_on(who(request), talk.case)
    form = RecordTalkForm(posted(request), talk=talk, now=request.now, looks_ahead=plans)

    def act() -> None:
        record_talk(person, talk, now=request.now, **form.service_values())

    if request.method != "POST":
        return _show(request, talk, form)
    if talk.status != PLANNED or not done(form, act):
        return _refused(request, talk, form)
    messages.success(request, _("Written down. Thank you."))
    # Access that was given for this talk ended with it: then the page is closed from now on.
    still_sees = can_see_content(person, talk.case, request.now)
    return redirect("cases:talk-page", talk.uuid) if still_sees else redirect("home:today")


@talk_page(GET="R24", POST="R24")
def move(request: StaffRequest, talk: FollowUpTalk) -> HttpResponse:
    """Another moment, or somebody else who has the talk."""
    if talk.status != PLANNED and request.method != "POST":
        raise Http404
    form = MoveTalkForm(posted(request), talk=talk, now=request.now)
    person, case_uuid = request.user, talk.case.uuid
    back = reverse("cases:talk-page", args=[talk.uuid])
    if talk.status != PLANNED:
        return too_late(request, form, back_href=back, case_uuid=case_uuid)
    if form.clashes:
        return ask(request, form.clashes, data=request.POST, back_href=back, case_uuid=case_uuid)

    def act() -> None:
        change_talk(person, talk, now=request.now, **form.service_values())

    if request.method != "POST" or not done(form, act):
        about = {"talk": talk, "case": talk.case, "title": case_title(talk.case)}
        return form_page(request, "cases/talk_move.html", form, about)
    messages.success(request, _("The talk has moved."))
    return redirect("cases:talk-page", talk.uuid)


def _refused(request: StaffRequest, talk: FollowUpTalk, form: RecordTalkForm) -> HttpResponse:
    # A refused form left its answer on the object; what counts is what is stored.
    talk.refresh_from_db(fields=["status"])
    if talk.status == PLANNED:
        return _show(request, talk, form)
    back = reverse("cases:talk-page", args=[talk.uuid])
    return too_late(request, form, back_href=back, case_uuid=talk.case.uuid)


def _show(request: StaffRequest, talk: FollowUpTalk, form: RecordTalkForm) -> HttpResponse:
    is_planned = talk.status == PLANNED
    context = {
        "talk": talk,
        "case": talk.case,
        "title": case_title(talk.case),
        "purposes": [vocabulary.label("talk_purposes", key) for key in talk.purposes],
        "rules": rules_on(who(request), talk.case),
        "reviewed": talk.agreements_reviewed.select_related("owner_staff", "owner_participant"),
        "may_record": is_planned and may_record_talk(who(request), talk),
        "is_planned": is_planned,
    }
    return form_page(request, "cases/talk.html", form, context)
