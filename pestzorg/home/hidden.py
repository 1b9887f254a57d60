"""The neutral page behind "Hide": a clock, for everybody, also when the session has ended."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from pestzorg.web.pages import page


@page(GET="P03")
@login_not_required
def hidden(request: HttpRequest) -> HttpResponse:
    """Only the time and the day."""
    return render(request, "home/hidden.html")
