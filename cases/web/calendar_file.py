"""Entries as a calendar file (RFC 5545), as Outlook, Google and Apple read it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpResponse
from django.utils import translation
from django.utils.translation import gettext as _
from icalendar import Alarm, Calendar, Event

from cases.queries.feed_items import FeedItem

LOOK_AGAIN = timedelta(hours=1)
# How long a talk blocks the calendar; nobody is asked how long it takes.
TALK = timedelta(minutes=30)
# On the day itself at eight, and a quarter of an hour before a talk.
ON_THE_DAY, BEFORE_A_TALK = timedelta(hours=8), timedelta(minutes=-15)


def calendar_file(items: Iterable[FeedItem], now: datetime) -> HttpResponse:
    """The answer with these entries; neutral words only, so that it may stand on any screen."""
    calendar = Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", f"-//pestzorg//{translation.get_language()}")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", "pestzorg")
    calendar.add("refresh-interval", LOOK_AGAIN, {"VALUE": "DURATION"})
    for item in items:
        calendar.add_component(_event(item, now))
    calendar.add_missing_timezones()
    return HttpResponse(calendar.to_ical(), content_type="text/calendar; charset=utf-8")


def _event(item: FeedItem, now: datetime) -> Event:
    event, link = Event(), settings.BASE_URL + item.path
    title = f"{item.what} {item.case.reference}"
    event.add("uid", f"{item.uid}@{urlsplit(settings.BASE_URL).hostname or 'localhost'}")
    event.add("sequence", item.sequence)
    event.add("dtstamp", now)
    event.add("summary", title)
    told = _("Sign in to see what this is about. Here stand no names.")
    event.add("description", f"{told}\n{link}")
    event.add("url", link)
    event.add("class", "PRIVATE")
    if item.starts_at:
        event.add("dtstart", item.starts_at)
        event.add("duration", TALK)
    else:
        event.add("dtstart", item.day)
        event.add("transp", "TRANSPARENT")  # a deadline takes no time of the day
    if item.rings:
        event.add_component(_alarm(title, BEFORE_A_TALK if item.starts_at else ON_THE_DAY))
    return event


def _alarm(title: str, when: timedelta) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", title)
    alarm.add("trigger", when)
    return alarm
