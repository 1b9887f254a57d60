"""Sends a paper as a download; when it cannot be made, says so on the page of its preview."""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from cases.models import Case
from pestzorg.pdf.typeset import NotTypeset
from schools.web.staff_request import StaffRequest

logger = logging.getLogger(__name__)


def send_paper(
    request: StaffRequest, case: Case, make: Callable[[], bytes], *, name: str
) -> HttpResponse:
    """The PDF that `make` makes, under this name; back to the preview when it fails. Logs no content."""
    try:
        paper = make()
    except NotTypeset as failed:
        logger.error("paper of case %s: %s", case.uuid, failed)
        messages.error(request, _("The paper could not be made. Try again in a minute."))
        return redirect(request.path)
    response = HttpResponse(paper, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{name}-{case.reference}.pdf"'
    return response
