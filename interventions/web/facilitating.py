"""Naming another facilitator, for good."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.access import can_see_content, who
from cases.queries.people import staff_for
from cases.web.fields import AsksLater
from interventions.access.interventions import may_run
from interventions.models import Intervention
from interventions.queries.addresses import url_of
from interventions.queries.page import InterventionPage
from interventions.services.facilitating import change_facilitator
from pestzorg.web.parts import done, form_page, posted
from schools.queries.people import staff_of
from schools.web.fields import staff_field
from schools.web.staff_request import StaffRequest


class FacilitatorForm(AsksLater):
    """Who goes on. `service_values` fits change_facilitator."""

    name = forms.CharField(
        label=gettext_lazy("Or somebody from outside school"), required=False, max_length=120
    )

    def __init__(
        self, *args: Any, intervention: Intervention, now: datetime, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        case = intervention.case
        people = staff_for(case, now) if case else staff_of(intervention.school, now)
        others = [one for one in people if one.pk != intervention.facilitator_id]
        self.fields["facilitator"] = staff_field(_("Who goes on?"), others, required=False)
        self.order_fields(["facilitator", "name"])
        del self.fields["wish_reason"]
        if case is None:
            del self.fields["share_ok"]

    def service_values(self) -> dict[str, Any]:
        """What change_facilitator needs beside actor, intervention and moment."""
        given = self.cleaned_data
        share_ok = given.get("share_ok", False)
        return {"facilitator": given["facilitator"], "name": given["name"], "share_ok": share_ok}


def facilitator(request: StaffRequest, intervention: Intervention) -> HttpResponse:
    """Who goes on with it, while it runs."""
    shown = InterventionPage(who(request), intervention)
    if not intervention.is_open:
        raise Http404
    form = FacilitatorForm(posted(request), intervention=intervention, now=request.now)

    def act() -> None:
        given = form.service_values()
        change_facilitator(request.user, intervention, now=request.now, **given)

    if request.method != "POST" or not done(form, act):
        about = {"page": shown, "intervention": intervention}
        return form_page(request, "interventions/facilitator.html", form, about)
    told = _("%(name)s goes on with it.") % {"name": intervention.facilitated_by}
    messages.success(request, told)
    return redirect(url_of(intervention, "page") if _still_sees(request, intervention) else "/")


def _still_sees(request: StaffRequest, intervention: Intervention) -> bool:
    # Who handed it on may have seen it for this alone.
    if intervention.case is None:
        return may_run(who(request), intervention)
    return can_see_content(request.user, intervention.case, request.now)
