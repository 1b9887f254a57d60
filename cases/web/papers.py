"""Papers of a case."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpResponse

from cases.models import Case
from pestzorg.web.papers import send_paper
from schools.web.staff_request import StaffRequest


def send_paper_of(
    request: StaffRequest, case: Case, make: Callable[[], bytes], *, name: str
) -> HttpResponse:
    """The PDF as a download, named by the code of the case; back to its preview when it cannot be made."""
    return send_paper(
        request,
        make,
        about=f"case {case.uuid}",
        filename=f"{name}-{case.reference}.pdf",
        back=request.path,
    )
