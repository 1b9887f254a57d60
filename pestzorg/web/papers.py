"""Sends a paper as a download; when it cannot be made, says so on the page it was asked from."""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from pestzorg.pdf.typeset import NotTypeset

logger = logging.getLogger(__name__)


def send_paper(
    request: HttpRequest, make: Callable[[], bytes], *, about: str, filename: str, back: str
) -> HttpResponse:
    """The PDF that `make` makes, under this name; to the page `back` when it fails.

    `about` stands in the log and in no paper: a kind of thing and its uuid, never a name.
    """
    try:
        paper = make()
    except NotTypeset as failed:
        logger.error("paper of %s: %s", about, failed)
        messages.error(request, _("The paper could not be made. Try again in a minute."))
        return redirect(back)
    response = HttpResponse(paper, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{filename}"'
    return response
