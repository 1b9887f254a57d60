"""Where the source of this program is: the licence (AGPL, section 13) promises it to everybody who uses it."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from pestzorg.web.pages import page


@page(GET="P10")
@login_not_required
def source(request: HttpRequest) -> HttpResponse:
    """The licence and the address of the source, or whom to ask for it."""
    return render(request, "home/source.html", {"source_url": settings.SOURCE_URL})
