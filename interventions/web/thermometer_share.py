"""An open thermometer on the board: code, QR, how many are done; and the same as codes on paper."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from interventions.queries.thermometer_results import answered
from interventions.services.survey_tokens import renew_codes
from interventions.thermometer_access import get_run
from interventions.web.qr import qr_of
from pestzorg.errors import RuleBroken
from pestzorg.web.pages import page
from pestzorg.web.parts import tell
from schools.web.staff_request import StaffRequest

STOP_POLLING = 286  # htmx asks no more


@page(GET="R58")
def share(request: StaffRequest, run_uuid: UUID) -> HttpResponse:
    """For the board. A run that is not open has no code to show."""
    found = get_run(request.user, "R58", run_uuid, request.now)
    if not found.is_open:
        return redirect("thermometer:run", found.uuid)
    address = request.build_absolute_uri(reverse("survey:code"))
    context = {
        "run": found,
        "address": address.partition("://")[2].rstrip("/"),
        "qr": qr_of(f"{address}?c={found.code}"),
        "answered": answered(found),
        "is_on_paper": not found.tokens.filter(is_handed_out=False).exists(),
    }
    return render(request, "thermometer/share.html", context)


@page(GET="R58")
def count(request: StaffRequest, run_uuid: UUID) -> HttpResponse:
    """How many are done, asked every five seconds; the last answer says that it is over."""
    found = get_run(request.user, "R58", run_uuid, request.now)
    if "HX-Request" not in request.headers:
        return redirect("thermometer:run", found.uuid)  # a piece of a page is no page
    status = 200 if found.is_open else STOP_POLLING
    number = answered(found) if hasattr(found, "box") else 0
    return render(
        request, "thermometer/_count.html", {"run": found, "answered": number}, status=status
    )


@page(POST="R58")
def paper(request: StaffRequest, run_uuid: UUID) -> HttpResponse:
    """Codes to print and cut, shown this once: they replace all that were not used."""
    found = get_run(request.user, "R58", run_uuid, request.now)
    try:
        secrets = renew_codes(request.user, found, on_paper=True, now=request.now)
    except RuleBroken:
        return redirect("thermometer:run", found.uuid)
    codes = [qr_of(_address(request, secret)) for secret in secrets]
    return render(request, "thermometer/paper.html", {"run": found, "codes": codes})


@page(POST="R58")
def anew(request: StaffRequest, run_uuid: UUID) -> HttpResponse:
    """A new class code for who has not answered yet."""
    found = get_run(request.user, "R58", run_uuid, request.now)
    told = _("There is a new code. It works for everybody who has not answered yet.")
    tell(
        request,
        lambda: renew_codes(request.user, found, on_paper=False, now=request.now),
        told,
    )
    return redirect("thermometer:share", found.uuid)


def _address(request: HttpRequest, secret: str) -> str:
    return request.build_absolute_uri(reverse("survey:survey", args=[secret]))
