"""A form that is sent twice, by a double tap, the back button or a proxy that tries again, is one sending."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.http import HttpResponse, QueryDict
from django.http.response import HttpResponseRedirectBase
from django.shortcuts import redirect
from django.utils.crypto import salted_hmac

from pestzorg.posting.drafts import KEY
from pestzorg.posting.models import Sending

KEPT = timedelta(days=7)


def new_key() -> str:
    """The random word of one rendered page."""
    return secrets.token_hex(16)


def once(request: Any, act: Callable[[], HttpResponse]) -> HttpResponse:
    """The answer of `act`; when the same page was sent with the same words before, its redirect and nothing else.

    Only a redirect, or an answer that says with `leads_to` where it can be seen again, counts as sent: a refused
    form may be sent again. What `act` writes and the row here are one transaction, so the second of two taps
    waits for the first.
    """
    with transaction.atomic():
        sending, is_new = Sending.objects.get_or_create(
            user=request.user,
            place=request.path,
            key=_key(request.POST),
            defaults={"at": request.now},
        )
        if not is_new:
            return redirect(sending.result_url)
        answer = act()
        if leads_to := _leads_to(answer):
            sending.result_url = leads_to
            sending.save(update_fields=["result_url"])
        else:
            sending.delete()
        return answer


def clean(*, now: datetime) -> int:
    """Forget sendings that nobody repeats any more."""
    return Sending.objects.filter(at__lt=now - KEPT).delete()[0]


def _leads_to(answer: HttpResponse) -> str:
    if isinstance(answer, HttpResponseRedirectBase):
        return answer.url
    return str(getattr(answer, "leads_to", ""))


def _key(data: QueryDict) -> str:
    # With the words in it: who goes back, changes something and sends again means another thing.
    words = {name: values for name, values in data.lists() if name != "csrfmiddlewaretoken"}
    return salted_hmac(KEY, json.dumps(words, sort_keys=True), algorithm="sha256").hexdigest()
