"""The neutral page behind "Hide": a clock, for everybody, also when the session has ended."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import redirect, render

from pestzorg.signin.sessions import hide, show_again
from pestzorg.web.middleware import TimedRequest
from pestzorg.web.pages import page


@page(GET="P03")
@login_not_required
def hidden(request: TimedRequest) -> HttpResponse:
    """Only the time and the day. After half a minute only a new sign-in leads back."""
    hide(request)
    return render(request, "home/hidden.html")


@page(GET="P03")
@login_not_required
def back(request: TimedRequest) -> HttpResponse:
    """The only way back, within half a minute; after that this session has ended already."""
    show_again(request)
    return redirect("home:today")
