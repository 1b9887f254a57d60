"""Where the mail service tells that a mail came back. Who does not send the secret learns nothing."""

from __future__ import annotations

from typing import Any

from anymail.utils import get_request_basic_auth
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseBadRequest
from django.utils.crypto import constant_time_compare
from django.views.decorators.csrf import csrf_exempt

from pestzorg.outbox.providers import READERS, Unreadable, read
from pestzorg.web.middleware import TimedRequest
from pestzorg.web.pages import page
from schools.services.bounced_mail import note_bounce


def _service(request: Any) -> None:
    """There is no such page without both settings; with them only the service may call."""
    secret = settings.MAIL_EVENTS_SECRET
    if settings.MAIL_PROVIDER not in READERS or not secret:
        raise Http404
    if not constant_time_compare(get_request_basic_auth(request) or "", secret):
        raise PermissionDenied


@page(door=_service, POST="P24")
@csrf_exempt
@login_not_required
def events(request: TimedRequest) -> HttpResponse:
    """Note all that is news; the same news twice is noted once."""
    try:
        found = read(settings.MAIL_PROVIDER, settings.MAIL_EVENTS_SECRET, request)
    except Unreadable:
        return HttpResponseBadRequest()
    for news in found:
        note_bounce(news, now=request.now)
    return HttpResponse()
