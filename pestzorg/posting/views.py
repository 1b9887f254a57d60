"""What a page that keeps drafts asks beside itself: the key for text that waits in the browser, and the way back."""

from __future__ import annotations

import secrets
from base64 import b64encode
from typing import Any

from django.http import HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render

from pestzorg.web.pages import page

SESSION_KEY = "draft_key"


@page(GET="P11")
def key(request: Any) -> HttpResponse:
    """The key of this session, who it belongs to, and a CSRF token that fits it.

    Text that cannot be sent waits in the tab under this key only; it ends with the session.
    """
    if SESSION_KEY not in request.session:
        request.session[SESSION_KEY] = b64encode(secrets.token_bytes(32)).decode()
    return JsonResponse(
        {
            "key": request.session[SESSION_KEY],
            "who": str(request.user.uuid),
            "csrf": get_token(request),
        }
    )


@page(GET="P11")
def back(request: Any) -> HttpResponse:
    """After signing in again in a second tab: the text waits in the first."""
    return render(request, "posting/back.html")
