"""Closing a case: what is in order, the proposal, the decision, and the signature of who may not read it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from cases.access import rules_on, who
from cases.models import Case, Closing
from cases.models.case import CaseStatus
from cases.queries.closing import Judged, Standing, judge_closing
from cases.queries.closing.criteria import criteria
from cases.queries.closing.people import (
    deciders_for,
    may_sign,
    needs_signature,
    signers_of,
)
from cases.queries.closing.state import asks_assessment, judged_now, open_closing
from cases.queries.worklist import case_title
from cases.services.closing import (
    decide_closing,
    propose_closing,
    sign_closing,
    turn_down_closing,
)
from cases.web.closing_forms import DecideForm, ProposeForm, TurnDownForm
from cases.web.doors import case_page, unseen_case_page
from pestzorg.web.parts import done, form_page, posted
from schools.web.staff_request import StaffRequest

TO_SIGN = Closing.Status.TO_SIGN


@case_page(GET="R32", POST="R32")
def propose(request: StaffRequest, case: Case) -> HttpResponse:
    """Every criterion with what is missing, and the proposal; once there is one, its decision."""
    if request.method != "POST":
        if case.status != CaseStatus.ACTIVE:
            return redirect("cases:page", case.uuid)
        if open_closing(case):
            return redirect("cases:closing-decide", case.uuid)
    form = ProposeForm(posted(request), case=case)

    def act() -> None:
        propose_closing(request.user, case, now=request.now, **form.service_values())

    if request.method != "POST" or not done(form, act):
        context = {
            "case": case,
            "title": case_title(case),
            "judged": judge_closing(Standing(case, request.now, form.answers())),
            "asks_assessment": asks_assessment(case),
            "needs_signature": needs_signature(case),
        }
        return form_page(request, "cases/closing.html", form, context)
    messages.success(request, _("You proposed to close this case."))
    return redirect("cases:closing-decide", case.uuid)


@case_page(GET="R32", POST="R32")
def decide(request: StaffRequest, case: Case) -> HttpResponse:
    """The proposal with its criteria as they stand now; who decides says yes here, or not now."""
    closing = open_closing(case)
    if closing is None:
        return _nothing_to_decide(request, case)
    return _decide(request, closing)


@case_page(POST="R32")
def turn_down(request: StaffRequest, case: Case) -> HttpResponse:
    """Not now: the case goes on as it was."""
    closing = open_closing(case)
    if closing is None:
        return _nothing_to_decide(request, case)
    form = TurnDownForm(posted(request))

    def act() -> None:
        turn_down_closing(request.user, closing, form.cleaned_data["reason"], now=request.now)

    if not done(form, act):
        judged = judged_now(closing, request.now)
        return _show_decision(request, closing, judged, turn_down_form=form, status=422)
    messages.success(request, _("Not now. The case goes on."))
    return redirect("cases:page", case.uuid)


@unseen_case_page(GET="R55", POST="R55")
def sign(request: StaffRequest, case: Case) -> HttpResponse:
    """For who sees the header at most: dates, criteria met or not, the signature, or not now."""
    closing = open_closing(case)
    if closing is not None and closing.status != TO_SIGN:
        closing = None
    form = TurnDownForm(posted(request))
    turns_down = request.POST.get("action") == "turn_down"

    def act() -> None:
        if closing is None:
            return
        if turns_down:
            turn_down_closing(request.user, closing, form.cleaned_data["reason"], now=request.now)
        else:
            sign_closing(request.user, closing, now=request.now)

    if request.method != "POST" or closing is None or not done(form, act):
        return _show_signature(request, case, closing, form)
    told = _("Not now. The case goes on.") if turns_down else _("Signed. Aftercare begins.")
    messages.success(request, told)
    sees = "R13" in rules_on(who(request), case)
    return redirect("cases:page", case.uuid) if sees else redirect("home:landing")


def _decide(request: StaffRequest, closing: Closing) -> HttpResponse:
    judged = judged_now(closing, request.now)
    form = _decide_form(closing, judged, posted(request))

    def act() -> None:
        decide_closing(request.user, closing, now=request.now, **form.cleaned_data)

    if request.method != "POST" or not done(form, act):
        return _show_decision(request, closing, judged, form=form)
    waits = needs_signature(closing.case)
    told = _("Decided. Now the signature follows.") if waits else _("Aftercare begins.")
    messages.success(request, told)
    return redirect("cases:page", closing.case.uuid)


def _decide_form(
    closing: Closing, judged: list[Judged], data: QueryDict | None = None
) -> DecideForm:
    unmet = any(not one.is_met for one in judged)
    return DecideForm(data, is_needed=unmet, initial={"override_reason": closing.note})


def _show_decision(
    request: StaffRequest,
    closing: Closing,
    judged: list[Judged],
    *,
    form: DecideForm | None = None,
    turn_down_form: TurnDownForm | None = None,
    status: int = 200,
) -> HttpResponse:
    case, now = closing.case, request.now
    deciders = deciders_for(closing, now)
    context = {
        "case": case,
        "title": case_title(case),
        "closing": closing,
        "judged": judged,
        "asks_assessment": asks_assessment(case),
        "unmet": any(not one.is_met for one in judged),
        "carried": closing.carries_over.select_related("owner_staff", "owner_participant"),
        "is_decided": closing.status == TO_SIGN,
        "may_decide": request.user in deciders,
        "deciders": deciders,
        "signers": signers_of(case, now) if needs_signature(case) else (),
        "turn_down_form": turn_down_form or TurnDownForm(),
    }
    shown = form or _decide_form(closing, judged)
    answer = form_page(request, "cases/closing_decide.html", shown, context)
    answer.status_code = max(answer.status_code, status)
    return answer


def _show_signature(
    request: StaffRequest, case: Case, closing: Closing | None, form: TurnDownForm
) -> HttpResponse:
    stored = closing.criteria if closing else {}
    context = {
        "case": case,
        "closing": closing,
        # What somebody may read who sees nothing of the case: the names of the criteria, and yes or no.
        "criteria": [(c.label, stored[c.key]) for c in criteria() if c.key in stored],
        "is_overridden": not all(stored.values()),
        "may_sign": closing is not None and may_sign(request.user, closing, request.now),
        "rules": rules_on(who(request), case),
        "form": form,
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "cases/closing_sign.html", context, status=status)


def _nothing_to_decide(request: StaffRequest, case: Case) -> HttpResponse:
    if request.method == "POST":
        messages.error(request, _("Somebody decided about this meanwhile."))
    is_active = case.status == CaseStatus.ACTIVE
    return redirect("cases:closing" if is_active else "cases:page", case.uuid)
