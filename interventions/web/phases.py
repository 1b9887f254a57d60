"""The page of one phase: save, add an idea, plan, hold or leave out. What it holds: `phase_page`."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from cases.access import who
from interventions.models import Intervention, PhaseRecord
from interventions.queries.addresses import url_of
from interventions.queries.page import InterventionPage
from interventions.services.phases import hold_phase, plan_phase, skip_phase
from interventions.web.phase_page import PhasePage
from pestzorg.errors import RuleBroken, broken
from pestzorg.posting.both_texts import ask, settled
from pestzorg.posting.drafts import around, taken_up
from schools.models import User
from schools.web.staff_request import StaffRequest

Act = Callable[[User, PhasePage, StaffRequest], None]


def phase(request: StaffRequest, intervention: Intervention, record: PhaseRecord) -> HttpResponse:
    """One phase of an intervention."""
    approach = InterventionPage(who(request), intervention)
    if request.method != "POST":
        taken = taken_up(request)
        page = PhasePage.of(approach, record, request.now, taken)
        return _show(request, page.unjudged(), taken=taken)
    data, case = settled(request.POST), intervention.case
    page, action = PhasePage.of(approach, record, request.now, data), data.get("action", "save")
    if page.clashes:
        back = url_of(intervention, "phase", record.uuid)
        uuid = case.uuid if case else None
        return ask(request, page.clashes, data=data, back_href=back, case_uuid=uuid)
    if not page.save(request.user, request.now):
        return _show(request, page, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    return _then(request, page, action)


def _then(request: StaffRequest, page: PhasePage, action: str) -> HttpResponse:
    intervention, here = page.page.intervention, page.record.uuid
    if action in ACTS:
        act, told = ACTS[action]
        try:
            act(request.user, page, request)
        except RuleBroken as error:
            return _refused(request, page, error)
        messages.success(request, told())
        return redirect(url_of(intervention, "page"))
    messages.success(request, _("Saved."))
    return redirect(url_of(intervention, "phase", here) + ("#proposals" if action == "add" else ""))


def _plan(actor: User, page: PhasePage, request: StaffRequest) -> None:
    planned_on = page.days.cleaned_data["planned_on"]
    if planned_on is None:
        raise broken("planned_on", _("Choose a day."), "required")
    plan_phase(actor, page.record, planned_on, now=request.now)


def _hold(actor: User, page: PhasePage, request: StaffRequest) -> None:
    held_on = page.days.cleaned_data["held_on"]
    if held_on is None:
        raise broken("held_on", _("Choose a day."), "required")
    hold_phase(actor, page.record, held_on, now=request.now)


def _skip(actor: User, page: PhasePage, request: StaffRequest) -> None:
    skip_phase(actor, page.record, page.days.cleaned_data["skip_reason"], now=request.now)


ACTS: dict[str, tuple[Act, Callable[[], str]]] = {
    "plan": (_plan, lambda: _("The day is planned.")),
    "hold": (_hold, lambda: _("Written down. Thank you.")),
    "skip": (_skip, lambda: _("Left out.")),
}


def _refused(request: StaffRequest, page: PhasePage, error: RuleBroken) -> HttpResponse:
    # What was typed is saved by now: the page stays as it is, with what is still missing.
    fresh = PhasePage.of(page.page, page.record, request.now)
    for one, shown in zip([page.form, *page.persons], [fresh.form, *fresh.persons], strict=True):
        one.saw(shown)
    page.proposal = fresh.proposal
    page.show(error)
    return _show(request, page, status=HTTPStatus.UNPROCESSABLE_ENTITY)


def _show(
    request: StaffRequest, page: PhasePage, status: int = 200, taken: QueryDict | None = None
) -> HttpResponse:
    record, approach = page.record, page.page
    context = {
        **around(request, taken),
        "page": approach,
        "intervention": approach.intervention,
        "record": record,
        "phase": record.definition,
        "shown": page,
        "form": page.form,
        "problems": page.problems,
        "earliest": approach.earliest(record),
        "may_write": approach.may_run,
    }
    return render(request, "interventions/phase.html", context, status=status)
