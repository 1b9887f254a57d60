"""What a class gets to see: an open thermometer on the board, codes on paper, and the result on the wall."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from interventions.access.thermometer import get_run
from interventions.queries.thermometer_poster import poster
from interventions.queries.thermometer_results import Results, answered
from interventions.queries.thermometer_table import rows_of
from interventions.services.survey_tokens import renew_codes
from interventions.web.qr import qr_of
from interventions.web.survey_guesses import seal_of
from pestzorg.errors import RuleBroken
from pestzorg.pdf.typeset import typeset
from pestzorg.web.pages import page
from pestzorg.web.papers import send_paper
from pestzorg.web.parts import tell
from pestzorg.web.tables import send_table
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
        "qr": qr_of(f"{address}?c={found.code}&s={seal_of(found.code)}"),
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


@page(GET="R05")
def wall(request: StaffRequest, run_uuid: UUID) -> HttpResponse:
    """The result as a poster for the class, once there is one that may be shown."""
    found = get_run(request.user, "R05", run_uuid, request.now)
    results = Results(found)
    if results.shown is None:
        return redirect("thermometer:run", found.uuid)
    return send_paper(
        request,
        lambda: typeset("thermometer_poster.typ", poster(results)),
        about=f"run {found.uuid}",
        filename="thermometer.pdf",
        back=reverse("thermometer:run", args=[found.uuid]),
    )


@page(GET="R05")
def table(request: StaffRequest, run_uuid: UUID) -> HttpResponse:
    """The result for a spreadsheet, once there is one that may be shown."""
    found = get_run(request.user, "R05", run_uuid, request.now)
    rows = rows_of(Results(found))
    if not rows:
        return redirect("thermometer:run", found.uuid)
    return send_table(rows, filename="thermometer.csv")


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
