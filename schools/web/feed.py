"""The own calendar feed: make an address, make a new one, take it back."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from pestzorg.web.pages import page
from schools.access import may_own_feed
from schools.models import CalendarFeed
from schools.services.feeds import end_feed, open_feed
from schools.web.staff_request import StaffRequest


def _owner(request: StaffRequest) -> None:
    if not may_own_feed(request.user, request.now):
        raise Http404


@page(door=_owner, GET="R50", POST="R50")
def feed(request: StaffRequest) -> HttpResponse:
    """Whether there is one; POST makes an address and shows it, for the only time."""
    person, secret = request.user, ""
    if request.method == "POST":
        secret = open_feed(person, now=request.now)
    context = {
        "address": settings.BASE_URL + reverse("cases:feed", args=[secret]) if secret else "",
        "feed": CalendarFeed.objects.filter(user=person, revoked_at=None).first(),
    }
    answer = render(request, "people/feed.html", context)
    if secret:
        # No redirect: the address would have to be kept somewhere in between.
        answer.leads_to = request.path  # type: ignore[attr-defined] # read by pestzorg/posting/once.py
    return answer


@page(door=_owner, POST="R50")
def end(request: StaffRequest) -> HttpResponse:
    """Take the address back; calendar programs that know it are told that it is gone."""
    end_feed(request.user, now=request.now)
    messages.success(request, _("The address is taken back. It no longer works."))
    return redirect("people:feed")
