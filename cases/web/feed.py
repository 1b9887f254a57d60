"""The calendar feed under its secret address, and one talk as a calendar file."""

from __future__ import annotations

from http import HTTPStatus

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.utils import translation

from cases.access import Who
from cases.models import FollowUpTalk
from cases.queries.feed_items import feed_items, item_of_talk
from cases.web.calendar_file import calendar_file
from cases.web.part_doors import talk_page
from pestzorg.web.middleware import TimedRequest
from pestzorg.web.pages import page
from schools.services.feeds import FeedBusy, FeedEnded, feed_of
from schools.web.staff_request import StaffRequest


@login_not_required
@page(GET="R50")
def feed(request: TimedRequest, secret: str) -> HttpResponse:
    """What the owner of this address has to do; 410 once it was taken back. The secret is the sign-in."""
    try:
        found = feed_of(secret, request.now)
    except FeedEnded:
        return HttpResponse(status=HTTPStatus.GONE)
    except FeedBusy as busy:
        return HttpResponse(
            status=HTTPStatus.TOO_MANY_REQUESTS, headers={"Retry-After": str(busy.wait)}
        )
    if found is None:
        raise Http404
    with translation.override(found.user.language):
        return calendar_file(feed_items(Who(found.user, request.now)), request.now)


@talk_page(GET="R14")
def talk(request: StaffRequest, talk: FollowUpTalk) -> HttpResponse:
    """A planned talk to put into a calendar; it does not move along, as the feed does."""
    if talk.status != FollowUpTalk.Status.PLANNED:
        raise Http404
    answer = calendar_file([item_of_talk(talk, request.now)], request.now)
    answer["Content-Disposition"] = f'attachment; filename="{talk.case.reference}.ics"'
    return answer
