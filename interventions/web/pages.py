"""An intervention as a path of phases, its group, another round, and its end."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from cases.access import can_see_content, who
from interventions.models import Intervention
from interventions.queries.addresses import url_of
from interventions.queries.page import InterventionPage
from interventions.queries.people import candidates_for
from interventions.services.ending import finish_intervention, stop_intervention
from interventions.services.group import compose_group
from interventions.services.rounds import add_round
from interventions.web.ending_forms import FinishForm, StopForm
from interventions.web.group_form import GroupForm
from pestzorg.posting.both_texts import ask
from pestzorg.web.parts import done, form_page, posted, tell
from schools.web.staff_request import StaffRequest


def page(request: StaffRequest, intervention: Intervention) -> HttpResponse:
    """The phases, what comes next, and what the pupil asked for."""
    shown = InterventionPage(who(request), intervention)
    return render(request, "interventions/page.html", _context(shown))


def group(request: StaffRequest, intervention: Intervention) -> HttpResponse:
    """Who is in the group."""
    shown = InterventionPage(who(request), intervention)
    if intervention.definition.group is None:
        raise Http404
    candidates = candidates_for(intervention, shown.today)
    form = GroupForm(
        posted(request), intervention=intervention, candidates=candidates, members=shown.members
    )

    if form.clashes:
        case_uuid = intervention.case.uuid if intervention.case else None
        back = url_of(intervention, "group")
        return ask(request, form.clashes, data=request.POST, back_href=back, case_uuid=case_uuid)

    def act() -> None:
        compose_group(request.user, intervention, form.invited(), now=request.now)

    if request.method != "POST" or not done(form, act):
        return form_page(request, "interventions/group.html", form, _context(shown))
    messages.success(request, _("The group is saved."))
    return redirect(url_of(intervention, "page"))


def add_another(request: StaffRequest, intervention: Intervention) -> HttpResponse:
    """Another round of the same phases."""
    first = request.POST.get("first", "")

    def act() -> None:
        add_round(request.user, intervention, first, now=request.now)

    tell(request, act, _("The round is added."))
    return redirect(url_of(intervention, "page"))


def stop(request: StaffRequest, intervention: Intervention) -> HttpResponse:
    """Stop it before its end, with a reason."""
    shown, form = InterventionPage(who(request), intervention), StopForm(posted(request))

    def act() -> None:
        reason = form.cleaned_data["reason"]
        stop_intervention(request.user, intervention, reason, now=request.now)

    if request.method != "POST" or not done(form, act):
        return form_page(request, "interventions/stop.html", form, _context(shown))
    messages.success(request, _("The approach is stopped."))
    return redirect(_after(request, intervention))


def finish(request: StaffRequest, intervention: Intervention) -> HttpResponse:
    """End it with what came of it."""
    shown = InterventionPage(who(request), intervention)
    form = FinishForm(posted(request), intervention=intervention, now=request.now)

    def act() -> None:
        finish_intervention(request.user, intervention, now=request.now, **form.service_values())

    if request.method != "POST" or not done(form, act):
        return form_page(request, "interventions/finish.html", form, _context(shown))
    messages.success(request, _("The approach is finished."))
    return redirect(_after(request, intervention))


def _after(request: StaffRequest, intervention: Intervention) -> str:
    # Access that was given for this task ended with it: then the page is closed from now on.
    case = intervention.case
    still_sees = case is None or can_see_content(request.user, case, request.now)
    return url_of(intervention, "page") if still_sees else "/"


def _context(shown: InterventionPage) -> dict[str, object]:
    return {"page": shown, "intervention": shown.intervention}
