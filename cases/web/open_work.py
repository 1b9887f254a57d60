"""The open work of somebody on one page, to hand it over: for a while, or for good."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from cases.access import who
from cases.queries.open_work import OpenTask, open_elsewhere, open_work
from cases.services.standing_in import hand_over_work
from cases.web.doors import list_page, shows
from cases.web.open_work_form import HandOverForm
from pestzorg.web.parts import done, form_page, posted
from schools.models import User
from schools.web.staff_request import StaffRequest


@list_page(GET="R24", POST="R24")
def of_colleague(request: StaffRequest, user_uuid: UUID) -> HttpResponse:
    """The work of a colleague, as far as it is in cases where the reader may change agreements; 404 without any."""
    lines = open_work(who(request), user_uuid)
    if not lines and not any(one.case for one in open_elsewhere(who(request), user_uuid)):
        raise Http404
    return _page(request, User.objects.get(uuid=user_uuid), lines)


@list_page(GET="P14", POST="P14")
def own(request: StaffRequest) -> HttpResponse:
    """The own work, before an absence."""
    return _page(request, request.user, open_work(who(request), request.user.uuid))


def _page(request: StaffRequest, person: User, lines: list[OpenTask]) -> HttpResponse:
    elsewhere = open_elsewhere(who(request), person.uuid)
    cases = [line.case for line in lines] + [line.case for line in elsewhere if line.case]
    shows(request, cases)
    form = HandOverForm(posted(request), lines=lines, person=person, now=request.now)

    def act() -> None:
        hand_over_work(request.user, person, now=request.now, **form.service_values())

    if request.method != "POST" or not done(form, act):
        is_own = person == request.user
        about = {"person": person, "is_own": is_own, "lines": lines, "elsewhere": elsewhere}
        return form_page(request, "cases/open_work.html", form, about)
    told = _("%(name)s has it from now on.") % {"name": form.cleaned_data["taker"].full_name}
    messages.success(request, told)
    left = open_work(who(request), person.uuid)
    return redirect(request.path if left else "home:today")
