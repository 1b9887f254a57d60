"""Small turns that many views take: what was posted, where to go back to, a service that may refuse."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import HttpRequest, QueryDict
from django.utils.http import url_has_allowed_host_and_scheme

from pestzorg.errors import RuleBroken
from pestzorg.posting.both_texts import settled
from pestzorg.web.forms import add_rule_errors


def posted(request: HttpRequest) -> QueryDict | None:
    """The data of a POST, also when it is empty; None makes a fresh form."""
    return settled(request.POST) if request.method == "POST" else None


def next_url(request: HttpRequest, fallback: str) -> str:
    """Where the form asks to go on, when that is a page of this installation."""
    wanted = request.POST.get("next", "")
    secure = request.is_secure()
    is_ours = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=secure)
    return wanted if wanted and is_ours else fallback


def done(form: forms.BaseForm, act: Callable[[], Any]) -> bool:
    """Whether the form is valid and the service accepted it; what it refused stands at the fields."""
    if not form.is_valid():
        return False
    try:
        act()
    except RuleBroken as error:
        add_rule_errors(form, error)
        return False
    return True
